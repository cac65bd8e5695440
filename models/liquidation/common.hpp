// Keys of [venue.liquidation] that every policy shares.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>

#include "models/common/values.hpp"
#include "models/margin/slack.hpp"

namespace plunge {

/// Who gets what a fully liquidated account has left.
enum class Surplus { fund, account };
template <> struct EnumNames<Surplus> { static constexpr std::array<std::string_view, 2> value{"fund", "account"}; };

/// Who is liquidated first when the venue cannot take all.
enum class Priority { margin_ratio, size, age };
template <> struct EnumNames<Priority> {
    static constexpr std::array<std::string_view, 3> value{"margin_ratio", "size", "age"};
};

enum class Clearing { simultaneous, sequential };
template <> struct EnumNames<Clearing> {
    static constexpr std::array<std::string_view, 2> value{"simultaneous", "sequential"};
};

/// How positions that are closed come to the book.
enum class OrderExecution { immediate, twap };
template <> struct EnumNames<OrderExecution> {
    static constexpr std::array<std::string_view, 2> value{"immediate", "twap"};
};

struct LiquidationCommon {
    double fee = 0.0;
    double expected_slippage = 0.0;
    Surplus surplus = Surplus::account;
    Priority priority = Priority::margin_ratio;
    double throughput = std::numeric_limits<double>::infinity();
    Clearing clearing = Clearing::simultaneous;
    OrderExecution execution = OrderExecution::immediate;
    double twap_over_seconds = 0.0;
    double offset = 0.0;

    static constexpr auto fields() {
        using P = LiquidationCommon;
        return std::tuple{
            optional_field("fee", &P::fee, Unit::fraction, below_one,
                           "liquidation fee on what is traded on the book, capped by the equity that is left; goes to "
                           "the first insurance fund, to the venue where there is none"),
            optional_field("expected_slippage", &P::expected_slippage, Unit::fraction, below_one,
                           "the venue's own assumption when it solves for a partial close"),
            optional_field("surplus", &P::surplus, Unit::none, any_number,
                           "who gets what a fully liquidated account has left"),
            optional_field("priority", &P::priority, Unit::none, any_number,
                           "who goes first when throughput is scarce, and in sequential clearing"),
            optional_field("throughput", &P::throughput, Unit::quote, positive,
                           "notional that the venue can liquidate per step; unlimited where left out"),
            optional_field("clearing", &P::clearing, Unit::none, any_number,
                           "simultaneous: one average price a round; sequential: account by account"),
            optional_field("execution", &P::execution, Unit::none, any_number,
                           "immediate: on the book in the same round; twap: the venue takes positions over at the mark "
                           "and sells them in equal parts, at its own profit and loss"),
            optional_field("twap_over", &P::twap_over_seconds, Unit::duration, positive,
                           "twap: time over which the venue sells what it has taken over in one round"),
            optional_field("offset", &P::offset, Unit::fraction, unit_interval,
                           "most of an opposite position that a round closes at the mark before anything goes to the "
                           "book")};
    }
};

/// What keepers do with a loan.
struct LoanClose {
    double supplied_share = 0.0; ///< of every supplied asset, taken as collateral
    double debt_share = 0.0;     ///< of every debt, repaid
    bool written_off = false;    ///< nothing is supplied: the venue closes the loan itself
};

/// What a policy may look at when it decides about one account. All at the round's mark.
template <class Rule> struct LiquidationView {
    const Rule& rule;
    MarginView account;
    const double* mark; ///< [assets]
    std::size_t assets;
    double equity;        ///< E
    double maintenance;   ///< M, the venue's margin factor in it
    double gross;         ///< G
    double margin_factor; ///< what the rule's margin is multiplied by
    double fee;
    double expected_slippage;
    std::uint64_t closes = 0;                                             ///< partial closes of this account before
    double seconds_since_close = std::numeric_limits<double>::infinity(); ///< since the last of them
};

} // namespace plunge
