#include "models/price/merton.hpp"

#include <cmath>

#include "models/price/tilt.hpp"
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

void Merton::fill(const PathKey& key, std::size_t first_step, std::size_t steps, double* out, std::size_t stride,
                  Tilting* tilting) const {
    diffusion_.fill(key, first_step, steps, out, stride, tilting);
    if (tilting != nullptr) tilting->moments.clocks.resize(clocks_.size());
    for (std::size_t c = 0; c < clocks_.size(); ++c) add_jumps(c, key, first_step, steps, out, stride, tilting);
}

// Arrivals are exponential gaps counted from time zero, so that they do not depend on how the horizon is cut.
void Merton::add_jumps(std::size_t clock_number, const PathKey& key, std::size_t first_step, std::size_t steps,
                       double* out, std::size_t stride, Tilting* tilting) const {
    const Clock& clock = clocks_[clock_number];
    PathMoments::Clock* moments = tilting != nullptr ? &tilting->moments.clocks[clock_number] : nullptr;
    double rate = clock.arrivals_per_step;
    if (tilting != nullptr) {
        rate *= tilting->tilt.rate_factor(clock_number);
        moments->expected += clock.arrivals_per_step * static_cast<double>(steps);
        moments->size_sum.resize(clock.mean.size());
    }
    if (rate <= 0.0) return;
    thread_local std::vector<double> normals;
    normals.resize(clock.mean.size());
    const StreamKey times{.seed = key.seed, .world = key.world, .stream = Stream::jump_time};
    const StreamKey sizes{.seed = key.seed, .world = key.world, .stream = Stream::jump_size};
    double arrival = 0.0; // in steps
    for (std::uint32_t k = 0;; ++k) {
        const PhiloxWords words = philox_words(times, k, clock.time_index);
        arrival -= det_log(uniform_open(words[0], words[1])) / rate;
        if (arrival >= static_cast<double>(first_step + steps)) return;
        if (arrival < static_cast<double>(first_step)) continue;
        const auto step = static_cast<std::size_t>(arrival) - first_step;
        for (const std::size_t a : clock.assets) {
            normals[a] = normal_of(philox_words(sizes, k, clock.component << 16U | static_cast<std::uint32_t>(a)));
            if (moments == nullptr) continue;
            normals[a] += tilting->tilt.size_shift(clock_number, a);
            moments->size_sum[a] += normals[a];
        }
        if (moments != nullptr) moments->arrivals += 1.0;
        for (const std::size_t a : clock.assets) {
            double z = 0.0; // correlated across the assets of a common arrival, the asset's own otherwise
            for (std::size_t b = clock.common ? 0 : a; b <= a; ++b) {
                const double weight = clock.common ? diffusion_.factor()(a, b) : 1.0;
                if (weight != 0.0) z += weight * normals[b];
            }
            out[a * stride + step] += clock.mean[a] + clock.stddev[a] * z;
        }
    }
}

} // namespace plunge
