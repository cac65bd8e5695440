// The accounts of a venue: how a scenario's cohorts become rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/margin/slack.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

/// Account rows of one venue. A row is what is margined as one: a cross account, or one position of an isolated
/// account.
struct AccountRows {
    std::size_t assets = 0;
    std::vector<double> cash;           ///< [N] quote, entry costs folded in
    std::vector<double> position;       ///< [N x A] signed base
    std::vector<double> collateral;     ///< [N x A] base; empty where no row of the venue has any
    std::vector<double> weight;         ///< [N x A] q + (1 - haircut) k; empty where there is no collateral
    std::vector<double> entry;          ///< [N x A] entry prices
    std::vector<double> initial_wealth; ///< [N] quote
    std::vector<std::uint32_t> cohort;  ///< [N] index into Scenario::cohorts
    std::vector<std::uint32_t> owner;   ///< [N] account that the row belongs to, unique within the venue
    std::uint32_t owners = 0;
    std::uint32_t cut_at_opening = 0; ///< accounts whose leverage the venue did not let them open

    /// Room for so many rows more.
    void reserve(std::size_t rows);
    /// No rows; owners count on.
    void clear();
    std::size_t size() const { return cash.size(); }
    bool has_collateral() const { return !collateral.empty(); }
    const double* positions_of(std::size_t row) const { return position.data() + row * assets; }
    const double* weights_of(std::size_t row) const {
        return (weight.empty() ? position.data() : weight.data()) + row * assets;
    }
    MarginView view(std::size_t row) const {
        return {cash[row], weights_of(row), positions_of(row),
                collateral.empty() ? nullptr : collateral.data() + row * assets};
    }
    bool has_position(std::size_t row) const {
        const double* q = positions_of(row);
        for (std::size_t a = 0; a < assets; ++a) {
            if (q[a] != 0.0) return true;
        }
        return false;
    }
};

/// Builds every venue's rows. Draws depend on (seed, population_world, cohort, account) alone.
/// \param population_world  0 for a shared population, the world's index for a resampled one.
std::vector<AccountRows> build_population(const Scenario& scenario, const PriceProcess& process,
                                          const std::vector<Held<MarginRule>>& rules, std::uint64_t population_world);

/// Account rows that a scenario asks for, an upper bound, without building any.
double estimated_rows(const Scenario& scenario);

} // namespace plunge
