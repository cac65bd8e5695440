// Every column of results: name, unit, formula, meaning and how venues' values make the whole. Engine, files,
// summaries, replay, checks and `plunge metrics` follow these tables; a member of a struct of results that has no row
// here does not compile.
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
enum class Combine {
    apart,
    sum,
    largest,
    smallest,
    share,    ///< of sums
    of_called ///< a mean over called_liquidations
};

/// A share of sums: of the venues' numerators and denominators where there are several.
template <class Owner> struct ShareOf {
    double Owner::*part = nullptr;
    double Owner::*whole = nullptr;
};

/// A member of a struct of results: as files and summaries name it, and what it is, for `plunge metrics` and the page
/// that it prints.
template <class Owner, class Value> struct ResultColumn {
    std::string_view name;
    Value Owner::*member;
    Combine combine;
    std::string_view units;       ///< "1" for numbers without a unit
    std::string_view label;       ///< a few words, for an axis
    std::string_view formula;     ///< in the letters of sim/README.md, or in words
    std::string_view description; ///< what is in it and what is not
    ShareOf<Owner> share{};       ///< where `combine` is that
};

template <class Owner, class Value>
constexpr ResultColumn<Owner, Value> column(std::string_view name, Value Owner::*member, Combine combine,
                                            std::string_view units, std::string_view label, std::string_view formula,
                                            std::string_view description) {
    return {name, member, combine, units, label, formula, description};
}

/// One that is not put together from venues' values.
template <class Owner, class Value>
constexpr ResultColumn<Owner, Value> column(std::string_view name, Value Owner::*member, std::string_view units,
                                            std::string_view label, std::string_view formula,
                                            std::string_view description) {
    return {name, member, Combine::apart, units, label, formula, description};
}

