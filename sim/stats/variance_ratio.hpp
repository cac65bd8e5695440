// How much less a mean varies by one way of sampling than by another, and how well that is known.
#pragma once

#include <vector>

#include "sim/stats/difference.hpp"

namespace plunge {

/// The variance of a mean, and how uncertain it is: it varies as if it were a chi-squared variable with these degrees
/// of freedom times a constant, as the variance of normal observations does.
struct VarianceEstimate {
    double variance = 0.0;
    double degrees_of_freedom = 0.0; ///< none where there are less than two observations
};

/// Of the mean of independent observations: s^2 / n. Of observations with kurtosis k, s^2 has a variance of about
/// (k - 1) / n times its square, that of a chi-squared variable with 2 n / (k - 1) degrees of freedom: with heavy tails
/// far fewer than n - 1, which is the most that is taken.
/// Source of the variance of s^2: Kenney & Keeping (1951), Mathematics of Statistics, part 2, 2nd ed., p. 164. The
/// sample's kurtosis stands for k, which it underestimates where tails are heavy: intervals are then too narrow.
VarianceEstimate estimate_variance_of_mean(const std::vector<double>& observations);

/// Sum and mean of independent estimates, with degrees of freedom by Satterthwaite (1946), Biometrics Bulletin 2, 110.
VarianceEstimate sum_of(const std::vector<VarianceEstimate>& estimates);
VarianceEstimate average(const std::vector<VarianceEstimate>& estimates);

struct VarianceRatio {
    double ratio = 0.0; ///< NaN where the reference does not vary
    Interval interval;
};

/// Of a variance to that of a reference, with the interval of F's distribution.
VarianceRatio variance_ratio(const VarianceEstimate& estimate, const VarianceEstimate& reference, double confidence);

} // namespace plunge
