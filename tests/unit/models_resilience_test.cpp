// Depth that thins under stress.

#include <cmath>
#include <random>

#include <doctest/doctest.h>

#include "models/impact/resilience.hpp"

namespace plunge {

TEST_CASE("thinning: quiet markets keep their depth") {
    const Thinning thinning{.exponent = 1.0, .drawdown = 5.0};
    ThinningState state;
    CHECK(state.depth_multiplier(thinning) == 1.0);
    for (int i = 0; i < 100; ++i) state.observe(0.0, 0.0, 0.9);
    CHECK(state.variance_ratio == doctest::Approx(std::pow(0.9, 100)));
    CHECK(state.depth_multiplier(thinning) == 1.0); // calmer than usual gives no more depth than usual
}

TEST_CASE("thinning: returns of the usual size leave the variance where it is") {
    ThinningState state;
    for (int i = 0; i < 50; ++i) state.observe(0.001, 1.0, 0.8);
    CHECK(state.variance_ratio == 1.0);
}

TEST_CASE("thinning: depth falls as (sigma_0 / sigma_t)^theta") {
    ThinningState state;
    state.variance_ratio = 16.0; // sigma_t = 4 sigma_0
    for (const double theta : {0.5, 1.0, 1.5}) {
        CHECK(state.depth_multiplier({.exponent = theta, .floor = 1e-6}) ==
              doctest::Approx(std::pow(0.25, theta)).epsilon(1e-14));
    }
    CHECK(state.depth_multiplier({.exponent = 0.0}) == 1.0);
    CHECK(state.depth_multiplier({.exponent = 3.0, .floor = 0.1}) == 0.1);
}

TEST_CASE("thinning: depth falls as exp(-drawdown u), and falls and rises of volatility multiply") {
    ThinningState state;
    state.drawdown = 0.2;
    CHECK(state.depth_multiplier({.exponent = 1.0, .drawdown = 5.0}) == doctest::Approx(std::exp(-1.0)).epsilon(1e-14));
    state.variance_ratio = 4.0;
    CHECK(state.depth_multiplier({.exponent = 1.0, .drawdown = 5.0}) ==
          doctest::Approx(0.5 * std::exp(-1.0)).epsilon(1e-14));
}

TEST_CASE("thinning: the observed variance is the exponential average of squared returns") {
    ThinningState state;
    state.observe(-0.02, 9.0, 0.75);
    CHECK(state.variance_ratio == doctest::Approx(0.75 * 1.0 + 0.25 * 9.0));
    state.observe(0.01, 5.0, 0.75);
    CHECK(state.variance_ratio == doctest::Approx(0.75 * 3.0 + 0.25 * 5.0));
}

TEST_CASE("thinning: the drawdown grows with falls, shrinks with rises, is forgotten and never negative") {
    ThinningState state;
    state.observe(-0.10, 1.0, 0.5);
    CHECK(state.drawdown == doctest::Approx(0.10));
    state.observe(-0.05, 1.0, 0.5);
    CHECK(state.drawdown == doctest::Approx(0.5 * 0.10 + 0.05));
    state.observe(0.04, 1.0, 0.5);
    CHECK(state.drawdown == doctest::Approx(0.5 * 0.10 - 0.04));
    state.observe(0.04, 1.0, 0.5);
    CHECK(state.drawdown == 0.0);
}

TEST_CASE("thinning: the multiplier stays between floor and one whatever happens") {
    std::mt19937_64 rng(3);
    std::uniform_real_distribution<double> uniform;
    for (int trial = 0; trial < 200; ++trial) {
        const Thinning thinning{
            .exponent = 3.0 * uniform(rng), .drawdown = 20.0 * uniform(rng), .floor = 1e-3 + 0.9 * uniform(rng)};
        ThinningState state;
        for (int step = 0; step < 50; ++step) {
            const double log_return = std::exp(20.0 * uniform(rng) - 15.0) * (uniform(rng) < 0.5 ? -1.0 : 1.0);
            state.observe(log_return, log_return * log_return / 1e-6, uniform(rng));
            const double g = state.depth_multiplier(thinning);
            CHECK(g >= thinning.floor);
            CHECK(g <= 1.0);
        }
    }
}

TEST_CASE("thinning: depth recovers with the half-life") {
    const Thinning thinning{.exponent = 2.0, .floor = 1e-3, .half_life_seconds = 600.0};
    const double keep = decay_factor(60.0, thinning.half_life_seconds);
    ThinningState state;
    state.variance_ratio = 5.0;
    for (int step = 0; step < 10; ++step) state.observe(0.0, 1.0, keep); // ten minutes of usual returns
    CHECK(state.variance_ratio == doctest::Approx(1.0 + 4.0 / 2.0).epsilon(1e-12));
    CHECK(state.depth_multiplier(thinning) == doctest::Approx(1.0 / 3.0).epsilon(1e-12));
}

} // namespace plunge