/// A share of a whole; NaN where there is nothing to take it of.
template <class Owner>
constexpr ResultColumn<Owner, double> share_column(std::string_view name, double Owner::*member, ShareOf<Owner> share,
                                                   std::string_view label, std::string_view formula,
                                                   std::string_view description) {
    return {name, member, Combine::share, "1", label, formula, description, share};
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
        column("liquidated_accounts", &M::liquidated_accounts, sum, "1", "accounts liquidated", "count of accounts",
               "distinct accounts of which a position was closed by force; reductions to a lower leverage and "
               "auto-deleveraged winners are not counted"),
        column("liquidations", &M::liquidations, sum, "1", "liquidation events", "count of (row, round)",
               "forced orders that closed something; an account that is closed in parts counts every time"),
        column("liquidated_notional", &M::liquidated_notional, sum, "USD", "liquidated notional", "sum f G",
               "notional of positions closed by force, at the mark of their round, on the book, against opposite "
               "accounts and by auto-deleveraging together; collateral that is sold is not in it"),
        column("liquidated_long_notional", &M::liquidated_long_notional, sum, "USD", "longs liquidated",
               "sum f q p over q > 0", "long part of liquidated_notional"),
        column("liquidated_short_notional", &M::liquidated_short_notional, sum, "USD", "shorts liquidated",
               "sum f |q| p over q < 0", "short part of liquidated_notional"),
        column("endogenous_notional", &M::endogenous_notional, sum, "USD", "endogenous liquidations",
               "sum f G where not E < M at exp(x)",
               "liquidated notional of accounts that would not breach at displacement-free prices"),
        column("margin_calls", &M::margin_calls, sum, "1", "margin calls", "count of calls",
               "margin calls raised; none where the venue has no `warning`"),
        column("top_ups", &M::top_ups, sum, "1", "top-ups", "count of payments",
               "payments made in answer to margin calls"),
        column("top_up_amount", &M::top_up_amount, sum, "USD", "top-ups paid", "sum of payments",
               "money paid in answer to margin calls"),
        column("cascades", &M::cascades, sum, "1", "runs of liquidations", "count",
               "runs of steps with forced liquidations, no further apart than `record.cascade_gap`, however small; "
               "what a summary calls a cascade is in sim/stats/README.md"),
        column("largest_cascade_notional", &M::largest_cascade_notional, largest, "USD", "largest run of liquidations",
               "max over runs of sum f G", "liquidated notional of the largest run of steps with forced liquidations"),
        column("max_rounds", &M::max_rounds, largest, "1", "most rounds in a step", "max over steps",
               "most rounds of forced selling in one step"),
        column("shortfall", &M::shortfall, sum, "USD", "shortfall on the book",
               "sum max(0, -cash) of closed rows + losses on what is carried",
               "losses beyond bankruptcy on trades that went to the book, and on what the venue carried, before any "
               "layer pays; not what auto-deleveraging takes over (adl_loss) nor what is still open at the end, so it "
               "rises with the size of the fund; loss_beyond_bankruptcy is the whole"),
        column("fees", &M::fees, sum, "USD", "liquidation fees", "sum min(fee x traded, wealth left)",
               "liquidation fees charged"),
        column("surplus", &M::surplus, sum, "USD", "surplus to the fund", "sum of cash left",
               "what fully liquidated accounts left to the fund, where `surplus = \"fund\"`"),
        column("fund_used", &M::fund_used, sum, "USD", "paid by the insurance fund", "sum of payments",
               "shortfall paid by the insurance funds; stops where they are empty"),
        column("fund_min_balance", &M::fund_min_balance, sum, "USD", "lowest fund balance", "min over rounds",
               "lowest balance of the insurance funds, before the income of the same round"),
        column("fund_final_balance", &M::fund_final_balance, sum, "USD", "final fund balance", "balance at T",
               "balance of the insurance funds at the end"),
        column("venue_capital_used", &M::venue_capital_used, sum, "USD", "paid by venue capital", "sum of payments",
               "shortfall paid by the venue's own capital"),
        column("default_fund_used", &M::default_fund_used, sum, "USD", "paid by the default fund", "sum of payments",
               "shortfall paid by members' contributions to the default fund"),
        column("defaulters_paid", &M::defaulters_paid, sum, "USD", "paid by defaulters", "sum of payments",
               "part of default_fund_used paid by the members whose accounts made the shortfall, for their own"),
        column("assessments", &M::assessments, sum, "USD", "assessments paid", "sum of payments",
               "shortfall paid by members called for more than their contributions"),
        column("member_defaults", &M::member_defaults, sum, "1", "members in default", "count",
               "members called for more than they had"),
        column("adl_contracts", &M::adl_contracts, sum, "1", "contracts deleveraged", "sum of base closed",
               "contracts (base units, summed over assets) closed by auto-deleveraging"),
        column("adl_notional", &M::adl_notional, sum, "USD", "notional deleveraged", "sum of base closed x p",
               "notional closed by auto-deleveraging, at the mark"),
        column("adl_pnl_given_up", &M::adl_pnl_given_up, sum, "USD", "profit given up to ADL",
               "sum over winners of base x (price against the mark)",
               "profit at the mark that deleveraged winners did not get; negative where they were closed at better "
               "prices than the mark, because the orders had wealth left"),
        column(
            "adl_loss", &M::adl_loss, sum, "USD", "loss borne by ADL",
            "sum over orders of max(0, base to winners x (b - p)) + base carried x max(0, c - p)",
            "what winners bore of losses beyond bankruptcy: orders closed against them at bankruptcy prices b that "
            "were worse for winners than the mark p, and what the venue carried, at the price c at which it was taken "
            "over; what they gained on orders that had wealth left is not taken off, so adl_pnl_given_up may be less"),
        column("adl_overshoot_contracts", &M::adl_overshoot_contracts, sum, "1", "contracts deleveraged beyond need",
               "sum of (closed - asked for)",
               "part of adl_contracts beyond what was needed: whole contracts and whole positions"),
        column("adl_overshoot_notional", &M::adl_overshoot_notional, sum, "USD", "notional deleveraged beyond need",
               "sum of (closed - asked for) x p", "part of adl_notional beyond what was needed"),
        column("adl_overshoot_pnl", &M::adl_overshoot_pnl, sum, "USD", "profit given up beyond need",
               "sum of (closed - asked for) x (price against the mark)",
               "part of adl_pnl_given_up beyond what was needed"),
        column("adl_accounts", &M::adl_accounts, sum, "1", "accounts deleveraged", "count of accounts",
               "distinct accounts auto-deleveraged"),
        column("socialized_loss", &M::socialized_loss, sum, "USD", "socialized losses", "sum of charges",
               "shortfall taken from solvent accounts (haircuts)"),
        column("uncovered", &M::uncovered, sum, "USD", "uncovered losses", "shortfall - sum of payments",
               "shortfall that no layer absorbed; not what is still open at the end"),
        column("insolvent", &M::insolvent, largest, "1", "venue insolvent", "1 where uncovered > 0",
               "1 where a shortfall stayed uncovered"),
        column("open_insolvent_accounts", &M::open_insolvent_accounts, sum, "1", "insolvent and still open",
               "count of accounts with W < 0 at T",
               "distinct accounts whose wealth, before haircuts and at prices as traded, is below zero at the end: "
               "their positions were not closed in time, or their debt is not settled yet"),
        column("open_insolvent_loss", &M::open_insolvent_loss, sum, "USD", "loss still open", "sum max(0, -W) at T",
               "what the wealth of those accounts lies below zero, row by row: a loss that no layer was asked for yet"),
        column("open_loss_unpaid", &M::open_loss_unpaid, sum, "USD", "open loss beyond the pots",
               "max(0, open loss - what pots could pay)",
               "part of open_insolvent_loss and inventory_left_loss that the layers before the first which takes from "
               "accounts (`adl`, `socialized_loss`) could not pay from what they hold at the end; members' assessments "
               "count as held"),
        column("loss_beyond_bankruptcy", &M::loss_beyond_bankruptcy, sum, "USD", "loss beyond bankruptcy",
               "fund_used + venue_capital_used + default_fund_used + assessments + adl_loss + socialized_loss + "
               "uncovered + open_insolvent_loss + inventory_left_loss",
               "the whole loss beyond bankruptcy, whoever bears it: exactly the sum of its parts, which are shortfall "
               "(but for rounding), adl_loss and what is open at the end. Not in it: what accounts lost of their own, "
               "fees, frozen collateral of solvent accounts, what keepers lose"),
        column("leverage_cuts", &M::leverage_cuts, sum, "1", "leverage cuts", "count of (row, cut)",
               "accounts reduced to a lower leverage, every time counted"),
        column("leverage_cut_notional", &M::leverage_cut_notional, sum, "USD", "notional of leverage cuts", "sum f G",
               "notional that reductions to a lower leverage closed, at the mark; not part of liquidated_notional"),
        column("offset_notional", &M::offset_notional, sum, "USD", "notional offset", "sum of base x p",
               "notional of orders closed against opposite accounts at the mark"),
        column("inventory_profit", &M::inventory_profit, sum, "USD", "profit on inventory", "sum of proceeds - cost",
               "what the venue earned on positions that it took over and has sold; losses are negative"),
        column("max_inventory_notional", &M::max_inventory_notional, largest, "USD", "largest inventory",
               "max over steps of sum |base| p",
               "most that the venue carried at the end of a step's rounds, at the mark, long and short added up"),
        column("inventory_left_notional", &M::inventory_left_notional, sum, "USD", "inventory left",
               "sum |base| p at T", "what the venue still carried at the end, at the mark"),
        column("inventory_left_profit", &M::inventory_left_profit, sum, "USD", "profit on inventory left",
               "sum of base x traded price - cost",
               "what the venue would have earned by selling that at the traded price; losses are negative"),
        column("inventory_left_loss", &M::inventory_left_loss, sum, "USD", "loss on inventory left",
               "sum over assets of max(0, cost - base x traded price)",
               "what the venue would have lost on assets of that, gains on others not taken off: a loss that no layer "
               "was asked for yet"),
        column("keeper_profit", &M::keeper_profit, sum, "USD", "keepers' profit", "proceeds - repaid",
               "what keepers earned on loans, after slippage"),
        column("keeper_limits", &M::keeper_limits, sum, "1", "rounds left by keepers", "count of rounds",
               "rounds in which keepers left loans for want of profit"),
        column("margin_raises", &M::margin_raises, sum, "1", "margin raises", "count of reviews",
               "reviews that raised the factor on maintenance margins"),
        column("raised_margin_steps", &M::raised_margin_steps, sum, "1", "steps with raised margins", "count of steps",
               "steps with a margin factor above one"),
        column("max_margin_factor", &M::max_margin_factor, largest, "1", "largest margin factor", "max over reviews",
               "largest factor on maintenance margins"),
        column("frozen_accounts", &M::frozen_accounts, sum, "1", "accounts frozen", "count of accounts",
               "distinct accounts whose collateral was held at a venue that became insolvent"),
        column("frozen_value", &M::frozen_value, sum, "USD", "collateral frozen", "sum k p",
               "their collateral, at the mark when it was frozen; not part of loss_beyond_bankruptcy"),
        column("halts", &M::halts, sum, "1", "trading halts", "count", "times a circuit breaker halted trading"),
        column("halted_steps", &M::halted_steps, sum, "1", "steps halted", "count of steps",
               "steps in which trading was halted"),
        column("first_liquidation_step", &M::first_liquidation_step, smallest, "1", "first liquidation", "first step",
               "step of the first forced liquidation; NaN where there is none"),
        column("first_adl_step", &M::first_adl_step, smallest, "1", "first ADL", "first step",
               "step of the first auto-deleveraging; NaN where there is none"),
        column("fund_exhausted_step", &M::fund_exhausted_step, smallest, "1", "fund exhausted",
               "first step with a balance of zero",
               "step in which the insurance funds, not empty at the start, were empty for the first time; NaN where "
               "they never were"),
        column("liquidation_to_exhaustion_seconds", &M::liquidation_to_exhaustion_seconds, smallest, "s",
               "first liquidation to empty fund", "(fund_exhausted_step - first_liquidation_step) x step",
               "time from the first forced liquidation to the empty fund; NaN where the fund lasts"),
        column("called_liquidations", &M::called_liquidations, sum, "1", "liquidated after a call", "count of rows",
               "rows liquidated for the first time while in margin call; liquidations without one are those of "
               "accounts that fell through the warning within the rounds of a step"),
        column("call_to_liquidation_seconds", &M::call_to_liquidation_seconds, of_called, "s",
               "margin call to liquidation", "mean of (liquidation step - call step) x step",
               "mean time that called_liquidations had between their margin call and the first liquidation; zero is "
               "the same step. With `warning = 2` it is the time from twice the maintenance margin; NaN where nobody "
               "was called before"),
        column("worst_step_equity_loss", &M::worst_step_equity_loss, largest, "USD", "equity lost in the worst step",
               "max over t of Q(t - 1) - Q(t)",
               "most that all accounts of the venue together lost in one step: Q(t) is the sum of their wealth at the "
               "marks at the end of step t, less what they have paid in; longs and shorts are netted"),
        column("worst_hour_equity_loss", &M::worst_hour_equity_loss, largest, "USD", "equity lost in the worst hour",
               "max over t and 1 <= k <= n of Q(t - k) - Q(t), n = max(1, floor(1 h / step))",
               "the same within an hour, or one step where steps are longer"),
        column("leverage_at_start", &M::leverage_at_start, largest, "1", "venue leverage at the start",
               "open interest / sum W at t = 0",
               "open interest, the larger side of every asset, over the accounts' wealth at the marks; 1,000 where it "
               "is more"),
        column("max_leverage", &M::max_leverage, largest, "1", "largest venue leverage",
               "max over t of open interest / sum W",
               "the same at the worst end of a step, of those at which a hundredth of the open interest of the start "
               "is left; 1,000 where it is more: the accounts together have nothing left"),
        column("layer_cover_at_start", &M::layer_cover_at_start, smallest, "1", "layers over open interest, start",
               "balance of all pots / open interest at t = 0",
               "what all loss layers hold over open interest; its inverse is the venue's leverage over its loss "
               "layers. NaN where there is no pot, or nothing open"),
        column("min_layer_cover", &M::min_layer_cover, smallest, "1", "lowest layers over open interest",
               "min over t of balance of all pots / open interest",
               "the same at the worst end of a step, of those at which a hundredth of the open interest of the start "
               "is left; zero where the layers are empty"),
        column("peak_step_notional", &M::peak_step_notional, largest, "USD", "largest step",
               "max over steps of sum f G", "most notional liquidated in one step"),
        share_column("branching_ratio", &M::branching_ratio,
                     ShareOf<M>{&M::endogenous_notional, &M::liquidated_notional}, "branching ratio",
                     "endogenous_notional / liquidated_notional",
                     "endogenous share of liquidated notional; NaN where nothing was liquidated"),
        column("contagion_notional", &M::contagion_notional, sum, "USD", "cross-asset liquidations",
               "sum over i != j of X(i, j)",
               "liquidated notional sold of one asset for losses in another: the part off the diagonal of the "
               "contagion matrix X (sim/README.md, \"Contagion\")"),
        share_column("contagion_share", &M::contagion_share,
                     ShareOf<M>{&M::contagion_notional, &M::liquidated_notional}, "cross-asset share",
                     "contagion_notional / liquidated_notional",
                     "share of liquidated notional that was sold of one asset for losses in another; NaN where nothing "
                     "was liquidated"),
    };
}

