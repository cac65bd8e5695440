// The difference of two means, with its interval: paired where observations belong together, Welch's where they do not.
#pragma once

#include <cstdint>
#include <vector>

namespace plunge {

/// A closed interval; an end is infinite where the sample does not bound it.
struct Interval {
    double low = 0.0;
    double high = 0.0;
};

/// What a sample of independent observations says of its mean. `standard_error` is NaN below two observations.
struct MeanEstimate {
    std::uint64_t observations = 0;
    double mean = 0.0;
    double standard_error = 0.0;
};

/// Two passes in the order of the values, so that equal results give equal estimates.
MeanEstimate estimate_mean(const std::vector<double>& values);

struct MeanDifference {
    MeanEstimate a;
    MeanEstimate b;
    double difference = 0.0; ///< b - a
    double standard_error = 0.0;
    double degrees_of_freedom = 0.0;
    Interval interval;
    double p_value = 1.0; ///< two-sided, of no difference
};

/// Of observations a[i] and b[i] made under the same conditions:
///     d_i = b_i - a_i,  mean(d) +- t_(n - 1) s_d / sqrt(n).
/// Source: Student (1908), Biometrika 6, 1, whose example of two drugs is this test's. Assumes independent d_i and a
/// mean of d that is about normal: heavy tails need many worlds, and where few d_i differ from zero the interval is no
/// better than their number. \throws std::invalid_argument for unequal lengths or less than two observations.
MeanDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b, double confidence);

/// Of independent samples:
///     mean(b) - mean(a) +- t_nu sqrt(e_a^2 + e_b^2),  nu = (e_a^2 + e_b^2)^2 / (e_a^4 / (n_a - 1) + e_b^4 / (n_b -
///     1)),
/// e the standard errors of the two means.
/// Source: Welch (1938), Biometrika 29, 350 and (1947), Biometrika 34, 28, eq. (28). Assumes means that are about
/// normal. \throws std::invalid_argument where a sample has less than two observations.
MeanDifference welch_difference(const MeanEstimate& a, const MeanEstimate& b, double confidence);

/// Cohen's d: the difference over the root of the mean of the two variances, the same number whether observations are
/// paired or not. NaN where neither sample varies.
/// Source: Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, section 2.3, for unequal variances.
double standardised_difference(const std::vector<double>& a, const std::vector<double>& b);

} // namespace plunge
