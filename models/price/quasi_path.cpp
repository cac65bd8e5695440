#include "models/price/quasi_path.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "models/random/normal_block.hpp"
#include "models/random/normal_quantile.hpp"

namespace plunge {
namespace {

// Intervals begin at whole groups of normals and differ by one group at most.
std::vector<std::size_t> coarse_boundaries(std::size_t steps) {
    const std::size_t groups = (steps + normal_group - 1) / normal_group;
    const std::size_t intervals = std::min(groups, QuasiPaths::most_intervals);
    std::vector<std::size_t> boundary;
    for (std::size_t i = 0; i < intervals; ++i) boundary.push_back(i * groups / intervals * normal_group);
    boundary.push_back(steps);
    return boundary;
}

// Eight sums side by side, which vector units add; the order is the same on all of them.
double sum_of(const double* values, std::size_t count) {
    double lane[normal_group] = {};
    std::size_t i = 0;
    for (; i + normal_group <= count; i += normal_group) {
        for (std::size_t l = 0; l < normal_group; ++l) lane[l] += values[i + l];
    }
    for (std::size_t l = 0; i < count; ++i, ++l) lane[l] += values[i];
    double sum = 0.0;
    for (const double part : lane) sum += part;
    return sum;
}

} // namespace

QuasiPaths::QuasiPaths(std::uint64_t seed, std::size_t drivers, std::size_t steps)
    : boundary_{coarse_boundaries(steps)}, drivers_{std::min(drivers,
                                                             ScrambledSobol::max_dimensions / (boundary_.size() - 1))},
      points_{seed, replications, drivers_ * (boundary_.size() - 1)} {
    const std::size_t last = boundary_.size() - 1;
    bridge_.push_back({last, 0, 0, 1.0, std::sqrt(static_cast<double>(steps))});
    std::vector<std::pair<std::size_t, std::size_t>> gaps{{0, last}}; // breadth first: the widest gaps come first
    for (std::size_t g = 0; g < gaps.size(); ++g) {
        const auto [left, right] = gaps[g];
        if (right - left < 2) continue;
        const std::size_t at = (left + right) / 2;
        const auto before = static_cast<double>(boundary_[at] - boundary_[left]);
        const auto after = static_cast<double>(boundary_[right] - boundary_[at]);
        bridge_.push_back({at, left, right, after / (before + after), std::sqrt(before * after / (before + after))});
        gaps.emplace_back(left, at);
        gaps.emplace_back(at, right);
    }
}

void QuasiPaths::draw(std::uint64_t world, ImposedSums& out) const {
    std::vector<double>& coordinate = out.coordinate_;
    std::vector<double>& walk = out.walk_;
    const std::size_t intervals = boundary_.size() - 1;
    coordinate.resize(points_.dimensions());
    walk.assign(boundary_.size(), 0.0);
    points_.point(world % replications, static_cast<std::uint32_t>(world / replications), coordinate.data());
    out.paths_ = this;
    out.mean_.resize(drivers_ * intervals);
    for (std::size_t d = 0; d < drivers_; ++d) {
        for (std::size_t b = 0; b < bridge_.size(); ++b) {
            const BridgePoint& point = bridge_[b];
            walk[point.at] = point.share * walk[point.left] + (1.0 - point.share) * walk[point.right] +
                             point.stddev * normal_quantile_of(coordinate[b * drivers_ + d]);
        }
        for (std::size_t i = 0; i < intervals; ++i) {
            out.mean_[d * intervals + i] = (walk[i + 1] - walk[i]) /
                                           static_cast<double>(boundary_[i + 1] - boundary_[i]);
        }
    }
}

std::size_t QuasiPaths::interval_begin(std::size_t step) const {
    return *std::prev(std::upper_bound(boundary_.begin(), boundary_.end(), step));
}

std::size_t QuasiPaths::end_of_block(std::size_t first_step, std::size_t steps) const {
    const auto end = std::lower_bound(boundary_.begin(), boundary_.end(), first_step + steps);
    return end == boundary_.end() ? boundary_.back() : *end;
}

void ImposedSums::impose(std::size_t driver, std::size_t first_step, std::size_t steps, double* normals) const {
    if (driver >= paths_->drivers()) return;
    const std::vector<std::size_t>& boundary = paths_->boundaries();
    const std::size_t intervals = boundary.size() - 1;
    auto i = static_cast<std::size_t>(std::lower_bound(boundary.begin(), boundary.end(), first_step) -
                                      boundary.begin());
    for (; i < intervals && boundary[i] < first_step + steps; ++i) {
        double* z = normals + (boundary[i] - first_step);
        const std::size_t count = boundary[i + 1] - boundary[i];
        const double shift = mean_[driver * intervals + i] - sum_of(z, count) / static_cast<double>(count);
        for (std::size_t k = 0; k < count; ++k) z[k] += shift;
    }
}

} // namespace plunge
