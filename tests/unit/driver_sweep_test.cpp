// Sweeps: which points there are, and that each is the run that it says it is.
#include <atomic>
#include <bit>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/run.hpp"
#include "sim/driver/sweep.hpp"
#include "sim/driver/sweep_plan.hpp"
#include "sim/scenario/load.hpp"
#include "sim/stats/summary.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

std::vector<Factor> factors_of(const std::vector<std::string>& arguments) {
    std::vector<Factor> factors;
    for (const std::string& argument : arguments) factors.push_back(parse_factor(argument));
    name_factors(factors, {});
    return factors;
}

LoadedScenario busy(const std::vector<std::string>& overrides) {
    return load_scenario((scenario_test::source_folder() / "tests/scenarios/busy.toml").string(), overrides);
}

const std::vector<std::string> small{"run.worlds=8", "run.horizon=3h"};

std::vector<std::uint64_t> bits_of(const std::vector<double>& values) {
    std::vector<std::uint64_t> bits;
    for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
    return bits;
}

std::string error_of(const SweepPlan& plan, const LoadedScenario& base) {
    const PointReader reader(base, small, {});
    try {
        check_points(plan, reader, base, 2);
    } catch (const ScenarioError& error) {
        return error.what();
    }
    return "no error";
}

} // namespace

TEST_CASE("make_plan: a grid has every value with every other, the last factor first") {
    const SweepPlan plan = make_plan(factors_of({"x=1,2,3", "y,z=full,partial"}), SweepSample::grid, 0, 1);
    CHECK(plan.points == 6);
    CHECK(plan.shape == std::vector<std::size_t>{3, 2});
    CHECK(plan.values[1] == std::vector<std::string>{"1", "partial"});
    CHECK(plan.values[4] == std::vector<std::string>{"3", "full"});
    CHECK(plan.overrides(1) == std::vector<std::string>{"x=1", "y=partial", "z=partial"});
    CHECK(plan.describe(1) == "point 2 of 6: x = 1; y = partial");
}

TEST_CASE("make_plan: one at a time leaves the others as the scenario has them") {
    const SweepPlan plan = make_plan(factors_of({"x=1,2,3", "y=4,5"}), SweepSample::one_at_a_time, 0, 1);
    CHECK(plan.points == 5);
    CHECK(plan.overrides(2) == std::vector<std::string>{"x=3"});
    CHECK(plan.overrides(3) == std::vector<std::string>{"y=4"});
}

TEST_CASE("make_plan: samples draw from ranges, and from lists all values alike") {
    const SweepPlan latin = make_plan(factors_of({"x=uniform(0,1)", "y=a,b"}), SweepSample::latin, 8, 1);
    CHECK(latin.points == 8);
    int a = 0;
    std::set<int> strata;
    for (const auto& values : latin.values) {
        strata.insert(static_cast<int>(8.0 * std::stod(values[0])));
        a += values[1] == "a" ? 1 : 0;
    }
    CHECK(strata.size() == 8);
    CHECK(a == 4);
    const SweepPlan saltelli = make_plan(factors_of({"x=uniform(0,1)", "y=loguniform(1,2)"}), SweepSample::saltelli, 4,
                                         1);
    CHECK(saltelli.points == 16);
    CHECK(saltelli.values[2][1] == saltelli.values[0][1]); // A_B^x has all but x from A
    CHECK(saltelli.values[2][0] == saltelli.values[1][0]);
    CHECK_THROWS_WITH_AS(make_plan(factors_of({"x=lin(0,1,3)"}), SweepSample::latin, 8, 1),
                         doctest::Contains("a sample draws from ranges"), ScenarioError);
    CHECK_THROWS_WITH_AS(make_plan(factors_of({"x=uniform(0,1)"}), SweepSample::grid, 0, 1),
                         doctest::Contains("a range has no values of its own"), ScenarioError);
    CHECK(count_points(factors_of(std::vector<std::string>{"x=lin(0,1,1000000)", "y=lin(0,1,1000000)"}),
                       SweepSample::grid, 0) == 1e12);
}

