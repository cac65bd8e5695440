// Scrambled Sobol points and the normal quantile that they pass through.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <doctest/doctest.h>

#include "models/random/normal_quantile.hpp"
#include "models/random/sobol.hpp"

namespace plunge {

TEST_CASE("normal quantile: agrees with Boost's to rounding, tails included") {
    double worst = 0.0;
    for (double p = 1e-15; p < 1.0; p += p < 1e-3 ? p / 7.0 : 1e-3) {
        const double expected = boost::math::quantile(boost::math::normal(), p);
        worst = std::max(worst, std::fabs(normal_quantile_of(p) - expected) / std::max(1.0, std::fabs(expected)));
        CHECK(normal_quantile_of(p) < normal_quantile_of(p * (1.0 + 1e-12)) + 1e-15);
    }
    CHECK(worst < 1e-14);
    CHECK(normal_quantile_of(0.5) == 0.0);
    CHECK(normal_quantile_of(1.0 - 0x1p-53) == doctest::Approx(8.20953615160139));
}

TEST_CASE("sobol: every replication is a net: 2^m points, one in each of 2^m intervals of every dimension") {
    constexpr std::size_t dimensions = 60;
    constexpr std::uint32_t points = 256;
    const ScrambledSobol sequence(7, 3, dimensions);
    std::vector<double> u(dimensions);
    for (std::size_t r = 0; r < 3; ++r) {
        for (const std::uint32_t first : {0U, points, 5 * points}) { // later runs of so many are nets too
            std::vector<std::set<int>> cells(dimensions);
            for (std::uint32_t i = first; i < first + points; ++i) {
                sequence.point(r, i, u.data());
                for (std::size_t d = 0; d < dimensions; ++d) cells[d].insert(static_cast<int>(u[d] * points));
            }
            for (const std::set<int>& filled : cells) CHECK(filled.size() == points);
        }
    }
}

TEST_CASE("sobol: scrambling keeps which points share a cell, in two dimensions") {
    // Elementary boxes of the first two dimensions of Sobol's sequence hold one point each: t = 0.
    const ScrambledSobol sequence(11, 2, 2);
    for (int split = 0; split <= 6; ++split) {
        std::set<int> boxes;
        for (std::uint32_t i = 0; i < 64; ++i) {
            double u[2];
            sequence.point(1, i, u);
            const int columns = 1 << split;
            const int rows = 64 / columns;
            boxes.insert(static_cast<int>(u[0] * columns) * rows + static_cast<int>(u[1] * rows));
        }
        CHECK(boxes.size() == 64);
    }
}

TEST_CASE("sobol: replications and seeds have points of their own, strictly inside the cube") {
    const ScrambledSobol one(1, 2, 40);
    const ScrambledSobol same(1, 2, 40);
    const ScrambledSobol other(2, 2, 40);
    std::vector<double> a(40);
    std::vector<double> b(40);
    for (std::uint32_t i : {0U, 1U, 77U, 4'000'000'000U}) {
        one.point(0, i, a.data());
        for (const double u : a) CHECK((u > 0.0 && u < 1.0));
        same.point(0, i, b.data());
        CHECK(a == b);
        one.point(1, i, b.data());
        for (std::size_t d = 0; d < 40; ++d) CHECK(a[d] != b[d]);
        other.point(0, i, b.data());
        for (std::size_t d = 0; d < 40; ++d) CHECK(a[d] != b[d]);
    }
}

TEST_CASE("sobol: over replications a point is uniform") {
    constexpr std::size_t replications = 4000;
    const ScrambledSobol sequence(3, replications, 5);
    double sum[5] = {};
    double product = 0.0;
    for (std::size_t r = 0; r < replications; ++r) {
        double u[5];
        sequence.point(r, 5, u);
        for (std::size_t d = 0; d < 5; ++d) sum[d] += u[d];
        product += (u[1] - 0.5) * (u[4] - 0.5);
    }
    for (const double s : sum) CHECK(std::fabs(s / replications - 0.5) < 4.0 * std::sqrt(1.0 / 12.0 / replications));
    CHECK(std::fabs(product / replications) < 4.0 / 12.0 / std::sqrt(replications));
}

} // namespace plunge
