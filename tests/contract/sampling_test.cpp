// Every distribution that a scenario can name, against its closed form: within bounds it is the law of values that are
// drawn again until they lie inside.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/uniform_block.hpp"
#include "models/random/variates.hpp"
#include "sim/engine/sampling.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
using Cdf = std::function<double(double)>;

struct Case {
    std::string what;
    Distribution distribution;
    Cdf cdf; // without its bounds
    double min;
    double max;
};

Cdf normal_with(double mean, double stddev) {
    return [=](double x) { return test::normal_cdf((x - mean) / stddev); };
}

Cdf lognormal_with(double median, double sigma) {
    return [=](double x) { return test::normal_cdf(std::log(x / median) / sigma); };
}

std::vector<Case> cases() {
    const auto pareto = [](double x) { return 1.0 - std::pow(3.0 / x, 1.2); };
    return {
        {"uniform", UniformDistribution{2.0, 5.0}, [](double x) { return (x - 2.0) / 3.0; }, 2.0, 5.0},
        {"loguniform", LogUniformDistribution{0.5, 50.0}, [](double x) { return std::log(x / 0.5) / std::log(100.0); },
         0.5, 50.0},
        {"normal", NormalDistribution{1.0, 2.0}, normal_with(1.0, 2.0), -infinity, infinity},
        {"normal between bounds", NormalDistribution{1.0, 2.0, 0.5, 4.0}, normal_with(1.0, 2.0), 0.5, 4.0},
        {"normal, its upper tail", NormalDistribution{0.0, 1.0, 2.0, infinity}, normal_with(0.0, 1.0), 2.0, infinity},
        {"normal, its lower tail", NormalDistribution{0.0, 1.0, -infinity, -3.0}, normal_with(0.0, 1.0), -infinity,
         -3.0},
        {"lognormal", LogNormalDistribution{8.0, 0.7}, lognormal_with(8.0, 0.7), 0.0, infinity},
        {"lognormal between bounds", LogNormalDistribution{8.0, 0.7, 1.0, 20.0}, lognormal_with(8.0, 0.7), 1.0, 20.0},
        {"pareto", ParetoDistribution{3.0, 1.2}, pareto, 3.0, infinity},
        {"pareto below a bound", ParetoDistribution{3.0, 1.2, 30.0}, pareto, 3.0, 30.0},
    };
}

std::vector<double> draws(const Distribution& distribution, std::size_t count) {
    std::vector<std::uint32_t> index(count);
    std::iota(index.begin(), index.end(), 0U);
    std::vector<double> value(count);
    std::vector<double> other(count);
    fill_uniforms({.seed = test::seed}, 0, index.data(), count, value.data(), other.data());
    Sampler(distribution).fill(value.data(), count);
    return value;
}

} // namespace

TEST_CASE("sampling: every distribution follows its closed form, between bounds the conditional one") {
    for (const Case& c : cases()) {
        CAPTURE(c.what);
        const std::vector<double> values = draws(c.distribution, 100'000);
        CHECK(*std::min_element(values.begin(), values.end()) >= c.min);
        CHECK(*std::max_element(values.begin(), values.end()) <= c.max);
        const double below = std::isinf(c.min) ? 0.0 : c.cdf(c.min);
        const double above = std::isinf(c.max) ? 1.0 : c.cdf(c.max);
        CHECK(test::kolmogorov_smirnov(values, [&](double x) { return (c.cdf(x) - below) / (above - below); }) <
              test::kolmogorov_limit);
    }
}

TEST_CASE("sampling: the moments of bounded normals are those of the closed form") {
    const double lowest = 0.5;
    const double highest = 2.0;
    const auto density = [](double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::acos(-1.0)); };
    const double mass = test::normal_cdf(highest) - test::normal_cdf(lowest);
    const double mean = (density(lowest) - density(highest)) / mass;
    const double square = 1.0 + (lowest * density(lowest) - highest * density(highest)) / mass;
    const std::vector<double> values = draws(NormalDistribution{0.0, 1.0, lowest, highest}, 200'000);
    test::check_estimate("mean", mean, test::estimate(values));
    test::check_estimate("square", square, test::estimate(values, [](double x) { return x * x; }));
}

TEST_CASE("sampling: a distribution without width is a number, and bounds that hold nothing are where it ends") {
    for (const double x : draws(ConstantDistribution{7.0}, 10)) CHECK(x == 7.0);
    for (const double x : draws(LogNormalDistribution{7.0, 0.0}, 10)) CHECK(x == 7.0);
    for (const double x : draws(NormalDistribution{7.0, 0.0, -infinity, 6.0}, 10)) CHECK(x == 6.0);
    for (const double x : draws(NormalDistribution{0.0, 1.0, 60.0, 61.0}, 10)) {
        CHECK(x >= 60.0);
        CHECK(x <= 61.0);
    }
}

TEST_CASE("sampling: Dirichlet shares sum to one and have the mean and the spread of their law") {
    constexpr std::size_t n = 4;
    for (const double concentration : {0.3, 0.7, 5.0}) {
        CAPTURE(concentration);
        std::vector<double> first;
        std::vector<double> square;
        for (std::uint32_t i = 0; i < 50'000; ++i) {
            PhiloxEngine engine({.seed = test::seed}, i);
            double share[n];
            draw_dirichlet(engine, concentration, n, share);
            double sum = 0.0;
            for (const double s : share) sum += s;
            REQUIRE(sum == doctest::Approx(1.0).epsilon(1e-14));
            first.push_back(share[0]);
            square.push_back(share[3] * share[3]);
        }
        const double total = concentration * static_cast<double>(n);
        test::check_estimate("mean", 1.0 / static_cast<double>(n), test::estimate(first));
        test::check_estimate("square", concentration * (concentration + 1.0) / (total * (total + 1.0)),
                             test::estimate(square));
    }
    PhiloxEngine engine({.seed = test::seed}, 0);
    double share[n];
    draw_dirichlet(engine, 1e-6, n, share); // every gamma underflows
    CHECK(share[0] + share[1] + share[2] + share[3] == 1.0);
}

} // namespace plunge
