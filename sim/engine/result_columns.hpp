// Every column of results: name, unit, meaning and how venues' values make the whole. Engine, files, summaries, replay
// and checks follow these tables; a member of a struct of results that has no row here does not compile.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/engine/world_result.hpp"

namespace plunge {

/// How the venues' values make the whole.
enum class Combine { apart, sum, largest, smallest, endogenous_share };

/// A member of a struct of results, as files and summaries name it.
template <class Owner, class Value> struct ResultColumn {
    std::string_view name;
    Value Owner::*member;
    Combine combine;
    std::string_view units; ///< "1" for numbers without a unit
    std::string_view long_name;
};

template <class Owner, class Value>
constexpr ResultColumn<Owner, Value> column(std::string_view name, Value Owner::*member, Combine combine,
                                            std::string_view units, std::string_view long_name) {
    return {name, member, combine, units, long_name};
}

/// One that is not put together from venues' values.
template <class Owner, class Value>
constexpr ResultColumn<Owner, Value> column(std::string_view name, Value Owner::*member, std::string_view units,
                                            std::string_view long_name) {
    return {name, member, Combine::apart, units, long_name};
}

/// Calls `visit` with every row of a table.
template <class Table, class Visitor> constexpr void for_each_column(const Table& table, Visitor&& visit) {
    std::apply([&](const auto&... row) { (visit(row), ...); }, table);
}

/// Every metric per venue and world, in the order of the result file.
constexpr auto venue_metrics() {
    using M = VenueMetrics;
    using enum Combine;
    return std::tuple{
        column("liquidated_accounts", &M::liquidated_accounts, sum, "1", "distinct accounts liquidated"),
        column("liquidations", &M::liquidations, sum, "1", "forced liquidation events"),
        column(
            "liquidated_notional", &M::liquidated_notional, sum, "USD",
            "notional of positions closed by force, at the mark of their round, book and auto-deleveraging together"),
        column("liquidated_long_notional", &M::liquidated_long_notional, sum, "USD",
               "long part of liquidated_notional"),
        column("liquidated_short_notional", &M::liquidated_short_notional, sum, "USD",
               "short part of liquidated_notional"),
        column("endogenous_notional", &M::endogenous_notional, sum, "USD",
               "liquidated notional of accounts that would not breach at displacement-free prices"),
        column("margin_calls", &M::margin_calls, sum, "1", "margin calls raised"),
        column("top_ups", &M::top_ups, sum, "1", "payments made in answer to margin calls"),
        column("top_up_amount", &M::top_up_amount, sum, "USD", "money paid in answer to margin calls"),
        column("cascades", &M::cascades, sum, "1", "runs of steps with forced liquidations"),
        column("largest_cascade_notional", &M::largest_cascade_notional, largest, "USD",
               "liquidated notional of the largest cascade"),
        column("max_rounds", &M::max_rounds, largest, "1", "most rounds of forced selling in one step"),
        column("shortfall", &M::shortfall, sum, "USD",
               "losses beyond bankruptcy on trades that went to the book, and on what the venue carried, before any "
               "layer pays"),
        column("fees", &M::fees, sum, "USD", "liquidation fees charged"),
        column("surplus", &M::surplus, sum, "USD", "what fully liquidated accounts left to the fund"),
        column("fund_used", &M::fund_used, sum, "USD", "shortfall paid by the insurance fund"),
        column("fund_min_balance", &M::fund_min_balance, sum, "USD", "lowest balance of the insurance fund"),
        column("fund_final_balance", &M::fund_final_balance, sum, "USD", "balance of the insurance fund at the end"),
        column("venue_capital_used", &M::venue_capital_used, sum, "USD", "shortfall paid by the venue's own capital"),
        column("default_fund_used", &M::default_fund_used, sum, "USD",
               "shortfall paid by members' contributions to the default fund"),
        column("defaulters_paid", &M::defaulters_paid, sum, "USD",
               "part of default_fund_used paid by the members whose accounts made the shortfall, for their own"),
        column("assessments", &M::assessments, sum, "USD",
               "shortfall paid by members called for more than their contributions"),
        column("member_defaults", &M::member_defaults, sum, "1", "members called for more than they had"),
        column("adl_contracts", &M::adl_contracts, sum, "1",
               "contracts (base units, summed over assets) closed by auto-deleveraging"),
        column("adl_notional", &M::adl_notional, sum, "USD", "notional closed by auto-deleveraging, at the mark"),
        column("adl_pnl_given_up", &M::adl_pnl_given_up, sum, "USD",
               "profit at the mark that deleveraged winners did not get"),
        column("adl_overshoot_contracts", &M::adl_overshoot_contracts, sum, "1",
               "part of adl_contracts beyond what was needed: whole contracts and whole positions"),
        column("adl_overshoot_notional", &M::adl_overshoot_notional, sum, "USD",
               "part of adl_notional beyond what was needed"),
        column("adl_overshoot_pnl", &M::adl_overshoot_pnl, sum, "USD",
               "part of adl_pnl_given_up beyond what was needed"),
        column("adl_accounts", &M::adl_accounts, sum, "1", "distinct accounts auto-deleveraged"),
        column("socialized_loss", &M::socialized_loss, sum, "USD", "shortfall taken from solvent accounts"),
        column("uncovered", &M::uncovered, sum, "USD", "shortfall that no layer absorbed"),
        column("insolvent", &M::insolvent, largest, "1", "1 where a shortfall stayed uncovered"),
        column("leverage_cuts", &M::leverage_cuts, sum, "1",
               "accounts reduced to a lower leverage, every time counted"),
        column("leverage_cut_notional", &M::leverage_cut_notional, sum, "USD",
               "notional that reductions to a lower leverage closed, at the mark; not part of liquidated_notional"),
        column("offset_notional", &M::offset_notional, sum, "USD",
               "notional of orders closed against opposite accounts at the mark"),
        column("inventory_profit", &M::inventory_profit, sum, "USD",
               "what the venue earned on positions that it took over and has sold; losses are negative"),
        column("max_inventory_notional", &M::max_inventory_notional, largest, "USD",
               "most that the venue carried at the end of a step's rounds, at the mark, long and short added up"),
        column("inventory_left_notional", &M::inventory_left_notional, sum, "USD",
               "what the venue still carried at the end, at the mark"),
        column("inventory_left_profit", &M::inventory_left_profit, sum, "USD",
               "what the venue would have earned by selling that at the traded price; losses are negative"),
        column("keeper_profit", &M::keeper_profit, sum, "USD", "what keepers earned on loans, after slippage"),
        column("keeper_limits", &M::keeper_limits, sum, "1", "rounds in which keepers left loans for want of profit"),
        column("margin_raises", &M::margin_raises, sum, "1", "reviews that raised the factor on maintenance margins"),
        column("raised_margin_steps", &M::raised_margin_steps, sum, "1", "steps with a margin factor above one"),
        column("max_margin_factor", &M::max_margin_factor, largest, "1", "largest factor on maintenance margins"),
        column("frozen_accounts", &M::frozen_accounts, sum, "1",
               "distinct accounts whose collateral was held at a venue that became insolvent"),
        column("frozen_value", &M::frozen_value, sum, "USD", "their collateral, at the mark when it was frozen"),
        column("halts", &M::halts, sum, "1", "times a circuit breaker halted trading"),
        column("halted_steps", &M::halted_steps, sum, "1", "steps in which trading was halted"),
        column("first_liquidation_step", &M::first_liquidation_step, smallest, "1",
               "step of the first forced liquidation; NaN where there is none"),
        column("first_adl_step", &M::first_adl_step, smallest, "1",
               "step of the first auto-deleveraging; NaN where there is none"),
        column("peak_step_notional", &M::peak_step_notional, largest, "USD", "most notional liquidated in one step"),
        column("branching_ratio", &M::branching_ratio, endogenous_share, "1",
               "endogenous share of liquidated notional; NaN where nothing was liquidated"),
    };
}

/// Metrics of one cohort, at all venues.
constexpr auto cohort_metrics() {
    using M = CohortMetrics;
    using enum Combine;
    return std::tuple{
        column("liquidated_accounts", &M::liquidated_accounts, sum, "1", "distinct accounts liquidated"),
        column("liquidated_notional", &M::liquidated_notional, sum, "USD", "notional of positions closed by force"),
        column("loss", &M::loss, sum, "USD",
               "wealth lost between start and end by accounts that were liquidated, deleveraged or charged with "
               "others' losses"),
        column("adl_notional", &M::adl_notional, sum, "USD", "notional given up to auto-deleveraging"),
        column("adl_pnl_given_up", &M::adl_pnl_given_up, sum, "USD",
               "profit at the mark given up to auto-deleveraging"),
    };
}

/// Of one asset.
constexpr auto asset_metrics() {
    using M = AssetMetrics;
    return std::tuple{
        column("min_price", &M::min_price, "USD", "lowest traded price, depth-weighted over venues"),
        column("max_drawdown", &M::max_drawdown, "1",
               "largest fall of the traded price from an earlier peak, as a share"),
        column("exogenous_max_drawdown", &M::exogenous_max_drawdown, "1",
               "largest fall of the index price, which no trading moves, from an earlier peak, as a share"),
    };
}

/// Of the same world without impact.
constexpr auto counterfactual_metrics() {
    using M = CounterfactualMetrics;
    return std::tuple{
        column("counterfactual_liquidated_accounts", &M::liquidated_accounts, "1",
               "distinct accounts liquidated in the same world without impact"),
        column("counterfactual_liquidated_notional", &M::liquidated_notional, "USD",
               "notional liquidated in the same world without impact"),
        column("counterfactual_shortfall", &M::shortfall, "USD", "shortfall in the same world without impact"),
        column("counterfactual_uncovered", &M::uncovered, "USD",
               "uncovered shortfall in the same world without impact"),
    };
}

constexpr auto network_metrics() {
    using M = NetworkMetrics;
    return std::tuple{
        column("institution_defaults", &M::institution_defaults, "1",
               "institutions that could not pay an assessment or what they owe"),
        column("contagion_defaults", &M::contagion_defaults, "1",
               "part of institution_defaults that would have paid, had all others"),
        column("creditor_losses", &M::creditor_losses, "USD", "what institutions owed one another and did not pay"),
    };
}

inline constexpr ResultColumn<WorldResult, double> amplification_metric{
    "amplification", &WorldResult::amplification, Combine::apart, "1",
    "mean over assets of the traded max_drawdown, over that of the index; NaN where the index never falls"};

/// Of a cascade; beside them stand its venue and how far prices moved.
constexpr auto cascade_columns() {
    using C = Cascade;
    return std::tuple{
        column("first_step", &C::first_step, "1", "first step with forced liquidations"),
        column("last_step", &C::last_step, "1", "last step with forced liquidations"),
        column("rounds", &C::rounds, "1", "rounds of forced selling"),
        column("accounts", &C::accounts, "1", "liquidation events"),
        column("notional", &C::notional, "USD", "liquidated notional"),
        column("shortfall", &C::shortfall, "USD", "losses beyond bankruptcy, before any layer pays"),
    };
}

/// Whether a table has as many rows as the struct has members, all of eight bytes.
template <class Owner, class Table> constexpr bool names_all_members(const Table& /*table*/) {
    return std::tuple_size_v<Table> * sizeof(double) == sizeof(Owner);
}
static_assert(names_all_members<VenueMetrics>(venue_metrics()));
static_assert(names_all_members<CohortMetrics>(cohort_metrics()));
static_assert(names_all_members<AssetMetrics>(asset_metrics()));
static_assert(names_all_members<CounterfactualMetrics>(counterfactual_metrics()));
static_assert(names_all_members<NetworkMetrics>(network_metrics()));

/// A metric of all venues together: the sum, an extreme, or the endogenous share of the sums.
template <class Owner, class Value>
Value across_venues(const ResultColumn<Owner, Value>& metric, const std::vector<VenueMetrics>& venues) {
    Value result = venues.front().*metric.member;
    for (std::size_t v = 1; v < venues.size(); ++v) {
        const Value value = venues[v].*metric.member;
        switch (metric.combine) {
        case Combine::sum:
            result += value;
            break;
        case Combine::largest:
            result = std::max(result, value);
            break;
        case Combine::smallest: // NaN means that it never happened
            if constexpr (std::is_same_v<Value, double>) result = std::fmin(result, value);
            break;
        case Combine::endogenous_share:
        case Combine::apart:
            break;
        }
    }
    if constexpr (std::is_same_v<Value, double>) {
        if (metric.combine == Combine::endogenous_share && venues.size() > 1) {
            double endogenous = 0.0;
            double liquidated = 0.0;
            for (const VenueMetrics& venue : venues) {
                endogenous += venue.endogenous_notional;
                liquidated += venue.liquidated_notional;
            }
            result = liquidated > 0.0 ? endogenous / liquidated : not_a_number;
        }
    }
    return result;
}

} // namespace plunge
