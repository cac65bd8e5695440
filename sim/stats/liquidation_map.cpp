#include "sim/stats/liquidation_map.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <variant>

#include <fmt/format.h>

#include "models/contract/linear.hpp"
#include "models/margin/registry.hpp"
#include "sim/stats/order_statistic.hpp"

namespace plunge {
namespace {

// Calls `visit` with every row of a venue and its margin state where all prices have been multiplied by `factor`.
template <class Visit>
void for_each_state(const Market& market, const Population& population, std::size_t venue, double factor,
                    Visit&& visit) {
    const AccountRows& rows = population.venues[venue];
    std::vector<double> mark = market.initial_price();
    for (double& price : mark) price *= factor;
    std::visit(
        [&](const auto& rule) {
            for (std::size_t row = 0; row < rows.size(); ++row) {
                visit(row, margin_state(rule, rows.view(row), mark.data(), market.assets()));
            }
        },
        *market.venues()[venue].rule);
}

// Owners are numbered in the order of cohorts, each cohort's from its first.
std::vector<LargeAccount> largest_accounts(const Market& market, const AccountRows& rows) {
    constexpr std::size_t most = 5;
    const std::vector<Cohort>& cohorts = market.scenario().cohorts;
    std::vector<LargeAccount> accounts(rows.owners);
    std::vector<std::uint32_t> cohort(rows.owners, 0);
    std::vector<std::uint32_t> first(cohorts.size(), rows.owners);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::uint32_t owner = rows.owner[row];
        LargeAccount& account = accounts[owner];
        cohort[owner] = rows.cohort[row];
        first[rows.cohort[row]] = std::min(first[rows.cohort[row]], owner);
        account.equity += rows.initial_wealth[row];
        for (std::size_t a = 0; a < market.assets(); ++a) {
            const double q = rows.positions_of(row)[a];
            account.notional += LinearContract::notional(q, market.initial_price()[a]);
            account.net += LinearContract::value(q, market.initial_price()[a]);
        }
    }
    std::vector<std::uint32_t> order(rows.owners);
    std::iota(order.begin(), order.end(), 0U);
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(most, order.size()));
    std::partial_sort(order.begin(), end, order.end(), [&](std::uint32_t i, std::uint32_t j) {
        return accounts[i].notional != accounts[j].notional ? accounts[i].notional > accounts[j].notional : i < j;
    });
    std::vector<LargeAccount> largest;
    for (auto owner = order.begin(); owner != end; ++owner) {
        const Cohort& its = cohorts[cohort[*owner]];
        const std::uint32_t number = *owner - first[cohort[*owner]];
        LargeAccount& account = largest.emplace_back(accounts[*owner]);
        account.name = its.explicit_accounts ? fmt::format("{} {}", its.name, its.explicit_accounts->label[number])
                                             : fmt::format("{} #{}", its.name, number);
    }
    return largest;
}

} // namespace

VenueOverview overview(const Market& market, const Population& population, std::size_t venue) {
    const AccountRows& rows = population.venues[venue];
    VenueOverview result;
    result.accounts = rows.owners;
    result.rows = rows.size();
    result.cut_at_opening = rows.cut_at_opening;
    result.long_interest.assign(market.assets(), 0.0);
    result.short_interest.assign(market.assets(), 0.0);
    std::vector<double> leverage;
    for_each_state(market, population, venue, 1.0, [&](std::size_t row, const MarginState& state) {
        result.equity += rows.initial_wealth[row];
        if (state.equity < state.maintenance) ++result.short_at_start;
        if (state.gross > 0.0 && rows.initial_wealth[row] > 0.0)
            leverage.push_back(state.gross / rows.initial_wealth[row]);
        for (std::size_t a = 0; a < market.assets(); ++a) {
            const double q = rows.positions_of(row)[a];
            (q > 0.0 ? result.long_interest
                     : result.short_interest)[a] += LinearContract::notional(q, market.initial_price()[a]);
        }
    });
    result.largest = largest_accounts(market, rows);
    std::sort(leverage.begin(), leverage.end());
    constexpr std::array probabilities{0.05, 0.25, 0.5, 0.75, 0.95};
    for (std::size_t i = 0; i < probabilities.size() && !leverage.empty(); ++i) {
        result.leverage_quantiles[i] = order_statistic(leverage, probabilities[i]);
    }
    return result;
}

double liquidated_at(const Market& market, const Population& population, std::size_t venue, double simple_return) {
    double notional = 0.0;
    for_each_state(market, population, venue, 1.0 + simple_return, [&](std::size_t, const MarginState& state) {
        if (state.equity < state.maintenance) notional += state.gross;
    });
    return notional;
}

} // namespace plunge
