#include "models/price/basis.hpp"

#include <cmath>
#include <numbers>

#include "models/random/elementary.hpp"

namespace plunge {

Basis::Basis(const Params& params, double step_seconds)
    : keep_{decay_factor(step_seconds, params.half_life_seconds)}, start_{params.start} {
    const double kappa = std::numbers::ln2 / (params.half_life_seconds / seconds_per_year);
    step_stddev_ = params.volatility * std::sqrt((1.0 - keep_ * keep_) / (2.0 * kappa));
}

double Basis::add_to(const double* normals, std::size_t steps, double before, double* out) const {
    double basis = before;
    for (std::size_t t = 0; t < steps; ++t) {
        basis = keep_ * basis + step_stddev_ * normals[t];
        out[t] += basis - start_;
    }
    return basis;
}

} // namespace plunge
