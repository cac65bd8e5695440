// No bit of a result depends on how the engine searches or how far it looks ahead, on the same random scenarios as the
// comparison with the slow implementation; one in ten of them is built to defeat the bounds.
#include <cstdint>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/world.hpp"
#include "tests/differential/random_scenario.hpp"
#include "tests/result_bits.hpp"

namespace {

using namespace plunge;
using namespace plunge::oracle;

struct Outcome {
    std::vector<std::uint64_t> result;
    std::vector<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, double>> events;
    std::vector<std::uint16_t> codes;                      // of the step series
    std::vector<std::pair<std::uint32_t, double>> changes; // of what changes with events only

    bool operator==(const Outcome&) const = default;
};

Outcome run(const Market& market, std::uint64_t world, const EngineOptions& options, WorldTrace* trace = nullptr) {
    double interest = 0.0;
    for (const double notional : market.initial_open_interest()) interest += notional;
    StepSeries series = step_series(market, interest);
    WorldEngine engine(market, options);
    WorldResult result;
    LiquidationLog log;
    engine.run(world, result, {.trace = trace, .series = &series, .log = &log});
    Outcome outcome{test::bits(result), {}, {}, {}};
    for (const LiquidationEntry& e : log) outcome.events.emplace_back(e.step, e.round, e.venue, e.row, e.fraction);
    for (const SeriesTrack& track : series) {
        outcome.codes.insert(outcome.codes.end(), track.codes().begin(), track.codes().end());
        for (const StepValue& change : track.changes()) outcome.changes.emplace_back(change.step, change.value);
    }
    return outcome;
}

} // namespace

TEST_CASE("differential: no bit depends on the search, on how far the engine looks ahead, or on being traced") {
    const auto [first, scenarios] = scenario_range();
    std::uint64_t with_events = 0;
    for (std::uint64_t k = first; k < first + scenarios; ++k) {
        CAPTURE(k);
        const Market market{random_scenario(k)};
        const std::uint64_t world = k % 3;
        const Outcome plainest = run(market, world, {.search = Search::brute, .longest_look = 1});
        WorldTrace trace;
        CHECK(run(market, world, {}) == plainest);
        CHECK(run(market, world, {.search = Search::planes, .longest_look = 7}) == plainest);
        CHECK(run(market, world, {.search = Search::brute, .longest_look = 96}) == plainest);
        CHECK(run(market, world, {}, &trace) == plainest);
        with_events += plainest.events.empty() ? 0 : 1;
    }
    CHECK(2 * with_events >= scenarios);
}
