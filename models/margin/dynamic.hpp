// Dynamic margin: the venue asks for more as volatility rises or as its insurance fund is used up.
#pragma once

#include <algorithm>
#include <cmath>
#include <tuple>

#include "models/common/tolerances.hpp"
#include "models/common/values.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

/// Every `interval` the venue reviews the factor that multiplies maintenance margins:
///
///   s2 <- s2 + (1 - 2^(-interval / half_life)) (r^2 / (sigma_0^2 interval) - s2)
///   factor = clamp(max_a s2_a^(volatility / 2) (1 + depletion (1 - F / F_0)), 1, max)
///
/// with r the log return of the traded price since the review before, sigma_0 the process's volatility, s2 starting at
/// one, and F the balance of the insurance funds. It holds from the step after the review on.
/// Source: exchanges raise margin requirements in volatile markets; CPSS-IOSCO (2012), Principles for financial market
/// infrastructures, principle 6, asks that this be done without needlessly adding to the stress (procyclicality).
struct DynamicMargin {
    double interval_seconds = 3600.0;
    double volatility = 0.0;
    double half_life_seconds = 3600.0;
    double depletion = 0.0;
    double max = 3.0;

    static constexpr auto fields() {
        using P = DynamicMargin;
        return std::tuple{
            required_field("interval", &P::interval_seconds, Unit::duration, positive, "time between two reviews"),
            optional_field("volatility", &P::volatility, Unit::none, not_negative,
                           "the factor rises as (sigma_t / sigma_0)^volatility, the asset that moves most deciding"),
            optional_field("half_life", &P::half_life_seconds, Unit::duration, positive,
                           "half-life of the realised volatility"),
            optional_field("depletion", &P::depletion, Unit::none, not_negative,
                           "what is added once the insurance fund is empty, in proportion before that"),
            optional_field("max", &P::max, Unit::none, at_least_one, "most that margins are multiplied by")};
    }

    /// \param variance_ratio  the largest s2 \param fund_left  F / F_0, one where there is no fund
    double factor(double variance_ratio, double fund_left) const {
        const double by_volatility = volatility > 0.0 && variance_ratio > 1.0
                                         ? det_pow(variance_ratio, 0.5 * volatility)
                                         : 1.0;
        const double used = 1.0 - fund_left;
        const double by_depletion = used > tolerance::fund_use ? 1.0 + depletion * used : 1.0;
        return std::clamp(by_volatility * by_depletion, 1.0, max);
    }
};

} // namespace plunge
