// Importance sampling against brute force where that can reach, and against an exact value where it cannot.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/importance.hpp"
#include "sim/driver/splitting.hpp"
#include "sim/scenario/load.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/weighted_summary.hpp"
#include "tests/unit/scenario_test_text.hpp"
#include "tests/verification/rare_events.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {

TEST_CASE("importance sampling: a passage of probability 1e-6 agrees with its exact value over 200 repetitions") {
    // Eight steps of one asset that nobody trades: a Gaussian random walk in log price.
    const std::string text = scenario_test::with(
        "accounts = 100", "accounts = 1",
        scenario_test::with(
            "leverage = 10", "leverage = 0.01",
            scenario_test::with("step = \"30s\"\nhorizon = \"1h\"", "step = \"1h\"\nhorizon = \"8h\"")));
    const double stddev = 0.6 * std::sqrt(3600.0 / seconds_per_year);
    constexpr double fall = 0.083;
    const double expected = test::passage_of_walk(-0.5 * stddev * stddev, stddev, 8, std::log1p(-fall));
    std::vector<double> runs;
    double covered = 0.0;
    Scenario scenario = scenario_test::parse(text).scenario;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        scenario.run.seed = seed;
        const Market market(scenario);
        RareEvent event = test::event_on(market, RareQuantity::price_move, fall);
        event.weight = {1.0, 0.0};
        ImportanceOptions options;
        options.worlds = 2'000;
        options.pilot = 500;
        options.threads = 1;
        const ImportanceEstimate got = estimate_by_importance(market, event, options);
        REQUIRE(got.laws.reached);
        REQUIRE(got.all.size() == 2'000);
        runs.push_back(got.probability.point);
        covered += got.probability.low <= expected && expected <= got.probability.high ? 1.0 : 0.0;
    }
    const test::Estimate mean = test::estimate(runs);
    test::check_estimate("P(fall)", expected, mean, 3.5);
    const double relative = mean.standard_error * std::sqrt(200.0) / expected;
    MESSAGE("exact ", expected, ", importance sampling ", mean.mean, ", error of one run ", 100.0 * relative,
            " %, covered ", covered, " of 200");
    CHECK(relative < 0.15);  // counting as many worlds: 1400 %
    CHECK(covered >= 178.0); // 95 % of 200 less four standard errors
}

TEST_CASE("importance sampling: agrees with brute force over 200 repetitions, jumps and cascades included") {
    // A population for every world, so that seeds are repetitions of one experiment.
    Scenario scenario = load_scenario((scenario_test::source_folder() / "tests/scenarios/busy.toml").string(),
                                      {"run.horizon=2h", "run.step=5min", "run.population=resampled"})
                            .scenario;
    std::vector<double> runs;
    double events = 0.0;
    double worlds = 0.0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        scenario.run.seed = seed;
        const Market market(scenario);
        const RareEvent event = test::event_on(market, RareQuantity::shortfall, 3'000'000.0);
        ImportanceOptions options;
        options.worlds = 100;
        options.pilot = 100;
        runs.push_back(estimate_by_importance(market, event, options).probability.point);
        const CrudeEstimate crude = estimate_by_counting(market, event, 300, {});
        events += static_cast<double>(crude.events());
        worlds += static_cast<double>(crude.worlds);
    }
    const test::Estimate sampled = test::estimate(runs);
    const double p = events / worlds;
    const double by_counting = std::sqrt(p * (1.0 - p) / worlds);
    MESSAGE("counting ", p, " +- ", by_counting, ", importance sampling ", sampled.mean, " +- ",
            sampled.standard_error);
    CHECK(p > 2e-4);
    CHECK(p < 1e-2);
    CHECK(std::fabs(sampled.mean - p) <= 3.5 * std::hypot(by_counting, sampled.standard_error));
}

