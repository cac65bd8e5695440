// The difference of two quantiles, with an interval that assumes nothing of the distributions.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/stats/difference.hpp"
#include "sim/stats/observations.hpp"

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

/// A quantile of two runs.
struct QuantileDifference {
    double probability = 0.0;
    double a = 0.0;
    double b = 0.0;
    Interval interval; ///< of b - a
    BoundedQuantile in_a;
    BoundedQuantile in_b;
};

struct RunOfValues {
    const std::vector<double>& worlds; ///< NaN where a world has none, or has no partner
    Dependence dependence = Dependence::none;
};

/// Both quantiles, and the interval of their difference with the correlation of the two shares of worlds above.
/// \param sorted_a, sorted_b  the values that are not NaN, ascending, not empty
/// \param paired              world k of one run belongs to world k of the other
QuantileDifference compare_quantile(const RunOfValues& a, const RunOfValues& b, const std::vector<double>& sorted_a,
                                    const std::vector<double>& sorted_b, double probability, bool paired,
                                    double confidence);

/// The quantile of one run, its interval wider or narrower by how its worlds depend on one another.
BoundedQuantile bound_quantile(const RunOfValues& run, const std::vector<double>& sorted, double probability,
                               double confidence);

/// Correlation of the means of two samples of observations made together; zero where one does not vary.
double correlation_of_means(const std::vector<double>& x, const std::vector<double>& y);

} // namespace plunge
