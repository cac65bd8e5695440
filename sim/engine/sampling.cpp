#include "sim/engine/sampling.hpp"

#include <algorithm>
#include <variant>

#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>

#include "models/random/elementary.hpp"

namespace plunge {
namespace {

// Bounds that hold nearly no probability are clamped in the end rather than searched for ever.
constexpr int max_redraws = 10'000;

template <class Draw> double truncated(Draw draw, double min, double max) {
    double x = draw();
    for (int i = 0; i < max_redraws && (x < min || x > max); ++i) x = draw();
    return std::clamp(x, min, max);
}

struct Sampler {
    PhiloxEngine& engine;

    double operator()(const ConstantDistribution& d) const { return d.value; }
    double operator()(const UniformDistribution& d) const { return d.min + (d.max - d.min) * sample_uniform(engine); }
    double operator()(const LogUniformDistribution& d) const {
        return d.min * det_exp(det_log(d.max / d.min) * sample_uniform(engine));
    }
    double operator()(const NormalDistribution& d) const {
        return truncated([&] { return d.mean + d.stddev * sample_normal(engine); }, d.min, d.max);
    }
    double operator()(const LogNormalDistribution& d) const {
        return truncated([&] { return d.median * det_exp(d.sigma * sample_normal(engine)); }, d.min, d.max);
    }
    double operator()(const ParetoDistribution& d) const {
        return truncated([&] { return d.min * det_pow(1.0 - sample_uniform(engine), -1.0 / d.alpha); }, d.min, d.max);
    }
};

} // namespace

double sample(const Distribution& distribution, PhiloxEngine& engine) {
    return std::visit(Sampler{engine}, distribution);
}

std::vector<double> sample_dirichlet(std::size_t count, double concentration, PhiloxEngine& engine) {
    std::vector<double> share(count);
    double sum = 0.0;
    for (double& s : share) {
        s = boost::random::gamma_distribution<double>(concentration)(engine);
        sum += s;
    }
    // Tiny concentrations can underflow every draw: all of it goes to one asset then.
    if (!(sum > 0.0)) {
        share.assign(count, 0.0);
        share[static_cast<std::size_t>(sample_uniform(engine) * static_cast<double>(count))] = sum = 1.0;
    }
    for (double& s : share) s /= sum;
    return share;
}

double sample_normal(PhiloxEngine& engine) { return boost::random::normal_distribution<double>()(engine); }

double sample_uniform(PhiloxEngine& engine) { return boost::random::uniform_01<double>()(engine); }

} // namespace plunge
