#include "models/price/basis.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "models/random/elementary.hpp"
#include "models/random/normal_block.hpp"

namespace plunge {

Basis::Basis(const Params& params, double step_seconds)
    : keep_{decay_factor(step_seconds, params.half_life_seconds)}, start_{params.start} {
    const double kappa = std::numbers::ln2 / (params.half_life_seconds / seconds_per_year);
    step_stddev_ = params.volatility * std::sqrt((1.0 - keep_ * keep_) / (2.0 * kappa));
}

void Basis::add_to(const PathKey& key, std::size_t asset, std::size_t steps, double* out) const {
    const StreamKey stream{.seed = key.seed, .world = key.diffusion_world(), .stream = Stream::basis};
    const std::size_t groups = (steps + normal_group - 1) / normal_group;
    thread_local std::vector<double> normals;
    normals.resize(groups * normal_group);
    fill_normals(stream, static_cast<std::uint32_t>(asset), 0, groups, normals.data());
    const double scale = key.diffusion_sign() * step_stddev_;
    double basis = start_;
    for (std::size_t t = 1; t <= steps; ++t) {
        basis = keep_ * basis + scale * normals[t - 1];
        out[t] += basis - start_;
    }
}

} // namespace plunge
