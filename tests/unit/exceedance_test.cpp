// Exceedance curves and exact binomial intervals.
#include "sim/stats/exceedance.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using namespace plunge;

TEST_CASE("binomial_interval: the ends are where the tails are 2.5 %") {
    // Closed forms: with no hit the upper end is 1 - 0.025^(1/n); with all hits the lower end is 0.025^(1/n).
    const Exceedance none = binomial_interval(0, 50, 0.95);
    CHECK(none.low == 0.0);
    CHECK(none.high == doctest::Approx(1.0 - std::pow(0.025, 1.0 / 50.0)));
    const Exceedance all = binomial_interval(50, 50, 0.95);
    CHECK(all.low == doctest::Approx(std::pow(0.025, 1.0 / 50.0)));
    CHECK(all.high == 1.0);
    // Two hits of three: P(B >= 2) = 3 p^2 - 2 p^3 and P(B <= 2) = 1 - p^3.
    const Exceedance two = binomial_interval(2, 3, 0.95);
    CHECK(3.0 * two.low * two.low - 2.0 * std::pow(two.low, 3.0) == doctest::Approx(0.025));
    CHECK(two.high == doctest::Approx(std::cbrt(0.975)));
    CHECK(two.probability == doctest::Approx(2.0 / 3.0));
    CHECK_THROWS_AS(binomial_interval(4, 3, 0.95), std::invalid_argument);
}

TEST_CASE("exceedance_curve: strictly beyond, inside its band") {
    const std::vector<double> values{0.0, 0.0, 0.0, 1.0, 2.0};
    const auto curve = exceedance_curve(values, {0.0, 1.0, 1.5, 2.0}, 0.95);
    REQUIRE(curve.size() == 4);
    CHECK(curve[0].count == 2);
    CHECK(curve[1].count == 1);
    CHECK(curve[2].count == 1);
    CHECK(curve[3].count == 0);
    for (const Exceedance& point : curve) {
        CHECK(point.low <= point.probability);
        CHECK(point.probability <= point.high);
    }
}

TEST_CASE("exceedance_levels: zero, then ever rarer order statistics, without atoms twice or infinite levels") {
    std::vector<double> values(600, 0.0);
    for (int i = 1; i < 400; ++i) values.push_back(i);
    values.push_back(std::numeric_limits<double>::infinity());
    const std::vector<double> levels = exceedance_levels(values);
    CHECK(levels.front() == 0.0);
    CHECK(levels[1] == 200.0); // exceeded by 200 of 1,000
    CHECK(levels.back() == 399.0);
    for (std::size_t i = 1; i < levels.size(); ++i) CHECK(levels[i] > levels[i - 1]);
}
