#include "sim/stats/mean_checks.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>

#include "sim/stats/peaks_over_threshold.hpp"

namespace plunge {
namespace {

struct Moments {
    double mean = 0.0;
    double standard_error = 0.0;
    double relative_error = 0.0;
    double variance_of_variance = 0.0;
};

Moments moments(std::span<const double> values) {
    const auto n = static_cast<double>(values.size());
    Moments result;
    for (const double x : values) result.mean += x;
    result.mean /= n;
    double squares = 0.0;
    double fourths = 0.0;
    for (const double x : values) {
        const double square = (x - result.mean) * (x - result.mean);
        squares += square;
        fourths += square * square;
    }
    result.standard_error = std::sqrt(squares / (n * (n - 1.0)));
    result.relative_error = squares == 0.0 ? 0.0 : result.standard_error / std::fabs(result.mean);
    result.variance_of_variance = squares == 0.0 ? 0.0 : fourths / (squares * squares) - 1.0 / n;
    return result;
}

double tail_slope(const std::vector<double>& values) {
    constexpr double steepest = 10.0;
    constexpr std::uint64_t largest_values = 200;
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const auto tail = PeaksOverThreshold::fit(
        sorted, std::min<std::uint64_t>(largest_values, std::max(default_exceedances(sorted), fewest_exceedances)));
    if (!tail || !(tail->pareto().parameters.xi > 1.0 / (steepest - 1.0))) return steepest;
    return 1.0 + 1.0 / tail->pareto().parameters.xi;
}

} // namespace

double MeanChecks::figure_of_merit(double seconds) const { return 1.0 / (relative_error * relative_error * seconds); }

bool MeanChecks::all_passed() const {
    return std::all_of(checks.begin(), checks.end(), [](const MeanCheck& check) { return check.passed; });
}

MeanChecks check_mean(const std::vector<double>& values) {
    if (values.size() < 2) throw std::invalid_argument("a standard error needs two values");
    const Moments all = moments(values);
    MeanChecks result{all.mean, all.standard_error, all.relative_error, all.variance_of_variance, tail_slope(values),
                      {}};
    const auto add = [&](const char* name, const char* rule, double value, bool passed) {
        result.checks.push_back({name, rule, value, passed});
    };
    add("relative error", "below 0.1", all.relative_error, all.relative_error < 0.1);
    add("variance of the variance", "below 0.1", all.variance_of_variance, all.variance_of_variance < 0.1);
    add("slope of the tail", "above 3", result.slope, result.slope > 3.0);
    const std::size_t half = values.size() / 2;
    if (half < 2) return result;
    const Moments first = moments(std::span(values).first(half));
    const Moments second = moments(std::span(values).subspan(half));
    const double drift = std::hypot(first.standard_error, second.standard_error);
    const double moved = drift > 0.0 ? std::fabs(second.mean - first.mean) / drift : 0.0;
    add("move of the mean from first to second half, in standard errors", "below 3", moved, moved < 3.0);
    // With twice the values R is 0.71 times what it was and VOV half, give or take what chance does to them.
    const double fall = first.relative_error > 0.0 ? all.relative_error / first.relative_error : 0.0;
    add("relative error over that of the first half", "below 0.85", fall, fall < 0.85);
    const double vov_fall = first.variance_of_variance > 0.0 ? all.variance_of_variance / first.variance_of_variance
                                                             : 0.0;
    add("variance of the variance over that of the first half", "below 0.85", vov_fall, vov_fall < 0.85);
    return result;
}

} // namespace plunge
