// The difference of two quantiles, with an interval that assumes nothing of the distributions.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/stats/difference.hpp"

namespace plunge {

struct BoundedQuantile {
    double value = 0.0;
    Interval interval;
};

/// The order statistic (sim/stats/order_statistic.hpp) with the interval of sim/stats/quantile_interval.hpp.
/// \param sorted         ascending, without NaN, not empty
/// \param design_effect  variance of the share of values below the quantile, over what it would be, were values
///                       independent; at least 1 is used. The interval is that of n / design_effect values
///                       (Woodruff 1952, J. Am. Stat. Assoc. 47, 635).
BoundedQuantile bound_quantile(const std::vector<double>& sorted, double probability, double confidence,
                               double design_effect = 1.0);

/// Interval of b - a from those of a and b and the correlation r of the two estimators:
///     low  = b - a - sqrt((b - l_b)^2 + (u_a - a)^2 - 2 r (b - l_b) (u_a - a)), high alike with u_b and l_a.
/// Source: Zou (2007), Psychol. Methods 12, 399, whose intervals for differences of correlations these are; as a
/// general method ("MOVER"): Zou & Donner (2008), Stat. Med. 27, 1693. It keeps the skewness of the two intervals,
/// needs no density and no random numbers: so it was taken and not a bootstrap, whose answer has an error of its own.
Interval difference_interval(const BoundedQuantile& a, const BoundedQuantile& b, double correlation);

} // namespace plunge
