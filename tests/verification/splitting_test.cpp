// Splitting against brute force where that can reach, and against an exact value where it cannot.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/splitting.hpp"
#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

double normal_tail_below(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

// P(min over n steps of a Gaussian random walk <= barrier), by integrating the density of those that have not reached
// it from step to step: Simpson's rule, exact to far more digits than a simulation needs.
double passage_of_walk(double mean, double stddev, std::size_t steps, double barrier) {
    constexpr std::size_t panels = 3000;
    const double top = 12.0 * stddev * std::sqrt(static_cast<double>(steps));
    const double h = (top - barrier) / panels;
    const auto at = [&](std::size_t i) { return barrier + h * static_cast<double>(i); };
    const auto weight = [&](std::size_t i) { return h / 3.0 * (i == 0 || i == panels ? 1.0 : i % 2 == 1 ? 4.0 : 2.0); };
    const auto density = [&](double x) {
        const double z = (x - mean) / stddev;
        return std::exp(-0.5 * z * z) / (stddev * std::sqrt(2.0 * std::numbers::pi));
    };
    double reached = normal_tail_below((barrier - mean) / stddev);
    std::vector<double> alive(panels + 1);
    for (std::size_t i = 0; i <= panels; ++i) alive[i] = density(at(i));
    for (std::size_t step = 2; step <= steps; ++step) {
        for (std::size_t i = 0; i <= panels; ++i) {
            reached += weight(i) * alive[i] * normal_tail_below((barrier - at(i) - mean) / stddev);
        }
        std::vector<double> next(panels + 1, 0.0);
        for (std::size_t i = 0; i <= panels; ++i) {
            for (std::size_t j = 0; j <= panels; ++j) next[j] += weight(i) * alive[i] * density(at(j) - at(i));
        }
        alive = std::move(next);
    }
    return reached;
}

Market market_of(const std::vector<std::string>& overrides) {
    return Market(
        load_scenario((scenario_test::source_folder() / "tests/scenarios/busy.toml").string(), overrides).scenario);
}

RareEvent event_on(const Market& market, RareQuantity quantity, double threshold) {
    RareEvent event;
    event.quantity = quantity;
    event.threshold = threshold;
    event.weight.assign(market.assets(), 1.0 / static_cast<double>(market.assets()));
    event.typical_move = market.typical_move()[0];
    for (const double interest : market.initial_open_interest()) event.open_interest += interest;
    return event;
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
    const double expected = passage_of_walk(-0.5 * stddev * stddev, stddev, 8, std::log1p(-fall));
    CAPTURE(expected);
    REQUIRE(expected > 2e-7);
    REQUIRE(expected < 5e-6);
    RareEvent event = event_on(market, RareQuantity::price_move, fall);
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
        RareEvent event = event_on(market, example.quantity, example.threshold);
        event.weight = {1.0, 0.0};     // nobody holds the other asset
        event.toward = Toward::either; // half of the accounts are short
        SplittingOptions options;
        options.particles = 50;
        options.repetitions = 200;
        const SplittingEstimate splitting = estimate_by_splitting(market, event, options);
        const CrudeEstimate crude = estimate_by_counting(market, event, 200'000, options);
        const auto n = static_cast<double>(crude.worlds);
        const double p = static_cast<double>(crude.events) / n;
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
    const RareEvent event = event_on(market, RareQuantity::liquidated, 1e6);
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
    const SplittingEstimate got = estimate_by_splitting(market, event_on(market, RareQuantity::shortfall, 1.0),
                                                        {.particles = 10, .repetitions = 3});
    CHECK(got.probability.point == 0.0);
    CHECK(got.probability.high == 1.0);
    for (const SplittingRun& run : got.runs) CHECK(run.extinct);
}

} // namespace plunge
