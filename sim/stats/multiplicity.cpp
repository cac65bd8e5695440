#include "sim/stats/multiplicity.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace plunge {

std::vector<double> holm_adjusted(const std::vector<double>& p_values) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p_values.size(); ++i)
        if (!std::isnan(p_values[i])) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t x, std::size_t y) { return p_values[x] < p_values[y]; });
    std::vector<double> adjusted = p_values;
    double largest = 0.0;
    for (std::size_t j = 0; j < order.size(); ++j) {
        largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - j) * p_values[order[j]]));
        adjusted[order[j]] = largest;
    }
    return adjusted;
}

} // namespace plunge
