#include "sim/stats/observations.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace plunge {

std::vector<double> present_values(const std::vector<double>& values) {
    std::vector<double> present;
    present.reserve(values.size());
    for (const double value : values)
        if (!std::isnan(value)) present.push_back(value);
    return present;
}

std::vector<double> pair_means(const std::vector<double>& values) {
    std::vector<double> means;
    means.reserve(values.size() / 2);
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
        const double mean = 0.5 * (values[i] + values[i + 1]);
        if (!std::isnan(mean)) means.push_back(mean);
    }
    return means;
}

std::vector<double> independent_values(const std::vector<double>& values, bool antithetic) {
    return antithetic ? pair_means(values) : present_values(values);
}

void match_worlds(std::vector<double>& a, std::vector<double>& b, bool antithetic) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const std::size_t group = antithetic ? 2 : 1;
    const std::size_t worlds = std::min(a.size(), b.size()) / group * group;
    a.resize(worlds);
    b.resize(worlds);
    for (std::size_t first = 0; first < worlds; first += group) {
        double sum = 0.0;
        for (std::size_t i = first; i < first + group; ++i) sum += a[i] + b[i];
        if (!std::isnan(sum)) continue;
        for (std::size_t i = first; i < first + group; ++i) a[i] = b[i] = nan;
    }
}

std::vector<double> above(const std::vector<double>& values, double threshold) {
    std::vector<double> indicator(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        indicator[i] = std::isnan(values[i]) ? values[i] : static_cast<double>(values[i] > threshold);
    return indicator;
}

} // namespace plunge
