// Quantile bands from histograms: exact for atoms, within a cell elsewhere, and independent of the order of values.
#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/philox.hpp"
#include "sim/stats/step_bands.hpp"

using namespace plunge;

namespace {

const std::vector<double> probabilities{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

void count(StepBands& bands, std::size_t place, double value) { bands.add(place, std::span(&value, 1)); }

double exact(std::vector<double> values, double probability) {
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<std::size_t>(std::ceil(probability * static_cast<double>(values.size()) - 1e-9));
    return values[std::max<std::size_t>(rank, 1) - 1];
}

} // namespace

TEST_CASE("step bands: quantiles lie within one cell of the order statistic") {
    PhiloxEngine engine({.seed = 5});
    std::lognormal_distribution<double> lognormal(11.0, 0.4);
    StepBands bands({-1.0, 9}, 1);
    std::vector<double> values;
    for (int i = 0; i < 5000; ++i) {
        values.push_back(lognormal(engine));
        count(bands, 0, values.back());
    }
    const std::vector<double> got = bands.quantiles(0, probabilities);
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        const double want = exact(values, probabilities[i]);
        CHECK(std::fabs(got[i] / want - 1.0) <= std::ldexp(1.0, -9));
    }
}

TEST_CASE("step bands: zeros and the starting value come out exact") {
    StepBands bands({250e6, 9}, 1);
    for (int i = 0; i < 30; ++i) count(bands, 0, 0.0);
    for (int i = 0; i < 60; ++i) count(bands, 0, 250e6);
    for (int i = 0; i < 10; ++i) count(bands, 0, 300e6);
    const std::vector<double> got = bands.quantiles(0, {0.01, 0.30, 0.31, 0.90, 0.95});
    CHECK(got[0] == 0.0);
    CHECK(got[1] == 0.0);
    CHECK(got[2] == 250e6);
    CHECK(got[3] == 250e6);
    CHECK(got[4] == doctest::Approx(300e6).epsilon(0.002));
}

TEST_CASE("step bands: a starting value of zero is a zero like any other") {
    StepBands bands({0.0, 9}, 1);
    for (int i = 0; i < 90; ++i) count(bands, 0, 0.0);
    for (int i = 0; i < 10; ++i) count(bands, 0, 5.0);
    const std::vector<double> got = bands.quantiles(0, {0.5, 0.9, 0.91});
    CHECK(got[0] == 0.0);
    CHECK(got[1] == 0.0);
    CHECK(got[2] == doctest::Approx(5.0).epsilon(0.002));
}

TEST_CASE("step bands: merging in any split gives the same quantiles") {
    PhiloxEngine engine({.seed = 6});
    std::lognormal_distribution<double> lognormal(0.0, 3.0);
    StepBands whole({1.0, 6}, 2);
    StepBands left({1.0, 6}, 2);
    StepBands right({1.0, 6}, 2);
    for (int i = 0; i < 2000; ++i) {
        const double value = i % 7 == 0 ? 1.0 : lognormal(engine);
        const std::size_t place = i % 3 == 0 ? 1 : 0;
        count(whole, place, value);
        count(i % 2 == 0 ? left : right, place, value);
    }
    right.merge(left);
    for (const std::size_t place : {std::size_t{0}, std::size_t{1}}) {
        CHECK(whole.quantiles(place, probabilities) == right.quantiles(place, probabilities));
    }
}

TEST_CASE("step bands: nothing counted gives zeros") {
    const StepBands bands({7.0, 9}, 1);
    CHECK(bands.quantiles(0, {0.5}) == std::vector<double>{0.0});
}

TEST_CASE("run bands: the quantiles of a value counted in every step, for any runs and any split of worlds") {
    constexpr std::size_t steps = 50;
    const Resolution resolution{4.0, 9};
    PhiloxEngine engine({.seed = 9});
    StepBands every(resolution, steps);
    RunBands left(resolution, steps);
    RunBands right(resolution, steps);
    for (int world = 0; world < 300; ++world) {
        RunBands& bands = world % 3 == 0 ? left : right;
        bands.count_world();
        for (std::size_t t = 0; t < steps;) {
            const std::size_t end = std::min(steps, t + 1 + engine() % 30);
            const double value = engine() % 4 == 0 ? 4.0 : engine() % 5 == 0 ? 0.0 : 1.0 + engine() % 10;
            bands.add(t, end, value);
            for (; t < end; ++t) count(every, t, value);
        }
    }
    left.merge(right);
    const std::vector<double> got = left.quantiles(probabilities);
    for (std::size_t t = 0; t < steps; ++t) {
        CAPTURE(t);
        const std::vector<double> want = every.quantiles(t, probabilities);
        CHECK(std::equal(want.begin(), want.end(), got.begin() + static_cast<std::ptrdiff_t>(t * want.size())));
    }
}

TEST_CASE("run bands: steps that are never named hold the starting value") {
    RunBands bands({7.0, 9}, 3);
    for (int world = 0; world < 4; ++world) bands.count_world();
    bands.add(1, 2, 9.0);
    CHECK(bands.quantiles({0.75, 1.0})[1] == 7.0);
    CHECK(bands.quantiles({0.75, 1.0})[2] == 7.0);
    CHECK(bands.quantiles({0.75, 1.0})[3] == doctest::Approx(9.0).epsilon(0.002));
    CHECK(bands.quantiles({0.75, 1.0})[5] == 7.0);
}
