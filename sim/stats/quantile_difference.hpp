// A quantile and the difference of two, with intervals that assume nothing of the distribution.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/stats/difference.hpp"

namespace plunge {

/// Ranks, counted from 1, of the order statistics that bound a quantile; 0 below and n + 1 above where none does.
struct QuantileRanks {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

/// The closest ranks with P(X_(low) > q) <= (1 - confidence) / 2 and P(X_(high) < q) <= (1 - confidence) / 2: the
/// number of values at or below q is binomial. Ties only widen the interval's coverage. Source: David & Nagaraja
/// (2003), Order Statistics, 3rd ed., section 7.1. For n = 1000, p = 0.99 at 95 %: 983 and 997.
QuantileRanks quantile_ranks(std::uint64_t n, double probability, double confidence);

struct QuantileEstimate {
    double value = 0.0;
    Interval interval;
};

/// The order statistic (sim/stats/order_statistic.hpp) with its interval.
/// \param sorted         ascending, without NaN, not empty
/// \param design_effect  variance of the share of values below the quantile, over what it would be, were values
///                       independent; at least 1 is used. The interval is that of n / design_effect values
///                       (Woodruff 1952, J. Am. Stat. Assoc. 47, 635).
QuantileEstimate estimate_quantile(const std::vector<double>& sorted, double probability, double confidence,
                                   double design_effect = 1.0);

/// Interval of b - a from those of a and b and the correlation r of the two estimators:
///     low  = b - a - sqrt((b - l_b)^2 + (u_a - a)^2 - 2 r (b - l_b) (u_a - a)), high alike with u_b and l_a.
/// Source: Zou (2007), Psychol. Methods 12, 399, whose intervals for differences of correlations these are; as a
/// general method ("MOVER"): Zou & Donner (2008), Stat. Med. 27, 1693. It keeps the skewness of the two intervals,
/// needs no density and no random numbers: so it was taken and not a bootstrap, whose answer has an error of its own.
Interval difference_interval(const QuantileEstimate& a, const QuantileEstimate& b, double correlation);

} // namespace plunge
