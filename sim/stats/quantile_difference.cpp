#include "sim/stats/quantile_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/stats/order_statistic.hpp"
#include "sim/stats/quantile_interval.hpp"

namespace plunge {

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

} // namespace plunge
