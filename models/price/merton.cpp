#include "models/price/merton.hpp"

#include <cmath>

#include "models/random/elementary.hpp"
#include "models/random/philox.hpp"
#include "models/random/variates.hpp"

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
            Clock clock{jump.rate[c] * dt, component, component, jump.common, {}, jump.mean.values, jump.stddev.values};
            // Named after its asset, not counted: adding an asset must leave the arrivals of all others as they are.
            if (!jump.common) clock.time_index += static_cast<std::uint32_t>(c + 1) << 16U;
            for (std::size_t a = 0; a < assets; ++a) {
                if (jump.common || a == c) clock.assets.push_back(a);
            }
            clocks_.push_back(std::move(clock));
        }
        ++component;
    }
    for (double& variance : volatility_) variance = std::sqrt(variance);
}

void Merton::fill(const PathKey& key, std::size_t first_step, std::size_t steps, double* out,
                  std::size_t stride) const {
    diffusion_.fill(key, first_step, steps, out, stride);
    for (const Clock& clock : clocks_) add_jumps(clock, key, first_step, steps, out, stride);
}

// Arrivals are exponential gaps counted from time zero, so that they do not depend on how the horizon is cut.
void Merton::add_jumps(const Clock& clock, const PathKey& key, std::size_t first_step, std::size_t steps, double* out,
                       std::size_t stride) const {
    if (clock.arrivals_per_step <= 0.0) return;
    const StreamKey times{.seed = key.seed, .world = key.world, .stream = Stream::jump_time};
    const StreamKey sizes{.seed = key.seed, .world = key.world, .stream = Stream::jump_size};
    double arrival = 0.0; // in steps
    for (std::uint32_t k = 0;; ++k) {
        const PhiloxWords words = philox_words(times, k, clock.time_index);
        arrival -= det_log(uniform_open(words[0], words[1])) / clock.arrivals_per_step;
        if (arrival >= static_cast<double>(first_step + steps)) return;
        if (arrival < static_cast<double>(first_step)) continue;
        const auto step = static_cast<std::size_t>(arrival) - first_step;
        for (const std::size_t a : clock.assets) {
            double z = 0.0; // correlated across the assets of a common arrival, the asset's own otherwise
            for (std::size_t b = clock.common ? 0 : a; b <= a; ++b) {
                const double weight = clock.common ? diffusion_.factor()(a, b) : 1.0;
                if (weight == 0.0) continue;
                z += weight * normal_of(philox_words(sizes, k, clock.component << 16U | static_cast<std::uint32_t>(b)));
            }
            out[a * stride + step] += clock.mean[a] + clock.stddev[a] * z;
        }
    }
}

} // namespace plunge