TEST_CASE("rare events: all methods say the same of the worlds in the event") {
    const Scenario scenario = load_scenario((scenario_test::source_folder() / "tests/scenarios/busy.toml").string(),
                                            {"run.horizon=2h"})
                                  .scenario;
    const Market market(scenario);
    const RareEvent event = test::event_on(market, RareQuantity::shortfall, 20'000.0);
    SplittingOptions splitting;
    splitting.particles = 100;
    splitting.repetitions = 40;
    ImportanceOptions importance;
    importance.worlds = 3'000;
    const CrudeEstimate counted = estimate_by_counting(market, event, 10'000, {});
    const ImportanceEstimate sampled = estimate_by_importance(market, event, importance);
    const SplittingEstimate split = estimate_by_splitting(market, event, splitting);
    REQUIRE(counted.events() > 100);

    const auto check = [&](const EventWorlds& worlds, double probability) {
        double weights = 0.0;
        for (const double weight : worlds.weights.weight) weights += weight;
        CHECK(weights == doctest::Approx(probability).epsilon(1e-9));
        for (const WorldResult& result : worlds.results) {
            double shortfall = 0.0;
            for (const VenueMetrics& venue : result.venues) shortfall += venue.shortfall;
            CHECK(shortfall >= event.threshold * (1.0 - 1e-9));
        }
    };
    check(counted.in_event, counted.probability.point);
    check(sampled.in_event, sampled.probability.point);
    check(split.in_event, split.probability.point);

    const std::vector<Column> by_counting = world_columns(scenario, counted.in_event.results);
    const std::vector<Column> by_importance = world_columns(scenario, sampled.in_event.results);
    const std::vector<Column> by_splitting = world_columns(scenario, split.in_event.results);
    int compared = 0;
    for (std::size_t c = 0; c < by_counting.size(); ++c) {
        const ColumnSummary expected = summarize_weighted(by_counting[c], counted.in_event.weights);
        const ColumnSummary importance_says = summarize_weighted(by_importance[c], sampled.in_event.weights);
        const ColumnSummary splitting_says = summarize_weighted(by_splitting[c], split.in_event.weights);
        if (expected.count < 50 || !(expected.standard_error > 0.0)) continue;
        CAPTURE(expected.name);
        for (const ColumnSummary& got : {importance_says, splitting_says}) {
            const double error = std::hypot(expected.standard_error, got.standard_error);
            CHECK(std::fabs(got.mean - expected.mean) <= 4.0 * error);
            ++compared;
        }
    }
    MESSAGE("counted ", counted.events(), " worlds, sampled ", sampled.in_event.results.size(), ", split ",
            split.in_event.results.size(), ", ", compared, " means compared");
    CHECK(compared > 20);
}

TEST_CASE("importance sampling: the same numbers at any number of threads") {
    const Market market(
        load_scenario((scenario_test::source_folder() / "tests/scenarios/busy.toml").string(), {"run.horizon=2h"})
            .scenario);
    const RareEvent event = test::event_on(market, RareQuantity::shortfall, 5'000.0);
    ImportanceOptions options;
    options.worlds = 190; // rounded up to whole turns
    options.pilot = 200;
    options.threads = 1;
    const ImportanceEstimate one = estimate_by_importance(market, event, options);
    options.threads = 3;
    const ImportanceEstimate three = estimate_by_importance(market, event, options);
    REQUIRE(one.all.size() == 200);
    REQUIRE(three.all.size() == 200);
    CHECK(one.probability.point > 0.0);
    CHECK(one.probability.point == three.probability.point);
    CHECK(one.relative_error == three.relative_error);
    double weights = 0.0;
    for (std::size_t i = 0; i < one.all.size(); ++i) {
        CHECK(one.all[i].weight == three.all[i].weight);
        CHECK(one.all[i].weight <= 10.0); // the scenario's own law has a tenth of the turns
        weights += one.all[i].weight;
    }
    CHECK(weights / 200.0 == doctest::Approx(1.0).epsilon(0.35));
    CHECK(one.exceedance(5'000.0, 0.95).point == one.probability.point);
    CHECK(one.exceedance(0.0, 0.95).point == doctest::Approx(weights / 200.0).epsilon(1e-12));
}

TEST_CASE("importance sampling: where nothing is random there is nothing to tilt towards") {
    const Market market(scenario_test::parse(scenario_test::with("volatility = 0.6", "volatility = 0")).scenario);
    ImportanceOptions options;
    options.worlds = 20;
    options.pilot = 100;
    const ImportanceEstimate got = estimate_by_importance(market, test::event_on(market, RareQuantity::shortfall, 1.0),
                                                          options);
    CHECK_FALSE(got.laws.reached);
    CHECK(got.probability.point == 0.0);
    CHECK(got.probability.high > 0.5); // of the few worlds of the scenario's own law
}

} // namespace plunge
