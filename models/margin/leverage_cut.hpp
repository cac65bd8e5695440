// Leverage cut: the venue lowers the leverage that it allows, and reduces who is above it.
#pragma once

#include <array>
#include <string_view>
#include <tuple>

#include "models/common/values.hpp"

namespace plunge {

/// What makes a venue announce the cut.
enum class LeverageCutTrigger { time, halt, margin_raise };
template <> struct EnumNames<LeverageCutTrigger> {
    static constexpr std::array<std::string_view, 3> value{"time", "halt", "margin_raise"};
};

/// Some time after its announcement, accounts that are not to be liquidated and still have a gross notional G above
/// max_leverage E are reduced, once: the smallest share f of every position is closed with
///
///   (1 - f) G <= max_leverage (E - f (fee + expected_slippage) G)
///
/// Source: none that was followed: a rule of this project's own, in the manner of exchanges' notices.
struct LeverageCut {
    LeverageCutTrigger trigger = LeverageCutTrigger::time;
    double at_seconds = 0.0;
    double grace_seconds = 0.0;
    double max_leverage = 20.0;

    static constexpr auto fields() {
        using P = LeverageCut;
        return std::tuple{
            required_field("max_leverage", &P::max_leverage, Unit::none, positive, "gross notional over equity"),
            optional_field(
                "trigger", &P::trigger, Unit::none, any_number,
                "when the cut is announced: at a time, with every halt of the breaker, or with every rise of "
                "the dynamic margin"),
            optional_field("at", &P::at_seconds, Unit::duration, not_negative, "trigger = \"time\": since the start"),
            optional_field("grace", &P::grace_seconds, Unit::duration, not_negative,
                           "time from the announcement to the reduction")};
    }

    /// Share of every position to close. \param cost  what closing costs per notional
    double fraction(double equity, double gross, double cost) const {
        const double excess = gross - max_leverage * equity;
        if (!(excess > 0.0)) return 0.0;
        const double relief = gross * (1.0 - max_leverage * cost); // of the excess, by closing everything
        return excess < relief ? excess / relief : 1.0;
    }
};

} // namespace plunge
