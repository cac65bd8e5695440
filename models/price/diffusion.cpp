#include "models/price/diffusion.hpp"

#include <cmath>

namespace plunge {

Diffusion::Diffusion(const DiffusionParams& params, std::size_t assets, double step_seconds)
    : assets_{assets}, correlated_{params, assets}, drift_per_step_(assets, 0.0), weights_(assets * assets, 0.0) {
    const double dt = step_seconds / seconds_per_year;
    for (std::size_t a = 0; a < assets; ++a) {
        const double volatility = params.volatility[a];
        const double drift = params.drift.empty() ? 0.0 : params.drift[a];
        drift_per_step_[a] = (drift - 0.5 * volatility * volatility) * dt;
        const double* factor = correlated_.factor().values.data() + a * assets;
        if (drivers().joint) {
            weights_[a * assets + a] = volatility * std::sqrt(dt);
        } else {
            for (std::size_t b = 0; b <= a; ++b) weights_[a * assets + b] = factor[b] * volatility * std::sqrt(dt);
        }
    }
}

void Diffusion::returns(const InnovationBlock& block, double* out, std::size_t stride) const {
    for (std::size_t a = 0; a < assets_; ++a) {
        weigh_normals(block, drift_per_step_[a], weights_.data() + a * assets_, a + 1, out + a * stride);
    }
}

} // namespace plunge
