#include "sim/stats/order_statistic.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace plunge {

double order_statistic(const std::vector<double>& sorted, double probability) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto n = static_cast<double>(sorted.size());
    // Products such as 0.95 * 20 may land a rounding error above the whole number they stand for.
    const double rank = std::ceil(probability * n * (1.0 - 1e-12));
    const auto index = static_cast<std::size_t>(std::clamp(rank, 1.0, n)) - 1;
    return sorted[index];
}

} // namespace plunge