TEST_CASE("check_points: mistakes are told with the point and the scenario's own rule, before anything runs") {
    const LoadedScenario base = busy(small);
    const auto plan = [](const std::vector<std::string>& arguments) {
        return make_plan(factors_of(arguments), SweepSample::grid, 0, 1);
    };
    const std::string bad = error_of(plan({"venue.liquidation.fee=0.001,-1", "venue.impact.permanent=0,1"}), base);
    CHECK(bad.find("--vary venue.liquidation.fee=-1: error: venue.liquidation.fee = -1: must be") != std::string::npos);
    CHECK(bad.find("at point 3 of 4: fee = -1; permanent = 0") != std::string::npos);
    CHECK(bad.find("and mistakes in 1 more point") != std::string::npos);
    const std::string unknown = error_of(plan({"venue.liquidation.fees=0.001,0.002"}), base);
    CHECK(unknown.find("did you mean \"fee\"?") != std::string::npos);
    CHECK(error_of(plan({"run.worlds=9,10"}), base).find("all points have the same worlds") != std::string::npos);
    CHECK(error_of(plan({"run.antithetic=true,false"}), base).find("run.antithetic: cannot vary") != std::string::npos);
    CHECK(error_of(plan({"run.paths=pseudo,sobol"}), base).find("run.paths: cannot vary") != std::string::npos);
    CHECK(error_of(plan({"record.counterfactual=true,false"}), base).find("metrics are others") != std::string::npos);
    CHECK(error_of(plan({"venue.liquidation.fee=0.001,0.002", "venue.0.liquidation.fee=0.003,0.004"}), base)
              .find("is the same scenario as") != std::string::npos);
    CHECK(error_of(plan({"venue.liquidation.fee=0.001,0.002"}), base) == "no error");
}

TEST_CASE("check_points: a point has its run's digest, and says whether it shares the base's paths") {
    const LoadedScenario base = busy(small);
    const PointReader reader(base, small, {});
    const SweepPlan plan = make_plan(factors_of({"venue.liquidation.fee=0.001,0.003", "prices.jumps.rate=300,400"}),
                                     SweepSample::grid, 0, 1);
    const std::vector<PointInfo> points = check_points(plan, reader, base, 2);
    REQUIRE(points.size() == 4);
    CHECK(points[0].same_paths);
    CHECK_FALSE(points[1].same_paths);
    CHECK(points[3].sha256 ==
          busy({"run.worlds=8", "run.horizon=3h", "venue.liquidation.fee=0.003", "prices.jumps.rate=400"}).sha256);
    CHECK(points[0].memory_bytes > 0.0);
}

TEST_CASE("run_sweep: every point is its own run, bit for bit, at any number of threads") {
    const LoadedScenario base = busy(small);
    const PointReader reader(base, small, {});
    const SweepPlan plan = make_plan(factors_of({"venue.impact.depth={ BTC = 2e5, ETH = 1e5 },{ BTC = 8e5, ETH = 4e5 }",
                                                 "cohort.longs.accounts=50,200", "run.population=shared,resampled"}),
                                     SweepSample::grid, 0, 1);
    REQUIRE(plan.points == 8);
    const auto scenario_of = [&](std::uint64_t point) { return reader.read(plan.overrides(point)).scenario; };
    std::vector<Column> wanted = world_columns(base.scenario, {});
    wanted.erase(wanted.begin(), wanted.begin() + 2);
    const SweepResult one = run_sweep(plan.points, 8, wanted, scenario_of, {.threads = 1});
    CHECK(one.worlds_done == 64);
    CHECK_FALSE(one.interrupted);
    double liquidated = 0.0;
    for (std::size_t point = 0; point < plan.points; ++point) {
        CAPTURE(point);
        const Scenario scenario = scenario_of(point);
        const RunResult run = run_worlds(Market(scenario), {.threads = 2});
        const std::vector<Column> expected = world_columns(scenario, run.worlds);
        for (std::size_t c = 0; c < one.columns.size(); ++c) {
            CAPTURE(one.columns[c].name);
            REQUIRE(one.columns[c].name == expected[c + 2].name);
            const auto first = one.columns[c].values.begin() + static_cast<std::ptrdiff_t>(8 * point);
            for (std::size_t w = 0; w < 8; ++w) {
                const double here = first[static_cast<std::ptrdiff_t>(w)];
                const double there = expected[c + 2].values[w];
                CHECK((here == there || (here != here && there != there)));
            }
            if (one.columns[c].name == "liquidated_notional") liquidated += *first;
        }
    }
    CHECK(liquidated > 0.0);
    for (const unsigned threads : {2U, 3U, 8U}) {
        CAPTURE(threads);
        const SweepResult many = run_sweep(plan.points, 8, wanted, scenario_of, {.threads = threads});
        for (std::size_t c = 0; c < one.columns.size(); ++c)
            CHECK(bits_of(many.columns[c].values) == bits_of(one.columns[c].values));
    }
}

TEST_CASE("run_sweep: a stop ends it soon, and it says how far it came") {
    const LoadedScenario base = busy(small);
    std::atomic<bool> stop{false};
    const SweepResult stopped = run_sweep(40, 8, {world_columns(base.scenario, {}).front()},
                                          [&](std::uint64_t) { return base.scenario; },
                                          {.threads = 2, .stop = &stop, .progress = [&](std::uint64_t done) {
                                               if (done >= 20) stop = true;
                                           }});
    CHECK(stopped.interrupted);
    CHECK(stopped.worlds_done >= 20);
    CHECK(stopped.worlds_done < 320);
    CHECK_THROWS_AS(run_sweep(1, 1, {Column{"none", "1", "", {}}}, [&](std::uint64_t) { return base.scenario; }, {}),
                    std::invalid_argument);
}
