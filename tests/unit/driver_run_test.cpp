// The driver: the same bits for any number of threads, whatever is recorded, alone or among others.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/run.hpp"
#include "sim/engine/step_series.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"
#include "tests/result_bits.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using plunge::test::bits;

namespace {

Scenario busy(const std::vector<std::string>& overrides = {}) {
    return load_scenario((scenario_test::source_folder() / "tests/scenarios/busy.toml").string(), overrides).scenario;
}

} // namespace

TEST_CASE("a run gives the same bits at 1, 2, 3 and 8 threads") {
    const Market market(busy());
    const RunResult one = run_worlds(market, {.threads = 1, .engine = {}, .stop = nullptr, .progress = {}});
    REQUIRE(one.worlds.size() == 60);
    double liquidated = 0.0;
    double deleveraged = 0.0;
    for (const WorldResult& world : one.worlds) {
        liquidated += world.venues[0].liquidated_notional;
        deleveraged += world.venues[0].adl_notional;
    }
    REQUIRE(liquidated > 0.0);
    REQUIRE(deleveraged > 0.0);
    for (const unsigned threads : {2U, 3U, 8U}) {
        CAPTURE(threads);
        const RunResult many = run_worlds(market, {.threads = threads, .engine = {}, .stop = nullptr, .progress = {}});
        for (std::size_t w = 0; w < one.worlds.size(); ++w) CHECK(bits(many.worlds[w]) == bits(one.worlds[w]));
        for (std::size_t b = 0; b < one.bands.size(); ++b) CHECK(many.bands[b].quantiles == one.bands[b].quantiles);
        REQUIRE(many.traces.size() == 2);
        CHECK(many.traces[1].second.columns() == one.traces[1].second.columns());
    }
}

TEST_CASE("a run that ends at a checkpoint is the run of so many worlds") {
    const RunResult short_run = run_worlds(Market(busy({"run.worlds=24", "run.seed=3"})), {.threads = 2});
    for (const unsigned threads : {1U, 3U}) {
        std::vector<std::size_t> asked;
        RunOptions options{.threads = threads, .checkpoints = {8, 16, 24, 48, 60, 1000}};
        options.enough = [&](std::span<const WorldResult> worlds) {
            asked.push_back(worlds.size());
            return worlds.size() >= 24;
        };
        std::uint64_t most_done = 0;
        options.progress = [&](std::uint64_t done) { most_done = std::max(most_done, done); };
        const RunResult ended = run_worlds(Market(busy({"run.seed=3"})), options);
        CHECK(asked == std::vector<std::size_t>{8, 16, 24});
        CHECK(most_done <= 24);
        CHECK(!ended.interrupted);
        CHECK(ended.worlds_requested == 24);
        REQUIRE(ended.worlds.size() == 24);
        for (std::size_t w = 0; w < 24; ++w) CHECK(bits(ended.worlds[w]) == bits(short_run.worlds[w]));
        for (std::size_t b = 0; b < ended.bands.size(); ++b)
            CHECK(ended.bands[b].quantiles == short_run.bands[b].quantiles);
        CHECK(ended.traces.size() == short_run.traces.size());
    }
    // Never enough: the whole run.
    RunOptions options{.threads = 2, .checkpoints = {16}};
    options.enough = [](std::span<const WorldResult>) { return false; };
    CHECK(run_worlds(Market(busy()), options).worlds.size() == 60);
}

TEST_CASE("bands of one world follow its trace, in the order of the table") {
    const Market market(busy({"run.worlds=1", "record.traces=[0]", "record.quantiles=[0.5]"}));
    const RunResult result = run_worlds(market, {.threads = 1});
    REQUIRE(result.bands.size() == series_columns().size());
    REQUIRE(result.traces.size() == 1);
    const WorldTrace& trace = result.traces[0].second;
    const std::size_t assets = market.assets();
    std::vector<double> mean_depth;
    for (std::size_t t = 0; t <= market.steps(); ++t) {
        double sum = 0.0;
        for (std::size_t a = 0; a < assets; ++a) sum += trace["depth"][t * assets + a];
        mean_depth.push_back(sum / static_cast<double>(assets));
    }
    REQUIRE(*std::min_element(mean_depth.begin(), mean_depth.end()) < 1.0);
    const std::vector<std::vector<double>> wanted{trace["price"], trace["liquidated_notional"], trace["fund"],
                                                  trace["open_interest"], mean_depth};
    for (std::size_t b = 0; b < wanted.size(); ++b) {
        const SeriesColumn& column = series_columns()[b];
        const std::vector<double>& values = result.bands[b].quantiles;
        CAPTURE(column.name);
        CHECK(result.bands[b].name == column.name);
        REQUIRE(values.size() == wanted[b].size());
        std::size_t different = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double allowed = std::ldexp(wanted[b][i], -column.mantissa_bits);
            different += std::fabs(values[i] - wanted[b][i]) <= allowed ? 0 : 1;
        }
        CHECK(different == 0);
    }
}

