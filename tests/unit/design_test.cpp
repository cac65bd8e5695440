// Designs: strata hit once, nets, and what the seed does.
#include "sim/stats/design.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using namespace plunge;

namespace {

// How many points lie in each of `strata` equal parts of a factor's range.
std::vector<int> occupancy(const Design& design, std::size_t factor, std::size_t strata) {
    std::vector<int> count(strata);
    for (std::size_t i = 0; i < design.points; ++i) {
        const double x = design.coordinate(i, factor);
        REQUIRE(x > 0.0);
        REQUIRE(x < 1.0);
        ++count[static_cast<std::size_t>(x * static_cast<double>(strata))];
    }
    return count;
}

} // namespace

TEST_CASE("latin_hypercube: every stratum of every factor holds one point") {
    for (const std::size_t points : {1U, 2U, 7U, 100U}) {
        const Design design = latin_hypercube(points, 3, 42);
        REQUIRE(design.values.size() == 3 * points);
        for (std::size_t f = 0; f < 3; ++f) CHECK(occupancy(design, f, points) == std::vector<int>(points, 1));
    }
}

TEST_CASE("latin_hypercube: factors are paired at random, and the seed decides how") {
    const Design design = latin_hypercube(1000, 2, 1);
    double covariance = 0.0;
    for (std::size_t i = 0; i < design.points; ++i)
        covariance += (design.coordinate(i, 0) - 0.5) * (design.coordinate(i, 1) - 0.5) / 1000.0;
    // Of independent uniforms: standard error 1 / 12 / sqrt(1000).
    CHECK(std::fabs(covariance) < 4.0 / 12.0 / std::sqrt(1000.0));
    CHECK(latin_hypercube(1000, 2, 1).values == design.values);
    CHECK(latin_hypercube(1000, 2, 2).values != design.values);
}

TEST_CASE("shifted_sobol: the first 2^m points are as even as an unshifted net, in every factor") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const Design design = shifted_sobol(64, 5, seed);
        for (std::size_t f = 0; f < 5; ++f) {
            // A shift moves all points of a net alike, so that distances around the circle stay those of 64 strata.
            std::vector<double> x;
            for (std::size_t i = 0; i < design.points; ++i) x.push_back(design.coordinate(i, f));
            std::sort(x.begin(), x.end());
            for (std::size_t i = 0; i + 1 < x.size(); ++i)
                CHECK(x[i + 1] - x[i] == doctest::Approx(1.0 / 64.0).epsilon(1e-9));
        }
    }
    CHECK_THROWS_AS(shifted_sobol(4, 0, 1), std::invalid_argument);
    CHECK_THROWS_AS(shifted_sobol(4, max_sobol_factors + 1, 1), std::invalid_argument);
    CHECK(shifted_sobol(4, max_sobol_factors, 1).values.size() == 4 * max_sobol_factors);
}

TEST_CASE("shifted_sobol: a smooth integral is known better than by independent points") {
    // f = prod (1 + (x - 1/2)) has the mean one and, by independent points, a variance of (13/12)^3 - 1 over n.
    constexpr std::size_t points = 256;
    double squares = 0.0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Design design = shifted_sobol(points, 3, seed);
        double mean = 0.0;
        for (std::size_t i = 0; i < points; ++i)
            mean += (0.5 + design.coordinate(i, 0)) * (0.5 + design.coordinate(i, 1)) *
                    (0.5 + design.coordinate(i, 2)) / points;
        squares += (mean - 1.0) * (mean - 1.0) / 20.0;
    }
    const double independent = (std::pow(13.0 / 12.0, 3) - 1.0) / points;
    CHECK(squares < independent / 20.0);
}

TEST_CASE("saltelli_design: A_B^i is A with column i of B") {
    const Design design = saltelli_design(8, 3, 5);
    REQUIRE(design.points == 8 * 5);
    for (std::size_t row = 0; row < 8; ++row)
        for (std::size_t changed = 0; changed < 3; ++changed)
            for (std::size_t f = 0; f < 3; ++f)
                CHECK(design.coordinate(5 * row + 2 + changed, f) ==
                      design.coordinate(5 * row + (f == changed ? 1 : 0), f));
    CHECK(design.coordinate(0, 0) != design.coordinate(1, 0));
}
