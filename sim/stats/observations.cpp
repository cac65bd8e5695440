#include "sim/stats/observations.hpp"

#include <cmath>
#include <cstddef>

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

std::vector<double> above(const std::vector<double>& values, double threshold) {
    std::vector<double> indicator(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        indicator[i] = std::isnan(values[i]) ? values[i] : static_cast<double>(values[i] > threshold);
    return indicator;
}

} // namespace plunge
