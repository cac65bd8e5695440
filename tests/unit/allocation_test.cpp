// Worlds take no memory: what an engine has is reused from world to world.
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/lineage.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/path.hpp"
#include "sim/engine/step_series.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"

// Sanitizers have an operator new of their own, which finds more than this one counts.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {

thread_local std::size_t allocations = 0;

} // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

using namespace plunge;

// Worlds differ in how much happens in them, so memory has grown as far as it must once all have been seen.

TEST_CASE("allocations: the path and the accounts of worlds seen before take no memory") {
    for (const std::string file : {"tests/scenarios/busy.toml", "scenarios/quickstart.toml"}) {
        CAPTURE(file);
        const Market market(
            load_scenario((scenario_test::source_folder() / file).string(), {"run.population=\"resampled\""}).scenario);
        PopulationSource source(market);
        IndexPath path;
        Lineage lineage(0);
        double drawn = 0.0;
        const auto draw = [&] {
            const std::size_t before = allocations;
            for (std::uint64_t world = 0; world < 20; ++world) {
                lineage.restart(world);
                path.generate(market, lineage);
                drawn += source.of(world).venues[0].cash[0];
            }
            return allocations - before;
        };
        CHECK(draw() > 0);
        CHECK(draw() == 0);
        CHECK(drawn != 0.0);
    }
}

TEST_CASE("allocations: worlds seen before take no memory from their start to their end") {
    struct Case {
        std::string file;
        std::vector<std::string> overrides;
    };
    const Case cases[] = {
        {"tests/benchmark/full_model.toml", {}}, {"tests/benchmark/full_model.toml", {"record.counterfactual=true"}},
        {"scenarios/quickstart.toml", {}},       {"scenarios/quickstart.toml", {"run.population=\"resampled\""}},
        {"scenarios/october_2025.toml", {}},     {"scenarios/who_carries.toml", {"run.population=\"resampled\""}},
        {"scenarios/tiered_response.toml", {}}};
    for (const auto& [file, overrides] : cases) {
        CAPTURE(file);
        CAPTURE(overrides.size());
        const Market market(load_scenario((scenario_test::source_folder() / file).string(), overrides).scenario);
        constexpr std::size_t worlds = 4;
        std::vector<WorldResult> results(worlds);
        StepSeries series(StepScales(market, 1e9), market.steps());
        WorldEngine engine(market);
        double liquidated = 0.0;
        const auto run = [&] {
            const std::size_t before = allocations;
            for (std::uint64_t world = 0; world < worlds; ++world) {
                engine.run(world, results[world], {.series = &series});
                liquidated += results[world].venues[0].liquidated_notional;
            }
            return allocations - before;
        };
        CHECK(run() > 0);
        run(); // what the last world's results gave back is new
        CHECK(run() == 0);
        CHECK(liquidated > 0.0);
    }
}

#endif
