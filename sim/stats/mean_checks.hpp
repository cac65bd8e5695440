// Whether a mean can be trusted: relative error, figure of merit, and the checks of a Monte Carlo tally.
#pragma once

#include <string>
#include <vector>

namespace plunge {

struct MeanCheck {
    std::string name;
    std::string rule; ///< what is asked of the value
    double value = 0.0;
    bool passed = false;
};

/// With S = sum (x - mean)^2:
///
///   relative error R = sqrt(S / (n (n - 1))) / |mean|
///   variance of the variance VOV = sum (x - mean)^4 / S^2 - 1 / n
///   slope = 1 + 1 / xi, xi fitted to the largest 200 values; at most 10, which is also the slope of tails that end
///
/// The variance, without which R means nothing, exists for slopes above 3.
/// Source: the ten checks that MCNP makes of every tally (X-5 Monte Carlo Team 2003, MCNP, version 5, vol. I):
/// R and VOV below 0.1, the mean without a trend, R falling as 1 / sqrt(n), VOV as 1 / n, slope above 3. Theirs look at
/// the last half of the run again and again; here the whole is compared with its first half, once.
struct MeanChecks {
    double mean = 0.0;
    double standard_error = 0.0;
    double relative_error = 0.0; ///< infinite where the mean is zero
    double variance_of_variance = 0.0;
    double slope = 0.0;
    std::vector<MeanCheck> checks;

    /// 1 / (R^2 T): of two ways to the same mean, the one with the larger figure needs less time for the same error.
    double figure_of_merit(double seconds) const;
    bool all_passed() const;
};

/// \param values  at least two, independent, in the order in which they were drawn
/// \throws std::invalid_argument below two values
MeanChecks check_mean(const std::vector<double>& values);

} // namespace plunge
