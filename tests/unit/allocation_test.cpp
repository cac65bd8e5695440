// Paths and accounts of the worlds after the first take no memory: what an engine has is reused from world to world.
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/lineage.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/path.hpp"
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

TEST_CASE("allocations: the path and the accounts of a world after the first take no memory") {
    for (const std::string file : {"tests/scenarios/busy.toml", "scenarios/quickstart.toml"}) {
        CAPTURE(file);
        const Market market(
            load_scenario((scenario_test::source_folder() / file).string(), {"run.population=\"resampled\""}).scenario);
        PopulationSource source(market);
        IndexPath path;
        Lineage lineage(0);
        std::size_t counted = 0;
        double drawn = 0.0;
        for (std::uint64_t world = 0; world < 20; ++world) {
            const std::size_t before = allocations;
            lineage.restart(world);
            path.generate(market, lineage);
            drawn += source.of(world).venues[0].cash[0];
            if (world > 0) counted += allocations - before;
        }
        CHECK(drawn != 0.0);
        CHECK(counted == 0);
    }
}

#endif
