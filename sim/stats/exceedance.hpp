// Exceedance curve: how often a level is exceeded, with a band.
#pragma once

#include <cstdint>
#include <vector>

namespace plunge {

/// Share of a sample beyond a level.
struct Exceedance {
    double level = 0.0;
    std::uint64_t count = 0; ///< values beyond it
    double probability = 0.0;
    double low = 0.0;
    double high = 1.0;
};

/// The exact interval of a probability from `count` hits in `trials`: each end is where as many hits or more, or as
/// many or fewer, have half of the probability that `confidence` leaves.
/// Source: Clopper & Pearson (1934), Biometrika 26, 404, by quantiles of beta distributions.
/// \throws std::invalid_argument if count > trials or trials is zero.
Exceedance binomial_interval(std::uint64_t count, std::uint64_t trials, double confidence);

/// Independent worlds that counting takes to know a probability with this relative standard error.
inline double worlds_by_counting(double probability, double relative_error) {
    return (1.0 - probability) / (probability * relative_error * relative_error);
}

/// P(X > level) at every level. The band is pointwise: each interval covers by itself with `confidence`, all of them
/// together with less.
/// \param sorted  ascending, without NaN
std::vector<Exceedance> exceedance_curve(const std::vector<double>& sorted, const std::vector<double>& levels,
                                         double confidence);

/// Levels at which a sample's curve is worth printing: zero, and its order statistics at exceedance probabilities 1/2,
/// 1/5, 1/10, ... down to one value; finite ones, ascending, each once.
std::vector<double> exceedance_levels(const std::vector<double>& sorted);

} // namespace plunge
