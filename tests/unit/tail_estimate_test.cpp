// The tail of a list of losses: one tail that fits, or a reason why there is none.
#include "sim/stats/tail_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

using namespace plunge;

namespace {

double pareto(double beyond, double xi) { return std::expm1(-xi * std::log(beyond)) / xi; }

// n values: `zeros` of nothing, the others evenly spread quantiles of a law, given the probability of more.
template <class Quantile> std::vector<double> sample(int n, int zeros, const Quantile& quantile) {
    std::vector<double> values(static_cast<std::size_t>(zeros), 0.0);
    for (int i = n - zeros; i > 0; --i) values.push_back(quantile((i - 0.5) / (n - zeros)));
    std::sort(values.begin(), values.end());
    return values;
}

} // namespace

TEST_CASE("estimate_tail: of a Pareto tail the lowest threshold, with an atom at zero") {
    const auto losses = sample(5000, 2500, [](double beyond) { return pareto(beyond, 0.3); });
    const TailEstimate estimate = estimate_tail(losses, {0.999, 0.95, {}});
    CHECK(estimate.zeros == 2500);
    CHECK(estimate.fit == TailFit::chosen);
    CHECK(estimate.rejected == 0);
    REQUIRE(estimate.tail);
    CHECK(estimate.tail->exceedances() == 1000);
    const double truth = pareto(0.002, 0.3);
    CHECK(estimate.value_at_risk.point == doctest::Approx(truth).epsilon(0.02));
    CHECK(estimate.expected_shortfall.point == doctest::Approx((truth + 1.0) / 0.7).epsilon(0.05));
    CHECK(estimate.sample.value.low < truth);
    CHECK(truth < estimate.sample.value.high);
    for (const TailCheck& check : estimate.checks) CHECK(check.agrees());
    CHECK(tail_sentence(estimate, "losses").starts_with("A generalized Pareto tail fits the 1,000 losses beyond"));
}

TEST_CASE("estimate_tail: thresholds below which losses are of another kind are left") {
    // A tenth of losses begin at 10 as a tail of shape 0.5; below, they are even from 0 to 10.
    const auto losses = sample(20000, 0, [](double beyond) {
        return beyond < 0.1 ? 10.0 + 5.0 * pareto(beyond / 0.1, 0.5) : 10.0 * (1.0 - beyond) / 0.9;
    });
    const TailEstimate estimate = estimate_tail(losses, {0.999, 0.95, {}});
    REQUIRE(estimate.fit == TailFit::chosen);
    CHECK(estimate.rejected >= 2); // 4,000, 2,828
    CHECK(estimate.tail->exceedances() <= 2000);
    CHECK(estimate.tail->exceedances() >= 1000);
    CHECK(estimate.value_at_risk.point == doctest::Approx(10.0 + 5.0 * pareto(0.01, 0.5)).epsilon(0.03));
}

TEST_CASE("estimate_tail: where no tail fits there are no figures, and a reason") {
    // Losses come in two lumps, like those of worlds with and without a collapse.
    const auto lumps = sample(4000, 2000,
                              [](double beyond) { return beyond < 0.1 ? 1e9 * (1.2 - beyond) : 5e6 * (1.0 - beyond); });
    const TailEstimate none = estimate_tail(lumps, {0.9, 0.95, {}});
    CHECK(none.fit == TailFit::rejected);
    CHECK(none.rejected == none.thresholds.size());
    CHECK(!none.tail);
    CHECK(tail_sentence(none, "worlds").starts_with("No tail fits: a generalized Pareto tail is rejected at each"));
    CHECK(std::isfinite(none.sample.value.high)); // the sample still speaks

    const auto few = sample(100, 0, [](double beyond) { return pareto(beyond, 0.3); });
    CHECK(estimate_tail(few, {0.99, 0.95, {}}).fit == TailFit::too_few);
    CHECK(estimate_tail(std::vector<double>(1000, 0.0), {0.99, 0.95, {}}).fit == TailFit::too_few);
    CHECK(estimate_tail(std::vector<double>(1, 3.0), {0.99, 0.95, {}}).fit == TailFit::too_few);
    auto unbounded = sample(1000, 0, [](double beyond) { return pareto(beyond, 0.3); });
    CHECK(estimate_tail(unbounded, {0.5, 0.95, {}}).fit == TailFit::inside);
    unbounded.back() = std::numeric_limits<double>::infinity();
    CHECK(estimate_tail(unbounded, {0.99, 0.95, {}}).fit == TailFit::infinite);
}

TEST_CASE("estimate_tail: a threshold of one's own is taken, and said where it does not fit") {
    const auto losses = sample(20000, 0, [](double beyond) {
        return beyond < 0.1 ? 10.0 + 5.0 * pareto(beyond / 0.1, 0.5) : 10.0 * (1.0 - beyond) / 0.9;
    });
    const TailEstimate good = estimate_tail(losses, {0.999, 0.95, 10.0});
    CHECK(good.fit == TailFit::own);
    REQUIRE(good.tail);
    CHECK(good.tail->threshold() == 10.0);
    CHECK(good.tail->exceedances() == 2000);
    CHECK(tail_sentence(good, "losses").find("NOT") == std::string::npos);
    const TailEstimate bad = estimate_tail(losses, {0.999, 0.95, 2.0});
    REQUIRE(bad.tail);
    CHECK(tail_sentence(bad, "losses").find("IT DOES NOT FIT") != std::string::npos);
    CHECK(estimate_tail(losses, {0.5, 0.95, 10.0}).fit == TailFit::inside);
    CHECK(estimate_tail(losses, {0.999, 0.95, 1e9}).fit == TailFit::too_few);
}
