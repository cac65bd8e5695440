#include "sim/engine/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/random/elementary.hpp"
#include "models/random/elementary_block.hpp"
#include "models/random/normal_quantile.hpp"
#include "models/random/uniform_block.hpp"
#include "models/random/variates.hpp"

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double bounded(double x, double min, double max) { return std::min(std::max(x, min), max); }

} // namespace

Sampler::BoundedNormal::BoundedNormal(double lowest, double highest) : sign{lowest > 0.0 ? -1.0 : 1.0} {
    if (sign < 0.0) std::swap(lowest = -lowest, highest = -highest);
    from = normal_probability_of(lowest);
    width = normal_probability_of(highest) - from;
}

void Sampler::BoundedNormal::fill(double* value, std::size_t count) const {
    constexpr double smallest = std::numeric_limits<double>::min();
    constexpr double largest = 1.0 - 0x1p-53;
    for (std::size_t i = 0; i < count; ++i) value[i] = bounded(from + width * value[i], smallest, largest);
    fill_normal_quantiles(value, count, value);
    for (std::size_t i = 0; i < count; ++i) value[i] *= sign;
}

Sampler::Sampler(const Distribution& distribution) : inverse_{Linear{0.0, 0.0}}, min_{-infinity}, max_{infinity} {
    const auto between = [this](double min, double max) {
        min_ = min;
        max_ = max;
    };
    if (const auto* constant = std::get_if<ConstantDistribution>(&distribution)) {
        inverse_ = Linear{constant->value, 0.0};
    } else if (const auto* uniform = std::get_if<UniformDistribution>(&distribution)) {
        inverse_ = Linear{uniform->min, uniform->max - uniform->min};
    } else if (const auto* log_uniform = std::get_if<LogUniformDistribution>(&distribution)) {
        inverse_ = Exponential{log_uniform->min, det_log(log_uniform->max / log_uniform->min)};
    } else if (const auto* normal = std::get_if<NormalDistribution>(&distribution)) {
        between(normal->min, normal->max);
        if (normal->stddev > 0.0) {
            inverse_ = Normal{{(min_ - normal->mean) / normal->stddev, (max_ - normal->mean) / normal->stddev},
                              normal->mean,
                              normal->stddev};
        } else {
            inverse_ = Linear{normal->mean, 0.0};
        }
    } else if (const auto* log_normal = std::get_if<LogNormalDistribution>(&distribution)) {
        between(log_normal->min, log_normal->max);
        const auto standard = [&](double bound) { return det_log(bound / log_normal->median) / log_normal->sigma; };
        if (log_normal->sigma > 0.0) {
            inverse_ = LogNormal{{standard(min_), standard(max_)}, log_normal->median, log_normal->sigma};
        } else {
            inverse_ = Linear{log_normal->median, 0.0};
        }
    } else {
        const auto& pareto = std::get<ParetoDistribution>(distribution);
        between(pareto.min, pareto.max);
        inverse_ = Power{pareto.min, 1.0 - det_pow(pareto.min / pareto.max, pareto.alpha), -1.0 / pareto.alpha};
    }
}

void Sampler::fill(double* value, std::size_t count) const {
    const auto each = [&](const auto& f) {
        for (std::size_t i = 0; i < count; ++i) value[i] = f(value[i]);
    };
    if (const auto* linear = std::get_if<Linear>(&inverse_)) {
        each([&](double u) { return linear->offset + linear->scale * u; });
    } else if (const auto* exponential = std::get_if<Exponential>(&inverse_)) {
        each([&](double u) { return exponential->rate * u; });
        fill_exp(value, count, value);
        each([&](double e) { return exponential->factor * e; });
    } else if (const auto* power = std::get_if<Power>(&inverse_)) {
        each([&](double u) { return 1.0 - power->mass * u; });
        fill_log(value, count, value);
        each([&](double log) { return power->exponent * log; });
        fill_exp(value, count, value);
        each([&](double e) { return power->factor * e; });
    } else if (const auto* normal = std::get_if<Normal>(&inverse_)) {
        normal->normal.fill(value, count);
        each([&](double z) { return normal->mean + normal->stddev * z; });
    } else {
        const auto& log_normal = std::get<LogNormal>(inverse_);
        log_normal.normal.fill(value, count);
        each([&](double z) { return log_normal.sigma * z; });
        fill_exp(value, count, value);
        each([&](double e) { return log_normal.median * e; });
    }
    each([&](double x) { return bounded(x, min_, max_); });
}

void draw_dirichlet(PhiloxEngine& engine, double concentration, std::size_t count, double* share) {
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) sum += share[i] = draw_gamma(engine, concentration);
    // Tiny concentrations can underflow every draw: all of it goes to one asset then.
    if (!(sum > 0.0)) {
        std::fill_n(share, count, 0.0);
        share[static_cast<std::size_t>(draw_uniform(engine) * static_cast<double>(count))] = sum = 1.0;
    }
    for (std::size_t i = 0; i < count; ++i) share[i] /= sum;
}

} // namespace plunge
