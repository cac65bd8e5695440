// Names, units and meanings of what the engine's own tables do not name: metrics per asset, the counterfactual's, and
// the columns of cascades and traces. Writer, reader and summaries follow these tables.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "sim/engine/world_result.hpp"

namespace plunge {

/// A member of a struct of results, named for the file.
template <class Owner, class Value> struct NamedMember {
    std::string_view name;
    Value Owner::*member;
    std::string_view units;
    std::string_view long_name;
};

/// Calls `visit` with every row of a table.
template <class Table, class Visitor> constexpr void for_each_metric(const Table& table, Visitor&& visit) {
    std::apply([&](const auto&... row) { (visit(row), ...); }, table);
}

inline constexpr NamedMember<WorldResult, double> amplification_metric{
    "amplification", &WorldResult::amplification, "1",
    "mean over assets of the traded max_drawdown, over that of the index; NaN where the index never falls"};

constexpr auto asset_metrics() {
    using M = AssetMetrics;
    using Row = NamedMember<M, double>;
    return std::tuple{
        Row{"min_price", &M::min_price, "USD", "lowest traded price, depth-weighted over venues"},
        Row{"max_drawdown", &M::max_drawdown, "1", "largest fall of the traded price from an earlier peak, as a share"},
        Row{"exogenous_max_drawdown", &M::exogenous_max_drawdown, "1",
            "largest fall of the index price, which no trading moves, from an earlier peak, as a share"},
    };
}

constexpr auto counterfactual_metrics() {
    using M = CounterfactualMetrics;
    return std::tuple{
        NamedMember<M, std::uint64_t>{"counterfactual_liquidated_accounts", &M::liquidated_accounts, "1",
                                      "distinct accounts liquidated in the same world without impact"},
        NamedMember<M, double>{"counterfactual_liquidated_notional", &M::liquidated_notional, "USD",
                               "notional liquidated in the same world without impact"},
        NamedMember<M, double>{"counterfactual_shortfall", &M::shortfall, "USD",
                               "shortfall in the same world without impact"},
        NamedMember<M, double>{"counterfactual_uncovered", &M::uncovered, "USD",
                               "uncovered shortfall in the same world without impact"},
    };
}

constexpr auto network_metrics() {
    using M = NetworkMetrics;
    return std::tuple{
        NamedMember<M, std::uint64_t>{"institution_defaults", &M::institution_defaults, "1",
                                      "institutions that could not pay an assessment or what they owe"},
        NamedMember<M, std::uint64_t>{"contagion_defaults", &M::contagion_defaults, "1",
                                      "part of institution_defaults that would have paid, had all others"},
        NamedMember<M, double>{"creditor_losses", &M::creditor_losses, "USD",
                               "what institutions owed one another and did not pay"},
    };
}

constexpr auto cascade_columns() {
    using C = Cascade;
    return std::tuple{
        NamedMember<C, std::uint32_t>{"first_step", &C::first_step, "1", "first step with forced liquidations"},
        NamedMember<C, std::uint32_t>{"last_step", &C::last_step, "1", "last step with forced liquidations"},
        NamedMember<C, std::uint32_t>{"rounds", &C::rounds, "1", "rounds of forced selling"},
        NamedMember<C, std::uint32_t>{"accounts", &C::accounts, "1", "liquidation events"},
        NamedMember<C, double>{"notional", &C::notional, "USD", "liquidated notional"},
        NamedMember<C, double>{"shortfall", &C::shortfall, "USD", "losses beyond bankruptcy, before any layer pays"},
    };
}

/// Dimensions of a trace after time.
enum class TraceShape { asset, venue_asset, venue };

struct TraceColumn {
    std::string_view name;
    std::vector<double> WorldTrace::*member;
    TraceShape shape;
    std::string_view units;
    std::string_view long_name;
};

constexpr auto trace_columns() {
    using T = WorldTrace;
    using enum TraceShape;
    using Row = TraceColumn;
    return std::tuple{
        Row{"index", &T::index, asset, "USD", "index price, which no trading moves"},
        Row{"price", &T::price, venue_asset, "USD", "traded price"},
        Row{"mark", &T::mark, venue_asset, "USD", "mark price, which margin uses"},
        Row{"permanent", &T::permanent, venue_asset, "1", "permanent log displacement"},
        Row{"transient", &T::transient, venue_asset, "1", "transient log displacement"},
        Row{"depth", &T::depth, venue_asset, "1", "depth multiplier"},
        Row{"open_interest", &T::open_interest, venue, "USD", "open interest, the larger side of each asset"},
        Row{"liquidated_notional", &T::liquidated_notional, venue, "USD", "notional liquidated in the step"},
        Row{"shortfall", &T::shortfall, venue, "USD", "shortfall of the step"},
        Row{"adl_notional", &T::adl_notional, venue, "USD", "notional auto-deleveraged in the step"},
        Row{"fund", &T::fund, venue, "USD", "insurance fund at the end of the step"},
        Row{"layers", &T::layers, venue, "USD", "what all loss layers hold at the end of the step"},
        Row{"inventory", &T::inventory, venue, "USD", "what the venue carries itself, long and short added up"},
        Row{"rounds", &T::rounds, venue, "1", "rounds of forced selling in the step"},
        Row{"margin_calls", &T::margin_calls, venue, "1", "margin calls raised in the step"},
        Row{"margin_factor", &T::margin_factor, venue, "1", "factor on maintenance margins"},
        Row{"halted", &T::halted, venue, "1", "1 while trading is halted"},
    };
}

} // namespace plunge