TEST_CASE("a band of what does not vary is what it was at the start") {
    const Scenario scenario = load_scenario((scenario_test::source_folder() / "scenarios/quickstart.toml").string(),
                                            {"run.worlds=3"})
                                  .scenario;
    const RunResult result = run_worlds(Market(scenario), {.threads = 2});
    REQUIRE(result.bands.back().name == "depth_multiplier");
    const std::vector<double>& depth = result.bands.back().quantiles;
    CHECK(depth == std::vector<double>(result.bands[1].quantiles.size(), 1.0));
    CHECK(result.bands[1].quantiles != depth);
}

TEST_CASE("a world run alone equals the same world among others") {
    const Market market(busy());
    const RunResult all = run_worlds(market, {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    for (const std::uint64_t world : {0ULL, 7ULL, 59ULL}) {
        WorldEngine engine(market);
        WorldResult alone;
        WorldTrace trace;
        engine.run(world, alone, {&trace, nullptr, nullptr});
        CHECK(bits(alone) == bits(all.worlds[world]));
        CHECK(trace["fund"].size() == market.steps() + 1);
    }
}

TEST_CASE("recording cascades, traces or the counterfactual changes no result") {
    const RunResult plain = run_worlds(Market(busy({"record.traces=[]"})),
                                       {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    const RunResult full = run_worlds(Market(busy({"record.counterfactual=true"})),
                                      {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    const RunResult bare = run_worlds(Market(busy({"record.traces=[]", "record.cascades=false"})),
                                      {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    for (std::size_t w = 0; w < plain.worlds.size(); ++w) {
        CHECK(bits(plain.worlds[w]) == bits(full.worlds[w]));
        WorldResult without_cascades = plain.worlds[w];
        without_cascades.cascades.clear();
        CHECK(bits(bare.worlds[w]) == bits(without_cascades));
    }
}

TEST_CASE("the counterfactual liquidates less than the cascade, and something where prices alone breach margins") {
    const RunResult result = run_worlds(Market(busy({"record.counterfactual=true"})),
                                        {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    double with_impact = 0.0;
    double without = 0.0;
    for (const WorldResult& world : result.worlds) {
        with_impact += world.venues[0].liquidated_notional;
        without += world.counterfactual.liquidated_notional;
    }
    CHECK(without > 0.0);
    CHECK(without < with_impact);
}

TEST_CASE("a resampled population differs from world to world and repeats for the same world") {
    const Market market(busy({"run.population=\"resampled\""}));
    const auto first = market.population(1);
    const auto second = market.population(2);
    CHECK(first->venues[0].cash != second->venues[0].cash);
    CHECK(first->venues[0].cash == market.population(1)->venues[0].cash);
    const RunResult one = run_worlds(market, {.threads = 1, .engine = {}, .stop = nullptr, .progress = {}});
    const RunResult two = run_worlds(market, {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    for (std::size_t w = 0; w < one.worlds.size(); ++w) CHECK(bits(one.worlds[w]) == bits(two.worlds[w]));
}

TEST_CASE("a stopped run keeps a prefix of whole worlds") {
    const Market market(busy({"run.worlds=600"}));
    std::atomic<bool> stop{false};
    const RunResult result = run_worlds(market, {.threads = 2, .stop = &stop, .progress = [&](std::uint64_t done) {
                                                     if (done > 50) stop = true;
                                                 }});
    REQUIRE(result.interrupted);
    CHECK(result.worlds.size() < 600);
    CHECK(result.worlds_requested == 600);
    for (const WorldResult& world : result.worlds) CHECK(world.venues.size() == 1);
}

TEST_CASE("an exception in one thread reaches the caller and stops the others at their next block") {
    const Market market(busy({"run.worlds=6000"}));
    for (const unsigned threads : {1U, 2U, 8U}) {
        CAPTURE(threads);
        std::atomic<bool> thrown{false};
        std::atomic<std::uint64_t> seen{0};
        const auto progress = [&](std::uint64_t done) {
            seen = done;
            if (!thrown.exchange(true)) throw std::runtime_error("no more");
        };
        CHECK_THROWS_WITH_AS(
            run_worlds(market, {.threads = threads, .engine = {}, .stop = nullptr, .progress = progress}), "no more",
            std::runtime_error);
        CHECK(seen < 3000); // a block of 64 each, and what is run while the exception makes its way
    }
}

TEST_CASE("traces go to their worlds, in whatever order they are asked for") {
    Scenario scenario = busy();
    scenario.record.traces = {59, 7, 8, 0};
    const Market market(scenario);
    const RunResult result = run_worlds(market, {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    REQUIRE(result.traces.size() == 4);
    const std::uint64_t expected[] = {0, 7, 8, 59};
    for (std::size_t i = 0; i < 4; ++i) {
        CAPTURE(i);
        CHECK(result.traces[i].first == expected[i]);
        WorldEngine engine(market);
        WorldResult alone;
        WorldTrace trace;
        engine.run(expected[i], alone, {&trace, nullptr, nullptr});
        CHECK(result.traces[i].second.columns() == trace.columns());
    }
}

TEST_CASE("money is conserved far inside the ledger's tolerance in every world") {
    const RunResult result = run_worlds(Market(busy()), {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    for (const WorldResult& world : result.worlds) CHECK(world.ledger_error < 1e-11);
}
