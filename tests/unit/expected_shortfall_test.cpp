// Expected shortfall of samples, against values worked out by hand.
#include "sim/stats/expected_shortfall.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

using namespace plunge;

TEST_CASE("expected_shortfall: the mean of the worst part, the value at the edge in part") {
    const std::vector<double> values{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0};
    CHECK(expected_shortfall(values, 0.8) == doctest::Approx(9.5));
    // The worst quarter of ten: 10, 9 and half of 8.
    CHECK(expected_shortfall(values, 0.75) == doctest::Approx((10.0 + 9.0 + 0.5 * 8.0) / 2.5));
    CHECK(expected_shortfall(values, 0.95) == doctest::Approx(10.0));
    CHECK(expected_shortfall(values, 0.0) == doctest::Approx(5.5));
}

TEST_CASE("expected_shortfall: an atom is split, so that it is never below the quantile") {
    std::vector<double> values(98, 0.0);
    values.push_back(10.0);
    values.push_back(30.0);
    CHECK(expected_shortfall(values, 0.5) == doctest::Approx(40.0 / 50.0)); // mostly zeros
    CHECK(expected_shortfall(values, 0.98) == doctest::Approx(20.0));
    CHECK(expected_shortfall(values, 0.99) == doctest::Approx(30.0));
    CHECK(expected_shortfall(std::vector<double>(50, 0.0), 0.99) == 0.0);
}

TEST_CASE("expected_shortfall: infinite values count where they belong; nothing of nothing is no number") {
    const double infinite = std::numeric_limits<double>::infinity();
    CHECK(expected_shortfall({1.0, 2.0, 3.0, infinite}, 0.5) == infinite);
    CHECK(std::isnan(expected_shortfall({}, 0.5)));
}
