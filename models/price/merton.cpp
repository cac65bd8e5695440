#include "models/price/merton.hpp"

#include <cmath>
#include <cstdint>
#include <utility>

#include "models/random/elementary.hpp"

namespace plunge {

Merton::Merton(const Params& params, std::size_t assets, double step_seconds)
    : diffusion_{params, assets, step_seconds} {
    const double dt = step_seconds / seconds_per_year;
    for (std::size_t a = 0; a < assets; ++a) volatility_.push_back(params.volatility[a] * params.volatility[a]);
    std::uint32_t component = 0;
    for (const JumpParams& jump : params.jumps) {
        for (std::size_t a = 0; a < assets; ++a) {
            const double rate = jump.common ? jump.rate[0] : jump.rate[a];
            const double variance = jump.stddev[a] * jump.stddev[a];
            diffusion_.add_drift_per_step(a, -rate * dt * det_expm1(jump.mean[a] + 0.5 * variance));
            volatility_[a] += rate * (jump.mean[a] * jump.mean[a] + variance);
        }
        const std::size_t clocks = jump.common ? 1 : assets;
        for (std::size_t c = 0; c < clocks; ++c) {
            JumpClock clock{jump.rate[c] * dt, component, component << 16U, {}};
            // Named after its asset, not counted: adding an asset must leave the arrivals of all others as they are.
            if (!jump.common) clock.time_index += static_cast<std::uint32_t>(c + 1) << 16U;
            for (std::size_t a = 0; a < assets; ++a) {
                if (jump.common || a == c) clock.assets.push_back(a);
            }
            diffusion_.add_clock(std::move(clock));
            sizes_.push_back({jump.common, jump.mean.values, jump.stddev.values});
        }
        ++component;
    }
    for (double& variance : volatility_) variance = std::sqrt(variance);
}

void Merton::returns(State& /*state*/, const InnovationBlock& block, double* out, std::size_t stride) const {
    diffusion_.returns(block, out, stride);
    for (const Jump& jump : block.jumps) {
        const Sizes& law = sizes_[jump.clock];
        const double* normals = block.sizes(jump);
        for (const std::size_t a : drivers().clocks[jump.clock].assets) {
            double z = 0.0; // correlated across the assets of a common arrival, the asset's own otherwise
            for (std::size_t b = law.common ? 0 : a; b <= a; ++b) {
                const double weight = law.common ? diffusion_.factor()(a, b) : 1.0;
                if (weight != 0.0) z += weight * normals[b];
            }
            out[a * stride + jump.step] += law.mean[a] + law.stddev[a] * z;
        }
    }
}

} // namespace plunge
