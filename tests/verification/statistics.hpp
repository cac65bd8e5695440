// Sample statistics with their standard errors, and the comparison that verification tests make.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace plunge::test {

/// The seed of every statistical test: a failure is reproducible, and a pass is not luck that comes and goes.
inline constexpr std::uint64_t seed = 20251010;

/// A mean and its standard error.
struct Estimate {
    double mean = 0.0;
    double standard_error = 0.0;
};

/// Mean of independent values; the standard error is from their own spread.
inline Estimate estimate(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    double mean = 0.0;
    for (const double x : values) mean += x;
    mean /= n;
    double squares = 0.0;
    for (const double x : values) squares += (x - mean) * (x - mean);
    return {mean, std::sqrt(squares / (n - 1.0) / n)};
}

/// Mean of f over `values`.
template <class F> Estimate estimate(const std::vector<double>& values, F&& f) {
    std::vector<double> mapped(values.size());
    std::transform(values.begin(), values.end(), mapped.begin(), f);
    return estimate(mapped);
}

/// Checks an estimate against its expectation, to within `limit` standard errors.
inline void check_estimate(const std::string& what, double expected, const Estimate& got, double limit = 4.0) {
    INFO(what << ": expected " << expected << ", got " << got.mean << ", standard error " << got.standard_error
              << ", seed " << seed);
    CHECK(std::fabs(got.mean - expected) <= limit * got.standard_error);
}

/// Checks an estimated probability; the standard error is the binomial one at the expectation.
inline void check_probability(const std::string& what, double expected, double hits, double trials,
                              double limit = 4.0) {
    check_estimate(what, expected, {hits / trials, std::sqrt(expected * (1.0 - expected) / trials)}, limit);
}

/// Kolmogorov-Smirnov distance between the values and a continuous distribution function, times sqrt(n).
template <class Cdf> double kolmogorov_smirnov(std::vector<double> values, Cdf&& cdf) {
    std::sort(values.begin(), values.end());
    const auto n = static_cast<double>(values.size());
    double distance = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double p = cdf(values[i]);
        distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
    }
    return distance * std::sqrt(n);
}

/// 99.9 % quantile of the Kolmogorov distribution: 2 exp(-2 x^2) = 0.001, the further terms being below 1e-12.
inline const double kolmogorov_limit = std::sqrt(0.5 * std::log(2.0 / 0.001));

inline double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

} // namespace plunge::test
