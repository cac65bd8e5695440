#include "sim/stats/observations.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "models/price/quasi_path.hpp"

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

std::vector<double> replication_values(const std::vector<double>& values) {
    std::array<double, QuasiPaths::replications> sum{};
    std::array<double, QuasiPaths::replications> count{};
    for (std::size_t k = 0; k < values.size(); ++k) {
        if (std::isnan(values[k])) continue;
        sum[k % sum.size()] += values[k];
        count[k % sum.size()] += 1.0;
    }
    double total = 0.0;
    double present = 0.0;
    double replications = 0.0;
    for (std::size_t r = 0; r < sum.size(); ++r) {
        total += sum[r];
        present += count[r];
        replications += count[r] > 0.0 ? 1.0 : 0.0;
    }
    const double mean = total / present;
    std::vector<double> numbers;
    for (std::size_t r = 0; r < sum.size(); ++r) {
        if (count[r] > 0.0) numbers.push_back(mean + replications / present * (sum[r] - count[r] * mean));
    }
    return numbers;
}

std::vector<double> independent_values(const std::vector<double>& values, Dependence dependence) {
    switch (dependence) {
    case Dependence::none:
        break;
    case Dependence::pairs:
        return pair_means(values);
    case Dependence::replications:
        return replication_values(values);
    }
    return present_values(values);
}

std::uint64_t count_observations(std::uint64_t worlds, Dependence dependence) {
    if (dependence == Dependence::pairs) return worlds / 2;
    return dependence == Dependence::replications ? std::min<std::uint64_t>(worlds, QuasiPaths::replications) : worlds;
}

void match_worlds(std::vector<double>& a, std::vector<double>& b, Dependence dependence) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const std::size_t group = dependence == Dependence::pairs ? 2 : 1;
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
