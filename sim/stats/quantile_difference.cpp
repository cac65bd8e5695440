#include "sim/stats/quantile_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/stats/order_statistic.hpp"
#include "sim/stats/quantile_interval.hpp"

namespace plunge {
namespace {

// Covariance of the means of two samples of observations made together.
double covariance_of_means(const std::vector<double>& x, const std::vector<double>& y) {
    if (x.size() < 2) return 0.0;
    const double mean_x = estimate_mean(x).mean;
    const double mean_y = estimate_mean(y).mean;
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mean_x) * (y[i] - mean_y);
    const auto n = static_cast<double>(x.size());
    return sum / (n - 1.0) / n;
}

// Variance of the share of worlds above the quantile, over that of independent worlds.
double design_effect(const std::vector<double>& is_above, std::size_t worlds) {
    const MeanEstimate share = estimate_mean(is_above);
    const double independent = share.mean * (1.0 - share.mean) / static_cast<double>(worlds);
    return independent > 0.0 ? share.standard_error * share.standard_error / independent : 1.0;
}

} // namespace

BoundedQuantile bound_quantile(const std::vector<double>& sorted, double probability, double confidence,
                               double design_effect) {
    const auto n = static_cast<double>(sorted.size());
    const double effective = std::max(1.0, std::floor(n / std::max(1.0, design_effect)));
    const QuantileRanks ranks = quantile_ranks(static_cast<std::uint64_t>(effective), probability, confidence);
    const double stretch = n / effective;
    BoundedQuantile estimate;
    estimate.value = order_statistic(sorted, probability);
    estimate.interval = {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    if (ranks.low > 0) {
        const double rank = std::floor(static_cast<double>(ranks.low) * stretch);
        estimate.interval.low = sorted[static_cast<std::size_t>(std::clamp(rank, 1.0, n)) - 1];
    }
    if (ranks.high > 0) {
        const double rank = std::ceil(static_cast<double>(ranks.high) * stretch);
        estimate.interval.high = sorted[static_cast<std::size_t>(std::clamp(rank, 1.0, n)) - 1];
    }
    return estimate;
}

Interval difference_interval(const BoundedQuantile& a, const BoundedQuantile& b, double correlation) {
    const double difference = b.value - a.value;
    const auto half = [&](double of_a, double of_b) {
        if (std::isinf(of_a) || std::isinf(of_b)) return std::numeric_limits<double>::infinity();
        return std::sqrt(std::max(0.0, of_a * of_a + of_b * of_b - 2.0 * correlation * of_a * of_b));
    };
    return {difference - half(a.interval.high - a.value, b.value - b.interval.low),
            difference + half(a.value - a.interval.low, b.interval.high - b.value)};
}

double correlation_of_means(const std::vector<double>& x, const std::vector<double>& y) {
    const double spread = estimate_mean(x).standard_error * estimate_mean(y).standard_error;
    return spread > 0.0 ? covariance_of_means(x, y) / spread : 0.0;
}

BoundedQuantile bound_quantile(const RunOfValues& run, const std::vector<double>& sorted, double probability,
                               double confidence) {
    const BoundedQuantile independent = bound_quantile(sorted, probability, confidence);
    if (run.dependence == Dependence::none) return independent;
    const std::vector<double> beyond = independent_values(above(run.worlds, independent.value), run.dependence);
    return bound_quantile(sorted, probability, confidence, design_effect(beyond, sorted.size()));
}

QuantileDifference compare_quantile(const RunOfValues& a, const RunOfValues& b, const std::vector<double>& sorted_a,
                                    const std::vector<double>& sorted_b, double probability, bool paired,
                                    double confidence) {
    const BoundedQuantile in_a = bound_quantile(a, sorted_a, probability, confidence);
    const BoundedQuantile in_b = bound_quantile(b, sorted_b, probability, confidence);
    double correlation = 0.0;
    if (paired)
        correlation = correlation_of_means(independent_values(above(a.worlds, in_a.value), a.dependence),
                                           independent_values(above(b.worlds, in_b.value), b.dependence));
    return {probability, in_a.value, in_b.value, difference_interval(in_a, in_b, correlation), in_a, in_b};
}

} // namespace plunge
