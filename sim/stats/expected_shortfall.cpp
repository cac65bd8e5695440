#include "sim/stats/expected_shortfall.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace plunge {

double expected_shortfall(const std::vector<double>& sorted, double probability) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto n = static_cast<double>(sorted.size());
    const double rank = std::clamp(std::ceil(probability * n * (1.0 - 1e-12)), 1.0, n);
    const auto k = static_cast<std::size_t>(rank);
    double beyond = 0.0;
    for (std::size_t i = k; i < sorted.size(); ++i) beyond += sorted[i];
    const double edge = std::max(0.0, rank / n - probability);
    // Nothing of an infinite value at the edge is nothing.
    const double at_edge = edge > 0.0 ? edge * sorted[k - 1] : 0.0;
    return (beyond / n + at_edge) / (1.0 - probability);
}

} // namespace plunge