/// Metrics of one cohort, at all venues.
constexpr auto cohort_metrics() {
    using M = CohortMetrics;
    using enum Combine;
    return std::tuple{
        column("liquidated_accounts", &M::liquidated_accounts, sum, "1", "accounts liquidated", "count of accounts",
               "distinct accounts of the cohort liquidated"),
        column("liquidated_notional", &M::liquidated_notional, sum, "USD", "liquidated notional", "sum f G",
               "notional of the cohort's positions closed by force, at the mark of their round"),
        column("loss", &M::loss, sum, "USD", "loss of those hit", "sum of W(0) + paid in - W(T)",
               "wealth lost between start and end, at traded prices and before haircuts, by rows that were liquidated, "
               "deleveraged, charged with others' losses or frozen; what others lost with the market is not in it, "
               "gains are negative"),
        column("adl_notional", &M::adl_notional, sum, "USD", "notional deleveraged", "sum of base closed x p",
               "notional that the cohort gave up to auto-deleveraging, at the mark"),
        column("adl_pnl_given_up", &M::adl_pnl_given_up, sum, "USD", "profit given up to ADL",
               "sum of base x (price against the mark)",
               "profit at the mark that the cohort gave up to auto-deleveraging"),
    };
}

/// Of one asset.
constexpr auto asset_metrics() {
    using M = AssetMetrics;
    return std::tuple{
        column("min_price", &M::min_price, "USD", "lowest price", "min over rounds",
               "lowest traded price, depth-weighted over venues"),
        column("max_drawdown", &M::max_drawdown, "1", "largest drawdown", "max of 1 - price / peak before",
               "largest fall of the traded price from an earlier peak, as a share"),
        column("exogenous_max_drawdown", &M::exogenous_max_drawdown, "1", "largest drawdown of the index",
               "max of 1 - index / peak before",
               "largest fall of the index price, which no trading moves, from an earlier peak, as a share"),
        column("final_price", &M::final_price, "USD", "final price", "price at T",
               "traded price at the end, depth-weighted over venues"),
        column("asset_long_liquidated", &M::liquidated_long_notional, "USD", "longs liquidated, by asset",
               "sum f q p over q > 0",
               "long notional of the asset closed by force, at the mark of its round, all venues together"),
        column("asset_short_liquidated", &M::liquidated_short_notional, "USD", "shorts liquidated, by asset",
               "sum f |q| p over q < 0",
               "short notional of the asset closed by force, at the mark of its round, all venues together"),
        column("asset_adl_notional", &M::adl_notional, "USD", "notional deleveraged, by asset",
               "sum of base closed x p",
               "notional of the asset closed by auto-deleveraging, at the mark, all venues together"),
        column("adl_price", &M::adl_price, "USD", "mean ADL price", "sum of base x price / sum of base",
               "mean price, by quantity, at which winners in the asset were deleveraged; NaN where none was"),
    };
}

