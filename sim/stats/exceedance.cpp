#include "sim/stats/exceedance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <boost/math/special_functions/beta.hpp>

namespace plunge {

Exceedance binomial_interval(std::uint64_t count, std::uint64_t trials, double confidence) {
    if (trials == 0 || count > trials) throw std::invalid_argument("more hits than trials");
    const double tail = 0.5 * (1.0 - confidence);
    const auto k = static_cast<double>(count);
    const auto n = static_cast<double>(trials);
    Exceedance share{0.0, count, k / n, 0.0, 1.0};
    if (count > 0) share.low = boost::math::ibeta_inv(k, n - k + 1.0, tail);
    if (count < trials) share.high = boost::math::ibetac_inv(k + 1.0, n - k, tail);
    return share;
}

std::vector<Exceedance> exceedance_curve(const std::vector<double>& sorted, const std::vector<double>& levels,
                                         double confidence) {
    std::vector<Exceedance> curve;
    for (const double level : levels) {
        const auto beyond = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), level);
        curve.push_back(binomial_interval(static_cast<std::uint64_t>(beyond), sorted.size(), confidence));
        curve.back().level = level;
    }
    return curve;
}

std::vector<double> exceedance_levels(const std::vector<double>& sorted) {
    std::vector<double> levels{0.0};
    const auto n = static_cast<double>(sorted.size());
    constexpr std::array<double, 3> steps{2.0, 5.0, 10.0};
    for (double decade = 1.0; decade < n; decade *= 10.0) {
        for (const double step : steps) {
            const double beyond = std::floor(n / (decade * step));
            if (beyond < 1.0) continue;
            const double level = sorted[static_cast<std::size_t>(n - beyond) - 1];
            if (std::isfinite(level)) levels.push_back(level);
        }
    }
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    return levels;
}

} // namespace plunge
