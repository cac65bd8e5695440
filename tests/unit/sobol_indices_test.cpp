// Sobol indices against functions whose indices are known.
#include "sim/stats/sobol_indices.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "sim/stats/design.hpp"

using namespace plunge;

namespace {

template <class Function>
std::vector<SobolIndex> indices_of(const Function& f, std::size_t factors, std::size_t rows, std::uint64_t seed) {
    const Design design = saltelli_design(rows, factors, seed);
    std::vector<double> values;
    for (std::size_t i = 0; i < design.points; ++i) values.push_back(f(design.values.data() + i * factors));
    return sobol_indices(values, factors, 0.95, seed);
}

// Ishigami & Homma (1990), f = sin x1 + a sin^2 x2 + b x3^4 sin x1 with x in [-pi, pi]^3, a = 7, b = 0.1.
double ishigami(const double* u) {
    constexpr double pi = std::numbers::pi;
    const double x1 = pi * (2.0 * u[0] - 1.0);
    const double x2 = pi * (2.0 * u[1] - 1.0);
    const double x3 = pi * (2.0 * u[2] - 1.0);
    return std::sin(x1) + 7.0 * std::sin(x2) * std::sin(x2) + 0.1 * std::pow(x3, 4) * std::sin(x1);
}

// Its indices: V1 = (1 + b pi^4 / 5)^2 / 2, V2 = a^2 / 8, V13 = b^2 pi^8 (1 / 18 - 1 / 50).
constexpr double ishigami_first[] = {0.3139, 0.4424, 0.0};
constexpr double ishigami_total[] = {0.5576, 0.4424, 0.2437};

// Sobol's g-function, f = prod (|4 x_i - 2| + a_i) / (1 + a_i): V_i = 1 / (3 (1 + a_i)^2), V = prod (1 + V_i) - 1,
// V ST_i = V_i prod over the others of (1 + V_j).
constexpr double g_a[] = {0.0, 1.0, 4.5, 9.0};
double g_function(const double* u) {
    double product = 1.0;
    for (std::size_t i = 0; i < 4; ++i) product *= (std::fabs(4.0 * u[i] - 2.0) + g_a[i]) / (1.0 + g_a[i]);
    return product;
}

} // namespace

TEST_CASE("sobol_indices: the Ishigami function") {
    const std::vector<SobolIndex> indices = indices_of(ishigami, 3, 4096, 1);
    REQUIRE(indices.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(i);
        CHECK(std::fabs(indices[i].first_order.point - ishigami_first[i]) < 0.01);
        CHECK(std::fabs(indices[i].total.point - ishigami_total[i]) < 0.01);
        CHECK(indices[i].first_order.low <= ishigami_first[i]);
        CHECK(indices[i].first_order.high >= ishigami_first[i]);
    }
}

TEST_CASE("sobol_indices: Sobol's g-function") {
    const std::vector<SobolIndex> indices = indices_of(g_function, 4, 4096, 3);
    double all = 1.0;
    for (const double a : g_a) all *= 1.0 + 1.0 / (3.0 * (1.0 + a) * (1.0 + a));
    for (std::size_t i = 0; i < 4; ++i) {
        CAPTURE(i);
        const double v = 1.0 / (3.0 * (1.0 + g_a[i]) * (1.0 + g_a[i]));
        CHECK(std::fabs(indices[i].first_order.point - v / (all - 1.0)) < 0.01);
        CHECK(std::fabs(indices[i].total.point - v * all / (1.0 + v) / (all - 1.0)) < 0.01);
    }
}

TEST_CASE("sobol_indices: intervals hold the truth at least as often as they say") {
    constexpr int runs = 100;
    int held = 0;
    double width = 0.0;
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
        const std::vector<SobolIndex> indices = indices_of(ishigami, 3, 128, 1000 + seed);
        for (std::size_t i = 0; i < 3; ++i) {
            const IntervalEstimate& first = indices[i].first_order;
            const IntervalEstimate& total = indices[i].total;
            held += first.low <= ishigami_first[i] && ishigami_first[i] <= first.high ? 1 : 0;
            held += total.low <= ishigami_total[i] && ishigami_total[i] <= total.high ? 1 : 0;
            width += (first.high - first.low + total.high - total.low) / (6.0 * runs);
        }
    }
    CAPTURE(width);
    CHECK(held >= 0.92 * 6 * runs);
    CHECK(width < 0.5); // and they say something
}

TEST_CASE("sobol_indices: a mean far from zero does not blur the first order") {
    const std::vector<SobolIndex> near = indices_of(ishigami, 3, 256, 7);
    const std::vector<SobolIndex> far = indices_of([](const double* u) { return 1e6 + ishigami(u); }, 3, 256, 7);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(far[i].first_order.point == doctest::Approx(near[i].first_order.point).epsilon(1e-6));
        CHECK(far[i].total.high == doctest::Approx(near[i].total.high).epsilon(1e-6));
    }
}

TEST_CASE("sobol_indices: what does not vary, or has no value, has no indices") {
    const std::vector<SobolIndex> constant = indices_of([](const double*) { return 0.1; }, 2, 16, 1);
    REQUIRE(constant.size() == 2);
    CHECK(std::isnan(constant[0].first_order.point));
    CHECK(std::isnan(constant[1].total.high));
    const std::vector<SobolIndex> missing = indices_of(
        [](const double* u) { return u[0] > 0.9 ? std::numeric_limits<double>::quiet_NaN() : u[0]; }, 2, 16, 1);
    CHECK(std::isnan(missing[0].total.point));
    CHECK_THROWS_AS(sobol_indices({1.0, 2.0, 3.0}, 2, 0.95, 1), std::invalid_argument);
}
