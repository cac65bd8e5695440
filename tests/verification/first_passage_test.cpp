// First passage of a barrier by a process without impact: when a leveraged position would be liquidated.

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/gbm.hpp"
#include "tests/price_paths.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

// P(min over [0, T] of nu t + sigma W_t <= b), b < 0, by the reflection principle and Girsanov's theorem.
double continuous_passage(double nu, double sigma, double horizon, double b) {
    const double spread = sigma * std::sqrt(horizon);
    return test::normal_cdf((b - nu * horizon) / spread) +
           std::exp(2.0 * nu * b / (sigma * sigma)) * test::normal_cdf((b + nu * horizon) / spread);
}

// Monitored every dt, a barrier acts as one further out by 0.5826 sigma sqrt(dt), the constant being
// -zeta(1/2) / sqrt(2 pi) (Broadie, Glasserman & Kou 1997, Math. Finance 7, 325).
constexpr double monitoring_shift = 0.5826;

struct Passage {
    double hits = 0.0;
    double worlds = 0.0;
};

Passage simulate(const Gbm& gbm, std::size_t steps, std::uint64_t worlds, double barrier) {
    Passage result;
    std::vector<double> path(steps);
    for (std::uint64_t world = 0; world < worlds; ++world) {
        test::draw_path(gbm, {.seed = test::seed, .world = world}, steps, path.data());
        double x = 0.0;
        double lowest = 0.0;
        for (const double r : path) lowest = std::min(lowest, x += r);
        result.hits += lowest <= barrier ? 1.0 : 0.0;
        result.worlds += 1.0;
    }
    return result;
}

} // namespace

TEST_CASE("first passage: the share of worlds that reach a barrier, with the correction for discrete monitoring") {
    struct Example {
        double drift;
        double fall; // simple return at the barrier: a long at 1 / fall leverage, maintenance margin aside
    };
    constexpr double volatility = 0.8;
    constexpr std::size_t steps = 288; // one day in five minutes
    constexpr double step_seconds = 300.0;
    constexpr double dt = step_seconds / seconds_per_year;
    for (const Example& example : {Example{0.0, 0.02}, Example{0.0, 0.05}, Example{20.0, 0.05}, Example{-20.0, 0.10}}) {
        Gbm::Params params;
        params.volatility.values = {volatility};
        params.drift.values = {example.drift};
        const Passage got = simulate(Gbm(params, 1, step_seconds), steps, 60'000, std::log1p(-example.fall));
        const double nu = example.drift - 0.5 * volatility * volatility;
        const double shifted = std::log1p(-example.fall) - monitoring_shift * volatility * std::sqrt(dt);
        CAPTURE(example.drift);
        CAPTURE(example.fall);
        test::check_probability("P(barrier reached)", continuous_passage(nu, volatility, dt * steps, shifted), got.hits,
                                got.worlds);
    }
}

TEST_CASE("first passage: without the correction the closed form is visibly wrong") {
    // Guards the test above: were the sample too small to see the correction, it would prove little.
    constexpr double volatility = 0.8;
    Gbm::Params params;
    params.volatility.values = {volatility};
    const Passage got = simulate(Gbm(params, 1, 300.0), 288, 60'000, std::log(0.95));
    const double dt = 300.0 / seconds_per_year;
    const double continuous = continuous_passage(-0.5 * volatility * volatility, volatility, 288 * dt, std::log(0.95));
    const double standard_error = std::sqrt(continuous * (1.0 - continuous) / got.worlds);
    CHECK(continuous - got.hits / got.worlds > 6.0 * standard_error);
}

} // namespace plunge
