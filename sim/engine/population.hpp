// The accounts of a venue: how a scenario's cohorts become rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/margin/family.hpp"
#include "models/margin/slack.hpp"
#include "models/price/family.hpp"
#include "sim/engine/account_draws.hpp"
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
    std::vector<AssetBits> held;        ///< [N] assets that the row may have; empty: not known
    std::vector<double> entry;          ///< [N x A] entry prices
    std::vector<double> initial_wealth; ///< [N] quote
    std::vector<std::uint32_t> cohort;  ///< [N] index into Scenario::cohorts
    std::vector<std::uint32_t> owner;   ///< [N] account that the row belongs to, unique within the venue
    std::uint32_t owners = 0;
    std::uint32_t cut_at_opening = 0; ///< accounts whose leverage the venue did not let them open

    /// Makes it so many rows, with or without collateral; those that it had stay as they are.
    void resize(std::size_t rows, bool with_collateral);
    std::size_t size() const { return cash.size(); }
    bool has_collateral() const { return !collateral.empty(); }
    /// As it stands now: who reads cash asks here.
    double cash_of(std::size_t row) const { return cash[row]; }
    const double* positions_of(std::size_t row) const { return position.data() + row * assets; }
    const double* weights_of(std::size_t row) const {
        return (weight.empty() ? position.data() : weight.data()) + row * assets;
    }
    MarginView view(std::size_t row) const {
        return {cash_of(row), weights_of(row), positions_of(row),
                collateral.empty() ? nullptr : collateral.data() + row * assets, may_hold(row)};
    }
    AssetBits may_hold(std::size_t row) const { return held.empty() ? every_asset : held[row]; }
    bool has_position(std::size_t row) const {
        const double* q = positions_of(row);
        bool has = false;
        for_each_asset(may_hold(row), assets, [&](std::size_t a) { has = has || q[a] != 0.0; });
        return has;
    }
};

/// Builds every venue's rows, one population after another into the same memory. Draws depend on (seed, world, cohort,
/// account) alone.
class PopulationDraws {
  public:
    /// Everything referred to must outlive it. \param rules  one a venue
    PopulationDraws(const Scenario& scenario, const PriceProcess& process, const std::vector<const MarginRule*>& rules);

    /// \param world   0 for a shared population, the world's index for a resampled one
    /// \param venues  [V], written
    void draw(std::uint64_t world, std::vector<AccountRows>& venues);

  private:
    void read_accounts(std::size_t cohort, AccountRows& rows);
    void draw_accounts(std::size_t cohort, AccountDraws& draws, std::uint64_t world, AccountRows& rows);
    void append_cross(AccountRows& rows, std::size_t cohort, const AccountDraws& draws, std::size_t count);
    void append(AccountRows& rows, std::size_t cohort, const AccountView& account);
    void set_row(AccountRows& rows, std::size_t row, const AccountView& account, const RowPart& part) const;
    void finish(AccountRows& rows, std::size_t venue) const;

    const Scenario& scenario_;
    std::size_t assets_;
    std::vector<double> price_;                // [A]
    std::vector<AccountDraws> draws_;          // per cohort that is drawn
    std::vector<std::uint8_t> has_collateral_; // [V]
    std::vector<std::size_t> filled_;          // [V] rows written so far
};

} // namespace plunge