/// Of the same world without impact.
constexpr auto counterfactual_metrics() {
    using M = CounterfactualMetrics;
    return std::tuple{
        column("counterfactual_liquidated_accounts", &M::liquidated_accounts, "1", "accounts liquidated, no impact",
               "liquidated_accounts", "distinct accounts liquidated in the same world without impact"),
        column("counterfactual_liquidated_notional", &M::liquidated_notional, "USD", "liquidated notional, no impact",
               "liquidated_notional", "notional liquidated in the same world without impact"),
        column("counterfactual_shortfall", &M::shortfall, "USD", "shortfall, no impact", "shortfall",
               "shortfall in the same world without impact"),
        column("counterfactual_uncovered", &M::uncovered, "USD", "uncovered losses, no impact", "uncovered",
               "uncovered shortfall in the same world without impact"),
        column("counterfactual_loss_beyond_bankruptcy", &M::loss_beyond_bankruptcy, "USD",
               "loss beyond bankruptcy, no impact", "loss_beyond_bankruptcy",
               "whole loss beyond bankruptcy in the same world without impact"),
        column("counterfactual_contagion_notional", &M::contagion_notional, "USD",
               "cross-asset liquidations, no impact", "contagion_notional",
               "liquidated notional sold of one asset for losses in another in the same world without impact: "
               "contagion by cross margin alone"),
    };
}

