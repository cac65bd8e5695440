// Tails by peaks over a threshold: formulas, atoms, what is too little.
#include "sim/stats/peaks_over_threshold.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "sim/stats/quantile_interval.hpp"

using namespace plunge;

namespace {

// n values of which `zeros` are zero and the others the quantiles of a Pareto tail P(X > x) = (1 + xi x)^(-1 / xi).
std::vector<double> losses(int n, int zeros, double xi) {
    std::vector<double> values(static_cast<std::size_t>(zeros), 0.0);
    for (int i = n - zeros; i > 0; --i) values.push_back(std::expm1(-xi * std::log((i - 0.5) / (n - zeros))) / xi);
    return values;
}

} // namespace

TEST_CASE("PeaksOverThreshold: quantiles and expected shortfalls follow from the fit") {
    const std::vector<double> values = losses(2000, 0, 0.4);
    const auto tail = PeaksOverThreshold::fit(values, 200);
    REQUIRE(tail);
    CHECK(tail->exceedances() == 200);
    CHECK(tail->share() == doctest::Approx(0.1));
    CHECK(tail->threshold() == values[1799]);
    const auto [xi, beta] = tail->pareto().parameters;
    for (const double p : {0.95, 0.999, 0.99999}) {
        const double var = tail->threshold() + beta / xi * (std::pow(0.1 / (1.0 - p), xi) - 1.0);
        const double es = var / (1.0 - xi) + (beta - xi * tail->threshold()) / (1.0 - xi);
        const IntervalEstimate var_estimate = tail->value_at_risk(p, 0.95);
        const IntervalEstimate es_estimate = tail->expected_shortfall(p, 0.95);
        CHECK(var_estimate.point == doctest::Approx(var).epsilon(1e-9));
        CHECK(es_estimate.point == doctest::Approx(es).epsilon(1e-9));
        for (const IntervalEstimate& estimate : {var_estimate, es_estimate}) {
            CHECK(estimate.low < estimate.point);
            CHECK(estimate.point < estimate.high);
        }
        // The truth of this sample without chance.
        const double truth = std::expm1(-0.4 * std::log1p(-p)) / 0.4;
        CHECK(var_estimate.low < truth);
        CHECK(truth < var_estimate.high);
    }
    CHECK(tail->value_at_risk(0.9, 0.95).point == doctest::Approx(tail->threshold()));
    CHECK(tail->expected_shortfall(0.9, 0.95).point ==
          doctest::Approx(tail->threshold() + beta / (1.0 - xi))); // the mean of all that lies beyond
    CHECK_THROWS_AS(tail->value_at_risk(0.5, 0.95), std::invalid_argument);
    CHECK_THROWS_AS(tail->expected_shortfall(1.0, 0.95), std::invalid_argument);
}

TEST_CASE("default_exceedances: a tenth, at most half of what is lost at all, or nothing") {
    CHECK(default_exceedances(losses(2000, 0, 0.4)) == 200);
    CHECK(default_exceedances(losses(2000, 1900, 0.4)) == 50);
    CHECK(default_exceedances(losses(2000, 1960, 0.4)) == 0);
    CHECK(default_exceedances(losses(200, 0, 0.4)) == 0);
    CHECK(default_exceedances({}) == 0);
}

TEST_CASE("PeaksOverThreshold: the atom at zero is no part of the tail") {
    const std::vector<double> values = losses(2000, 1900, 0.4);
    const auto tail = PeaksOverThreshold::fit(values, default_exceedances(values));
    REQUIRE(tail);
    CHECK(tail->threshold() > 0.0);
    CHECK(tail->exceedances() == 50);
    CHECK(tail->share() == doctest::Approx(0.025));
    // More than there are: the threshold is zero, and only what lies beyond counts.
    const auto all = PeaksOverThreshold::fit(values, 500);
    REQUIRE(all);
    CHECK(all->threshold() == 0.0);
    CHECK(all->exceedances() == 100);
}

TEST_CASE("PeaksOverThreshold: no fit where there is too little, no spread, or a loss without bound") {
    const std::vector<double> values = losses(1000, 0, 0.4);
    CHECK(!PeaksOverThreshold::fit(values, 0));
    CHECK(!PeaksOverThreshold::fit(values, 29));
    CHECK(!PeaksOverThreshold::fit(values, 1000));
    CHECK(!PeaksOverThreshold::fit(std::vector<double>(1000, 0.0), 100));
    std::vector<double> alike(900, 0.0);
    alike.resize(1000, 5.0);
    CHECK(!PeaksOverThreshold::fit(alike, 200));
    std::vector<double> unbounded = values;
    unbounded.back() = std::numeric_limits<double>::infinity();
    CHECK(!PeaksOverThreshold::fit(unbounded, 100));
}

TEST_CASE("PeaksOverThreshold: an interval knows how little is known of the share beyond the threshold") {
    const std::vector<double> values = losses(2000, 0, 0.4);
    const auto tail = PeaksOverThreshold::fit(values, 200);
    REQUIRE(tail);
    // At the threshold itself nothing of the shape matters, and everything of the share: 8.7 to 11.4 % are beyond.
    const IntervalEstimate at_threshold = tail->value_at_risk(0.9, 0.95);
    const QuantileEstimate sample = estimate_quantile(values, 0.9, 0.95);
    CHECK(at_threshold.low == doctest::Approx(sample.value.low).epsilon(0.02));
    CHECK(at_threshold.high == doctest::Approx(sample.value.high).epsilon(0.02));
}

TEST_CASE("threshold_table: ever higher thresholds, linear mean excess in a Pareto tail") {
    const std::vector<double> values = losses(20000, 0, 0.4);
    const auto rows = threshold_table(values, 0.999, 0.95);
    REQUIRE(rows.size() >= 12);
    CHECK(rows.front().exceedances == 4000);
    CHECK(rows[1].exceedances == 2828);
    CHECK(rows.back().exceedances >= fewest_exceedances);
    for (std::size_t i = 1; i < rows.size(); ++i) CHECK(rows[i].threshold > rows[i - 1].threshold);
    for (std::size_t i = 0; i < 8; ++i) {
        CHECK(rows[i].shape.point == doctest::Approx(0.4).epsilon(0.05));
        // E(X - u | X > u) = (1 + xi u) / (1 - xi).
        CHECK(rows[i].mean_excess == doctest::Approx((1.0 + 0.4 * rows[i].threshold) / 0.6).epsilon(0.05));
        CHECK(rows[i].value_at_risk == doctest::Approx(std::expm1(-0.4 * std::log(1e-3)) / 0.4).epsilon(0.05));
        CHECK(rows[i].expected_shortfall > rows[i].value_at_risk);
        CHECK(rows[i].p_value > 0.9); // a sample without chance
    }
    // No threshold lies beyond the quantile asked for.
    for (const ThresholdRow& row : threshold_table(values, 0.9, 0.95)) CHECK(row.exceedances >= 2000);
    CHECK(threshold_table(values, 0.5, 0.95).empty());
}
