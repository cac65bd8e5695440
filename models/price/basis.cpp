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

double Basis::add_to(const PathKey& key, std::size_t asset, std::size_t first, std::size_t end, double before,
                     double* out) const {
    const StreamKey stream{.seed = key.seed, .world = key.diffusion_world(), .stream = Stream::basis};
    const std::size_t first_group = (first - 1) / normal_group;
    const std::size_t groups = end > first ? (end - 2) / normal_group + 1 - first_group : 0;
    thread_local std::vector<double> normals;
    normals.resize(groups * normal_group);
    fill_normals(stream, static_cast<std::uint32_t>(asset), first_group, groups, normals.data());
    const double scale = key.diffusion_sign() * step_stddev_;
    double basis = before;
    for (std::size_t t = first; t < end; ++t) {
        basis = keep_ * basis + scale * normals[t - 1 - first_group * normal_group];
        out[t] += basis - start_;
    }
    return basis;
}

} // namespace plunge