constexpr auto network_metrics() {
    using M = NetworkMetrics;
    return std::tuple{
        column("institution_defaults", &M::institution_defaults, "1", "institutions in default", "count",
               "institutions that could not pay an assessment or what they owe"),
        column("contagion_defaults", &M::contagion_defaults, "1", "defaults by contagion", "count",
               "part of institution_defaults that would have paid, had all others"),
        column("creditor_losses", &M::creditor_losses, "USD", "creditors' losses", "sum of owed - paid",
               "what institutions owed one another and did not pay"),
    };
}

inline constexpr ResultColumn<WorldResult, double> amplification_metric{
    "amplification",
    &WorldResult::amplification,
    Combine::apart,
    "1",
    "amplification",
    "mean over assets of max_drawdown / mean over assets of exogenous_max_drawdown",
    "mean over assets of the traded max_drawdown, over that of the index; NaN where the index never falls"};

/// Of a cascade; beside them stand its venue and how far prices moved.
constexpr auto cascade_columns() {
    using M = Cascade;
    return std::tuple{
        column("first_step", &M::first_step, "1", "first step", "first step", "first step with forced liquidations"),
        column("last_step", &M::last_step, "1", "last step", "last step", "last step with forced liquidations"),
        column("rounds", &M::rounds, "1", "rounds", "sum over steps", "rounds of forced selling"),
        column("accounts", &M::accounts, "1", "liquidation events", "count of (row, round)", "liquidation events"),
        column("notional", &M::notional, "USD", "liquidated notional", "sum f G", "liquidated notional"),
        column("shortfall", &M::shortfall, "USD", "shortfall", "sum over steps",
               "losses beyond bankruptcy on trades that went to the book and on what the venue carried, before any "
               "layer pays"),
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

/// A metric of all venues together: the sum, an extreme, a mean over what was called, or a share of sums.
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
        case Combine::of_called:
        case Combine::share:
        case Combine::apart:
            break;
        }
    }
    if constexpr (std::is_same_v<Value, double>) {
        if (venues.size() > 1 && (metric.combine == Combine::share || metric.combine == Combine::of_called)) {
            double part = 0.0;
            double whole = 0.0;
            for (const VenueMetrics& venue : venues) {
                if (metric.combine == Combine::share) {
                    part += venue.*metric.share.part;
                    whole += venue.*metric.share.whole;
                } else if (venue.called_liquidations > 0) {
                    part += venue.*metric.member * static_cast<double>(venue.called_liquidations);
                    whole += static_cast<double>(venue.called_liquidations);
                }
            }
            result = whole > 0.0 ? part / whole : not_a_number;
        }
    }
    return result;
}

} // namespace plunge
