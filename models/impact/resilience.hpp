// What every book shape shares: permanent share, price resilience, depth thinning and cross impact.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

/// Depth thins as realised volatility rises and as prices fall, and comes back with a half-life.
///
///   s2 <- s2 + (1 - 2^(-dt / half_life)) (r^2 / dt - s2),   u <- max(0, 2^(-dt / half_life) u - r)
///   g = clamp((sigma_0^2 / s2)^(exponent / 2) exp(-drawdown u), floor, 1)
///
/// with r the traded log return over the step, s2 the realised variance (starting at sigma_0^2) and u a drawdown that
/// is forgotten with the same half-life.
struct Thinning {
    double exponent = 1.0;
    double drawdown = 0.0;
    double floor = 0.1;
    double half_life_seconds = 1800.0;

    static constexpr auto fields() {
        using P = Thinning;
        return std::tuple{
            optional_field("exponent", &P::exponent, Unit::none, not_negative,
                           "theta: depth falls as (sigma_0 / sigma_t)^theta"),
            optional_field("drawdown", &P::drawdown, Unit::none, not_negative,
                           "depth falls as exp(-drawdown u), u the recent log drawdown: liquidity providers leaving"),
            optional_field("floor", &P::floor, Unit::fraction, {0.0, 1.0, true, false}, "smallest depth multiplier"),
            optional_field("half_life", &P::half_life_seconds, Unit::duration, positive,
                           "half-life of the realised volatility and of the drawdown, hence of the recovery")};
    }
};

/// The state of thinning for one asset at one venue.
struct ThinningState {
    double variance_ratio = 1.0; ///< s2 / sigma_0^2
    double drawdown = 0.0;       ///< u

    /// \param scaled_square  r^2 / (sigma_0^2 dt); \param keep  2^(-dt / half_life)
    void observe(double log_return, double scaled_square, double keep) {
        variance_ratio += (1.0 - keep) * (scaled_square - variance_ratio);
        drawdown = std::max(0.0, keep * drawdown - log_return);
    }

    double depth_multiplier(const Thinning& thinning) const {
        double g = 1.0;
        if (thinning.exponent > 0.0 && variance_ratio > 1.0) g = det_pow(variance_ratio, -0.5 * thinning.exponent);
        if (thinning.drawdown > 0.0 && drawdown > 0.0) g *= det_exp(-thinning.drawdown * drawdown);
        return std::clamp(g, thinning.floor, 1.0);
    }
};

/// Keys of [venue.impact] that do not depend on the shape.
struct ImpactCommon {
    double permanent = 0.0;
    double half_life_seconds = 0.0;
    std::optional<Thinning> thinning;
    PerAsset resting;   ///< base on each side of the book, at depth multiplier one; empty: without end
    SquareMatrix cross; ///< C, unit diagonal, symmetric; empty without cross impact

    static constexpr auto fields() {
        using P = ImpactCommon;
        return std::tuple{
            optional_field("permanent", &P::permanent, Unit::fraction, unit_interval,
                           "share of a step's displacement that stays for good"),
            optional_field("half_life", &P::half_life_seconds, Unit::duration, not_negative,
                           "price resilience: what is not permanent halves in this time; 0s is gone at the next step"),
            optional_field("thinning", &P::thinning, Unit::none, any_number,
                           "depth that thins under stress; constant depth where left out"),
            optional_field(
                "resting", &P::resting, Unit::base, positive,
                "what each side of the book holds, per asset; orders beyond it are not filled; without end where "
                "left out"),
            optional_field("cross", &P::cross, Unit::fraction, {-1.0, 1.0},
                           "cross impact: `{ BTC-ETH = 0.3 }`, share of the one's displacement felt by the other")};
    }
};

} // namespace plunge
