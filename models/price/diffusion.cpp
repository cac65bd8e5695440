#include "models/price/diffusion.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/price/correlation.hpp"
#include "models/price/quasi_path.hpp"
#include "models/price/tilt.hpp"
#include "models/random/normal_block.hpp"
#include "models/random/philox.hpp"
#include "models/random/variates.hpp"

namespace plunge {

namespace {

constexpr double definiteness_tolerance = -1e-10;

// sqrt(nu / chi2_nu), one per step, common to all assets.
double mixing_scale(std::uint64_t seed, std::uint64_t world, std::size_t step, double dof) {
    PhiloxEngine engine({.seed = seed, .world = world, .stream = Stream::tail_mixing},
                        static_cast<std::uint32_t>(step));
    return std::sqrt(0.5 * dof / draw_gamma(engine, 0.5 * dof)); // chi-squared is twice a gamma of half the dof
}

// out[t] += the sum over the terms of weight[i] z[i][t], term by term.
template <std::size_t Terms>
void add_terms(const double* weight, const double* const* z, std::size_t steps, double* out) {
    for (std::size_t t = 0; t < steps; ++t) {
        double sum = out[t];
        for (std::size_t i = 0; i < Terms; ++i) sum += weight[i] * z[i][t];
        out[t] = sum;
    }
}

// A log return per step from independent normals: drift + sum_b weight[b] normals[b]. Several normals in one pass.
void combine(double drift, const double* weight, double sign, const double* normals, std::size_t stride,
             std::size_t count, std::size_t steps, double* out) {
    constexpr std::size_t together = 3;
    double factor[together];
    const double* z[together];
    std::size_t terms = 0;
    const auto add = [&] {
        if (terms == 1) add_terms<1>(factor, z, steps, out);
        if (terms == 2) add_terms<2>(factor, z, steps, out);
        if (terms == 3) add_terms<3>(factor, z, steps, out);
        terms = 0;
    };
    std::fill_n(out, steps, drift);
    for (std::size_t b = 0; b < count; ++b) {
        if (weight[b] == 0.0) continue;
        factor[terms] = sign * weight[b];
        z[terms++] = normals + b * stride;
        if (terms == together) add();
    }
    add();
}

// [assets x stride], of which `steps` are used.
void tilt_normals(Tilting& tilting, std::vector<double>& normals, std::size_t stride, std::size_t steps) {
    const std::size_t assets = normals.size() / stride;
    tilting.moments.steps += static_cast<double>(steps);
    tilting.moments.normal_sum.resize(assets);
    for (std::size_t a = 0; a < assets; ++a) {
        const double shift = tilting.tilt.shift_of(a);
        double sum = 0.0;
        for (std::size_t t = 0; t < steps; ++t) sum += normals[a * stride + t] += shift;
        tilting.moments.normal_sum[a] += sum;
    }
}

SquareMatrix chosen_correlation(const DiffusionParams& params, std::size_t assets) {
    if (!params.loadings.empty()) return correlation_from_loadings(params.loadings);
    if (params.correlation.empty()) return SquareMatrix::identity(assets);
    if (smallest_eigenvalue(params.correlation) >= definiteness_tolerance) return params.correlation;
    if (!params.repair) throw std::invalid_argument("the correlation matrix is not positive semi-definite");
    return nearest_correlation(params.correlation);
}

} // namespace

Diffusion::Diffusion(const DiffusionParams& params, std::size_t assets, double step_seconds)
    : assets_{assets}, drift_per_step_(assets, 0.0),
      scaled_factor_(assets * assets, 0.0), factor_{correlation_factor(chosen_correlation(params, assets))} {
    const double dt = step_seconds / seconds_per_year;
    for (std::size_t a = 0; a < assets; ++a) {
        const double volatility = params.volatility[a];
        const double drift = params.drift.empty() ? 0.0 : params.drift[a];
        drift_per_step_[a] = (drift - 0.5 * volatility * volatility) * dt;
        for (std::size_t b = 0; b <= a; ++b)
            scaled_factor_[a * assets + b] = factor_(a, b) * volatility * std::sqrt(dt);
    }
    if (params.tails) {
        copula_.emplace(params.tails->dof);
        // The copula's marginal map acts between the correlation and the volatility.
        for (std::size_t a = 0; a < assets; ++a) {
            for (std::size_t b = 0; b < assets; ++b) scaled_factor_[a * assets + b] = 0.0;
            scaled_factor_[a * assets + a] = params.volatility[a] * std::sqrt(dt);
        }
    }
}

void Diffusion::fill(const PathKey& key, std::size_t first_step, std::size_t steps, double* out, std::size_t stride,
                     Tilting* tilting) const {
    const StreamKey stream{.seed = key.seed, .world = key.diffusion_world(), .stream = Stream::diffusion};
    const std::size_t groups = (steps + normal_group - 1) / normal_group;
    const std::size_t padded = groups * normal_group;
    thread_local std::vector<double> normals; // [assets x padded]
    normals.resize(assets_ * padded);
    for (std::size_t a = 0; a < assets_; ++a) {
        fill_normals(stream, static_cast<std::uint32_t>(a), first_step / normal_group, groups,
                     normals.data() + a * padded);
        if (key.imposed != nullptr) key.imposed->impose(a, first_step, steps, normals.data() + a * padded);
    }
    if (tilting != nullptr) tilt_normals(*tilting, normals, padded, steps);
    if (copula_) {
        thread_local std::vector<double> joint;
        joint.resize(assets_);
        for (std::size_t t = 0; t < steps; ++t) {
            const double scale = mixing_scale(key.seed, key.diffusion_world(), first_step + t, copula_->dof());
            for (std::size_t a = 0; a < assets_; ++a) {
                double z = 0.0;
                for (std::size_t b = 0; b <= a; ++b) z += factor_(a, b) * normals[b * padded + t];
                joint[a] = copula_->to_normal(z * scale);
            }
            for (std::size_t a = 0; a < assets_; ++a) normals[a * padded + t] = joint[a];
        }
    }
    for (std::size_t a = 0; a < assets_; ++a) {
        combine(drift_per_step_[a], scaled_factor_.data() + a * assets_, key.diffusion_sign(), normals.data(), padded,
                a + 1, steps, out + a * stride);
    }
}

} // namespace plunge
