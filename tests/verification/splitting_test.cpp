// Splitting against brute force where that can reach, and against an exact value where it cannot.
#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/splitting.hpp"
#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"
#include "tests/verification/rare_events.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

Market market_of(const std::vector<std::string>& overrides) {
    return Market(
        load_scenario((scenario_test::source_folder() / "tests/scenarios/busy.toml").string(), overrides).scenario);
}

} // namespace

TEST_CASE("splitting: a passage of probability 1e-6 agrees with its exact value over 200 repetitions") {
    // Eight steps of one asset that nobody trades: a Gaussian random walk in log price.
    const std::string text = scenario_test::with(
        "accounts = 100", "accounts = 1",
        scenario_test::with(
            "leverage = 10", "leverage = 0.01",
            scenario_test::with("step = \"30s\"\nhorizon = \"1h\"", "step = \"1h\"\nhorizon = \"8h\"")));
    const Market market(scenario_test::parse(text).scenario);
    const double stddev = 0.6 * std::sqrt(3600.0 / seconds_per_year);
    constexpr double fall = 0.083;
    const double expected = test::passage_of_walk(-0.5 * stddev * stddev, stddev, 8, std::log1p(-fall));
    CAPTURE(expected);
    REQUIRE(expected > 2e-7);
    REQUIRE(expected < 5e-6);
    RareEvent event = test::event_on(market, RareQuantity::price_move, fall);
    event.weight = {1.0, 0.0};
    SplittingOptions options;
    options.particles = 100;
    options.repetitions = 200;
    const SplittingEstimate got = estimate_by_splitting(market, event, options);
    std::vector<double> runs;
    for (const SplittingRun& run : got.runs) {
        runs.push_back(run.probability);
        double weights = 0.0;
        for (const WeightedWorld& world : run.all) weights += world.weight;
        REQUIRE(weights == doctest::Approx(1.0).epsilon(1e-9));
    }
    test::check_estimate("P(fall)", expected, test::estimate(runs), 3.5);
    // Steps are coarse, so that the walk leaps over levels; counting would still need hundreds of times as many worlds.
    CHECK(got.relative_error < 0.12);
    MESSAGE("exact ", expected, ", splitting ", got.probability.point, " +- ", 100.0 * got.relative_error, " %, ",
            got.worlds, " worlds");
}

TEST_CASE("splitting: agrees with brute force over 200 repetitions, ties included") {
    // A fall of 2 % within an hour liquidates a crowd with the same leverage at once: scores tie and leap.
    const Market market(scenario_test::parse(scenario_test::with("leverage = 10", "leverage = 40")).scenario);
    struct Example {
        RareQuantity quantity;
        double threshold;
    };
    for (const Example& example : {Example{RareQuantity::liquidated, 0.0}, Example{RareQuantity::shortfall, 1.0},
                                   Example{RareQuantity::uncovered, 11'000.0}}) {
        RareEvent event = test::event_on(market, example.quantity, example.threshold);
        event.weight = {1.0, 0.0};     // nobody holds the other asset
        event.toward = Toward::either; // half of the accounts are short
        SplittingOptions options;
        options.particles = 50;
        options.repetitions = 200;
        const SplittingEstimate splitting = estimate_by_splitting(market, event, options);
        const CrudeEstimate crude = estimate_by_counting(market, event, 200'000, options);
        const auto n = static_cast<double>(crude.worlds);
        const double p = static_cast<double>(crude.events()) / n;
        const double by_counting = std::sqrt(p * (1.0 - p) / n);
        const double by_splitting = splitting.relative_error * splitting.probability.point;
        MESSAGE("counting ", p, " +- ", by_counting, ", splitting ", splitting.probability.point, " +- ", by_splitting);
        CHECK(p > 1e-4);
        CHECK(p < 1e-2);
        CHECK(std::fabs(splitting.probability.point - p) <= 3.5 * std::hypot(by_counting, by_splitting));
        CHECK(crude.probability.low < p);
        CHECK(crude.probability.high > p);
        // The event, counted among all worlds that ever were, has the probability that the levels give.
        const double amount = example.threshold > 0.0 ? example.threshold : 1e-300;
        CHECK(splitting.exceedance(amount, 0.95).point == doctest::Approx(splitting.probability.point).epsilon(1e-9));
    }
}

TEST_CASE("splitting: the same numbers at any number of threads") {
    const Market market = market_of({"run.horizon=2h"});
    const RareEvent event = test::event_on(market, RareQuantity::liquidated, 1e6);
    SplittingOptions options;
    options.particles = 20;
    options.repetitions = 6;
    options.threads = 1;
    const SplittingEstimate one = estimate_by_splitting(market, event, options);
    options.threads = 3;
    const SplittingEstimate three = estimate_by_splitting(market, event, options);
    REQUIRE(one.runs.size() == three.runs.size());
    for (std::size_t r = 0; r < one.runs.size(); ++r) {
        CHECK(one.runs[r].probability == three.runs[r].probability);
        CHECK(one.runs[r].worlds == three.runs[r].worlds);
    }
    CHECK(one.probability.point > 0.0);
}

TEST_CASE("splitting: where all worlds are equally near nobody is left, and that is an estimate of zero") {
    // Nothing is random: every world has the same highest score.
    const Market market(scenario_test::parse(scenario_test::with("volatility = 0.6", "volatility = 0")).scenario);
    const SplittingEstimate got = estimate_by_splitting(market, test::event_on(market, RareQuantity::shortfall, 1.0),
                                                        {.particles = 10, .repetitions = 3});
    CHECK(got.probability.point == 0.0);
    CHECK(got.probability.high == doctest::Approx(1.0 - std::pow(0.025, 1.0 / 30.0))); // none of thirty worlds
    for (const SplittingRun& run : got.runs) CHECK(run.extinct);
}

} // namespace plunge
