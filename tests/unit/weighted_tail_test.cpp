#include "sim/stats/weighted_tail.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace plunge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double normal_tail(double x) { return 0.5 * std::erfc(x / std::sqrt(2.0)); }

// Standard normals drawn around `mean`, weighted by exp(mean^2 / 2 - mean x), one in ten around zero.
std::vector<WeightedValue> tilted_normals(std::mt19937_64& engine, std::size_t count, double mean) {
    std::normal_distribution<double> normal;
    std::vector<WeightedValue> values;
    for (std::size_t i = 0; i < count; ++i) {
        const double x = normal(engine) + (i % 10 == 0 ? 0.0 : mean);
        values.push_back({x, 1.0 / (0.1 + 0.9 * std::exp(mean * (x - 0.5 * mean)))});
    }
    return values;
}

} // namespace

TEST_CASE("weighted tail: with equal weights it is the sample's own") {
    const WeightedTail tail({{3.0, 1.0}, {1.0, 1.0}, {2.0, 1.0}, {2.0, 1.0}, {infinity, 1.0}});
    CHECK(tail.exceedance(0.0, 0.95).point == 1.0);
    CHECK(tail.exceedance(1.0, 0.95).point == doctest::Approx(0.8));
    CHECK(tail.exceedance(2.0, 0.95).point == doctest::Approx(0.4));
    CHECK(tail.exceedance(3.0, 0.95).point == doctest::Approx(0.2));
    CHECK(tail.quantile(0.5, 0.95).point == 2.0);
    CHECK(tail.quantile(0.75, 0.95).point == 3.0);
    CHECK(tail.quantile(0.9, 0.95).point == infinity);
    // The error of a share of 0.4 in five values: sqrt(0.24 / 4).
    CHECK(tail.relative_error(2.0) == doctest::Approx(std::sqrt(0.24 / 4.0) / 0.4));
    CHECK(tail.relative_error(infinity) == infinity);
}

TEST_CASE("weighted tail: expected shortfall takes the part of an atom that belongs to the tail") {
    const WeightedTail tail({{0.0, 1.0}, {0.0, 1.0}, {10.0, 1.0}, {20.0, 1.0}});
    CHECK(tail.expected_shortfall(0.75) == doctest::Approx(20.0));
    CHECK(tail.expected_shortfall(0.5) == doctest::Approx(15.0));
    CHECK(tail.expected_shortfall(0.25) == doctest::Approx(10.0)); // a third of it at zero
}

TEST_CASE("weighted tail: beyond all values nothing is known, and the interval says so") {
    const WeightedTail tail({{0.0, 1.0}, {1.0, 1.0}, {2.0, 1.0}});
    CHECK(tail.exceedance(2.0, 0.95).point == 0.0);
    CHECK(tail.exceedance(2.0, 0.95).high == 1.0);
    CHECK(tail.quantile(0.999, 0.95).high == infinity);
    CHECK(std::isnan(WeightedTail({}).quantile(0.9, 0.95).point));
}

TEST_CASE("weighted tail: P(Z > 5) and the quantile there, with intervals that cover") {
    constexpr double expected = 2.8665157187919e-7;
    REQUIRE(normal_tail(5.0) == doctest::Approx(expected).epsilon(1e-10));
    std::mt19937_64 engine{20251010};
    constexpr int repetitions = 1000;
    int shares_cover = 0;
    int quantiles_cover = 0;
    double sum = 0.0;
    for (int i = 0; i < repetitions; ++i) {
        const WeightedTail tail(tilted_normals(engine, 1000, 5.0));
        const IntervalEstimate share = tail.exceedance(5.0, 0.95);
        sum += share.point;
        shares_cover += share.low <= expected && expected <= share.high ? 1 : 0;
        const IntervalEstimate quantile = tail.quantile(1.0 - expected, 0.95);
        quantiles_cover += quantile.low <= 5.0 && 5.0 <= quantile.high ? 1 : 0;
    }
    CHECK(sum / repetitions == doctest::Approx(expected).epsilon(0.01));
    // Two and a half standard errors of a coverage of 95 % over 1,000 repetitions are 1.7 points.
    CHECK(shares_cover >= 933);
    CHECK(shares_cover <= 967);
    CHECK(quantiles_cover >= 933);
    CHECK(quantiles_cover <= 967);
}

} // namespace plunge
