// What one world leaves behind: the metrics, and the table that names them once for files, summaries and checks.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "models/waterfall/loss.hpp"

namespace plunge {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Metrics of one venue in one world; for all venues together they are summed, or the largest or smallest is taken.
struct VenueMetrics : LossMetrics {
    std::uint64_t liquidated_accounts = 0;
    std::uint64_t liquidations = 0;
    double liquidated_notional = 0.0;
    double liquidated_long_notional = 0.0;
    double liquidated_short_notional = 0.0;
    double endogenous_notional = 0.0;
    std::uint64_t margin_calls = 0;
    std::uint64_t top_ups = 0;
    double top_up_amount = 0.0;
    std::uint64_t cascades = 0;
    double largest_cascade_notional = 0.0;
    std::uint64_t max_rounds = 0;
    double shortfall = 0.0;
    double fees = 0.0;
    double surplus = 0.0;
    double fund_min_balance = 0.0;
    double fund_final_balance = 0.0;
    double adl_contracts = 0.0;
    double adl_notional = 0.0;
    double adl_pnl_given_up = 0.0;
    double adl_overshoot_contracts = 0.0;
    double adl_overshoot_notional = 0.0;
    double adl_overshoot_pnl = 0.0;
    std::uint64_t adl_accounts = 0;
    double uncovered = 0.0;
    std::uint64_t insolvent = 0;
    std::uint64_t leverage_cuts = 0;
    double leverage_cut_notional = 0.0;
    double offset_notional = 0.0;
    double inventory_profit = 0.0;
    double max_inventory_notional = 0.0;
    double inventory_left_notional = 0.0;
    double inventory_left_profit = 0.0;
    double keeper_profit = 0.0;
    std::uint64_t keeper_limits = 0;
    std::uint64_t margin_raises = 0;
    std::uint64_t raised_margin_steps = 0;
    double max_margin_factor = 1.0;
    std::uint64_t frozen_accounts = 0;
    double frozen_value = 0.0;
    std::uint64_t halts = 0;
    std::uint64_t halted_steps = 0;
    double first_liquidation_step = not_a_number;
    double first_adl_step = not_a_number;
    double peak_step_notional = 0.0;
    double branching_ratio = not_a_number;
};

/// How the venues' values make the world's.
enum class AcrossVenues { sum, largest, smallest, endogenous_share };

template <class Value> struct Metric {
    std::string_view name;
    Value VenueMetrics::*member;
    AcrossVenues combine;
    std::string_view units; ///< "1" for numbers without a unit
    std::string_view long_name;
};

template <class Value, class Owner>
constexpr Metric<Value> metric(std::string_view name, Value Owner::*member, AcrossVenues combine,
                               std::string_view units, std::string_view long_name) {
    return {name, member, combine, units, long_name};
}

/// Every metric per venue and world, in the order of the result file.
constexpr auto venue_metrics() {
    using M = VenueMetrics;
    using enum AcrossVenues;
    return std::tuple{
        metric("liquidated_accounts", &M::liquidated_accounts, sum, "1", "distinct accounts liquidated"),
        metric("liquidations", &M::liquidations, sum, "1", "forced liquidation events"),
        metric(
            "liquidated_notional", &M::liquidated_notional, sum, "USD",
            "notional of positions closed by force, at the mark of their round, book and auto-deleveraging together"),
        metric("liquidated_long_notional", &M::liquidated_long_notional, sum, "USD",
               "long part of liquidated_notional"),
        metric("liquidated_short_notional", &M::liquidated_short_notional, sum, "USD",
               "short part of liquidated_notional"),
        metric("endogenous_notional", &M::endogenous_notional, sum, "USD",
               "liquidated notional of accounts that would not breach at displacement-free prices"),
        metric("margin_calls", &M::margin_calls, sum, "1", "margin calls raised"),
        metric("top_ups", &M::top_ups, sum, "1", "payments made in answer to margin calls"),
        metric("top_up_amount", &M::top_up_amount, sum, "USD", "money paid in answer to margin calls"),
        metric("cascades", &M::cascades, sum, "1", "runs of steps with forced liquidations"),
        metric("largest_cascade_notional", &M::largest_cascade_notional, largest, "USD",
               "liquidated notional of the largest cascade"),
        metric("max_rounds", &M::max_rounds, largest, "1", "most rounds of forced selling in one step"),
        metric("shortfall", &M::shortfall, sum, "USD",
               "losses beyond bankruptcy on trades that went to the book, and on what the venue carried, before any "
               "layer pays"),
        metric("fees", &M::fees, sum, "USD", "liquidation fees charged"),
        metric("surplus", &M::surplus, sum, "USD", "what fully liquidated accounts left to the fund"),
        metric("fund_used", &M::fund_used, sum, "USD", "shortfall paid by the insurance fund"),
        metric("fund_min_balance", &M::fund_min_balance, sum, "USD", "lowest balance of the insurance fund"),
        metric("fund_final_balance", &M::fund_final_balance, sum, "USD", "balance of the insurance fund at the end"),
        metric("venue_capital_used", &M::venue_capital_used, sum, "USD", "shortfall paid by the venue's own capital"),
        metric("default_fund_used", &M::default_fund_used, sum, "USD",
               "shortfall paid by members' contributions to the default fund"),
        metric("defaulters_paid", &M::defaulters_paid, sum, "USD",
               "part of default_fund_used paid by the members whose accounts made the shortfall, for their own"),
        metric("assessments", &M::assessments, sum, "USD",
               "shortfall paid by members called for more than their contributions"),
        metric("member_defaults", &M::member_defaults, sum, "1", "members called for more than they had"),
        metric("adl_contracts", &M::adl_contracts, sum, "1",
               "contracts (base units, summed over assets) closed by auto-deleveraging"),
        metric("adl_notional", &M::adl_notional, sum, "USD", "notional closed by auto-deleveraging, at the mark"),
        metric("adl_pnl_given_up", &M::adl_pnl_given_up, sum, "USD",
               "profit at the mark that deleveraged winners did not get"),
        metric("adl_overshoot_contracts", &M::adl_overshoot_contracts, sum, "1",
               "part of adl_contracts beyond what was needed: whole contracts and whole positions"),
        metric("adl_overshoot_notional", &M::adl_overshoot_notional, sum, "USD",
               "part of adl_notional beyond what was needed"),
        metric("adl_overshoot_pnl", &M::adl_overshoot_pnl, sum, "USD",
               "part of adl_pnl_given_up beyond what was needed"),
        metric("adl_accounts", &M::adl_accounts, sum, "1", "distinct accounts auto-deleveraged"),
        metric("socialized_loss", &M::socialized_loss, sum, "USD", "shortfall taken from solvent accounts"),
        metric("uncovered", &M::uncovered, sum, "USD", "shortfall that no layer absorbed"),
        metric("insolvent", &M::insolvent, largest, "1", "1 where a shortfall stayed uncovered"),
        metric("leverage_cuts", &M::leverage_cuts, sum, "1",
               "accounts reduced to a lower leverage, every time counted"),
        metric("leverage_cut_notional", &M::leverage_cut_notional, sum, "USD",
               "notional that reductions to a lower leverage closed, at the mark; not part of liquidated_notional"),
        metric("offset_notional", &M::offset_notional, sum, "USD",
               "notional of orders closed against opposite accounts at the mark"),
        metric("inventory_profit", &M::inventory_profit, sum, "USD",
               "what the venue earned on positions that it took over and has sold; losses are negative"),
        metric("max_inventory_notional", &M::max_inventory_notional, largest, "USD",
               "most that the venue carried at the end of a step's rounds, at the mark, long and short added up"),
        metric("inventory_left_notional", &M::inventory_left_notional, sum, "USD",
               "what the venue still carried at the end, at the mark"),
        metric("inventory_left_profit", &M::inventory_left_profit, sum, "USD",
               "what the venue would have earned by selling that at the traded price; losses are negative"),
        metric("keeper_profit", &M::keeper_profit, sum, "USD", "what keepers earned on loans, after slippage"),
        metric("keeper_limits", &M::keeper_limits, sum, "1", "rounds in which keepers left loans for want of profit"),
        metric("margin_raises", &M::margin_raises, sum, "1", "reviews that raised the factor on maintenance margins"),
        metric("raised_margin_steps", &M::raised_margin_steps, sum, "1", "steps with a margin factor above one"),
        metric("max_margin_factor", &M::max_margin_factor, largest, "1", "largest factor on maintenance margins"),
        metric("frozen_accounts", &M::frozen_accounts, sum, "1",
               "distinct accounts whose collateral was held at a venue that became insolvent"),
        metric("frozen_value", &M::frozen_value, sum, "USD", "their collateral, at the mark when it was frozen"),
        metric("halts", &M::halts, sum, "1", "times a circuit breaker halted trading"),
        metric("halted_steps", &M::halted_steps, sum, "1", "steps in which trading was halted"),
        metric("first_liquidation_step", &M::first_liquidation_step, smallest, "1",
               "step of the first forced liquidation; NaN where there is none"),
        metric("first_adl_step", &M::first_adl_step, smallest, "1",
               "step of the first auto-deleveraging; NaN where there is none"),
        metric("peak_step_notional", &M::peak_step_notional, largest, "USD", "most notional liquidated in one step"),
        metric("branching_ratio", &M::branching_ratio, endogenous_share, "1",
               "endogenous share of liquidated notional; NaN where nothing was liquidated"),
    };
}

/// A maximal run of steps with forced liquidations at one venue.
struct Cascade {
    std::uint32_t venue = 0;
    std::uint32_t first_step = 0;
    std::uint32_t last_step = 0;
    std::uint32_t rounds = 0;
    std::uint32_t accounts = 0; ///< liquidation events
    double notional = 0.0;
    double shortfall = 0.0;
    std::vector<double> price_move; ///< [assets], log traded price at the end less at the start
};

/// Metrics of one cohort in one world.
struct CohortMetrics {
    std::uint64_t liquidated_accounts = 0;
    double liquidated_notional = 0.0;
    double loss = 0.0; ///< wealth lost from start to end, deposits counted in; negative is a gain [quote]
    double adl_pnl_given_up = 0.0;
    double adl_notional = 0.0;
};

template <class Value> struct CohortMetric {
    std::string_view name;
    Value CohortMetrics::*member;
    std::string_view units;
    std::string_view long_name;
};
template <class Value>
constexpr CohortMetric<Value> cohort_metric(std::string_view name, Value CohortMetrics::*member, std::string_view units,
                                            std::string_view long_name) {
    return {name, member, units, long_name};
}
constexpr auto cohort_metrics() {
    using M = CohortMetrics;
    return std::tuple{
        cohort_metric("liquidated_accounts", &M::liquidated_accounts, "1", "distinct accounts liquidated"),
        cohort_metric("liquidated_notional", &M::liquidated_notional, "USD", "notional of positions closed by force"),
        cohort_metric("loss", &M::loss, "USD",
                      "wealth lost between start and end by accounts that were liquidated, deleveraged or charged with "
                      "others' losses"),
        cohort_metric("adl_notional", &M::adl_notional, "USD", "notional given up to auto-deleveraging"),
        cohort_metric("adl_pnl_given_up", &M::adl_pnl_given_up, "USD",
                      "profit at the mark given up to auto-deleveraging"),
    };
}

/// Per-asset metrics of one world; traded prices are depth-weighted over venues.
struct AssetMetrics {
    double min_price = 0.0;
    double max_drawdown = 0.0;           ///< of the traded price: 1 - trough / peak before it
    double exogenous_max_drawdown = 0.0; ///< of the index path, which no trading moves
};

/// What the same path would have done without impact.
struct CounterfactualMetrics {
    std::uint64_t liquidated_accounts = 0;
    double liquidated_notional = 0.0;
    double shortfall = 0.0;
    double uncovered = 0.0;
};

/// How the institutions cleared what they owe one another; zero where nobody was hurt.
struct NetworkMetrics {
    std::uint64_t institution_defaults = 0;
    std::uint64_t contagion_defaults = 0;
    double creditor_losses = 0.0;
};

struct WorldResult {
    std::vector<VenueMetrics> venues;
    std::vector<CohortMetrics> cohorts;
    std::vector<AssetMetrics> assets;
    std::vector<Cascade> cascades;
    CounterfactualMetrics counterfactual; ///< zero unless record.counterfactual
    NetworkMetrics network;
    double amplification = not_a_number; ///< mean traded over mean exogenous max_drawdown across assets
    double ledger_error = 0.0;           ///< largest money imbalance over gross flows, over venues
};

/// Whole history of one world at every step, t = 0 included. Row-major, time first.
struct WorldTrace {
    std::vector<double> index;               ///< [T+1 x A] index price
    std::vector<double> price;               ///< [T+1 x V x A] traded price
    std::vector<double> mark;                ///< [T+1 x V x A]
    std::vector<double> permanent;           ///< [T+1 x V x A] log
    std::vector<double> transient;           ///< [T+1 x V x A] log
    std::vector<double> depth;               ///< [T+1 x V x A] multiplier
    std::vector<double> open_interest;       ///< [T+1 x V] quote, the larger side per asset
    std::vector<double> liquidated_notional; ///< [T+1 x V] in the step
    std::vector<double> shortfall;           ///< [T+1 x V] in the step
    std::vector<double> adl_notional;        ///< [T+1 x V] in the step
    std::vector<double> fund;                ///< [T+1 x V] balance at the end of the step
    std::vector<double> layers;              ///< [T+1 x V] what all loss layers hold at the end of the step
    std::vector<double> inventory;           ///< [T+1 x V] what the venue carries at the end of the step, at its marks
    std::vector<double> rounds;              ///< [T+1 x V]
    std::vector<double> margin_calls;        ///< [T+1 x V] in the step
    std::vector<double> margin_factor;       ///< [T+1 x V] that the step's tests used
    std::vector<double> halted;              ///< [T+1 x V] 1 while halted
};

/// A metric of all venues together: the sum, an extreme, or the endogenous share of the sums.
template <class Value> Value across_venues(const Metric<Value>& metric, const std::vector<VenueMetrics>& venues) {
    Value result = venues.front().*metric.member;
    for (std::size_t v = 1; v < venues.size(); ++v) {
        const Value value = venues[v].*metric.member;
        switch (metric.combine) {
        case AcrossVenues::sum:
            result += value;
            break;
        case AcrossVenues::largest:
            result = std::max(result, value);
            break;
        case AcrossVenues::smallest: // NaN means that it never happened
            if constexpr (std::is_same_v<Value, double>) result = std::fmin(result, value);
            break;
        case AcrossVenues::endogenous_share:
            break;
        }
    }
    if constexpr (std::is_same_v<Value, double>) {
        if (metric.combine == AcrossVenues::endogenous_share && venues.size() > 1) {
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

/// All metrics of all venues together.
VenueMetrics combine_venues(const std::vector<VenueMetrics>& venues);

} // namespace plunge
