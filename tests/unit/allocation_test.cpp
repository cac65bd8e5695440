// Worlds take no memory: what an engine has is reused from world to world.
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/waterfall/default_fund.hpp"
#include "models/waterfall/socialized_loss.hpp"
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
    const Case cases[] = {{"tests/benchmark/full_model.toml", {}},
                          {"tests/benchmark/full_model.toml", {"record.counterfactual=true"}},
                          {"scenarios/quickstart.toml", {}},
                          {"scenarios/quickstart.toml", {"run.population=\"resampled\""}},
                          {"scenarios/october_2025.toml", {}},
                          {"scenarios/who_carries.toml", {"run.population=\"resampled\""}},
                          {"scenarios/tiered_response.toml", {}},
                          {"tests/scenarios/busy.toml", {"venue.0.waterfall.1.ranking=\"pro_rata\""}},
                          {"tests/scenarios/busy.toml",
                           {"venue.0.waterfall.1.ranking=\"integer_pro_rata\"", "venue.0.waterfall.1.contract=0.01"}},
                          {"scenarios/clearing_house.toml", {"run.population=\"resampled\""}}};
    for (const auto& [file, overrides] : cases) {
        CAPTURE(file);
        CAPTURE(overrides.size());
        const Market market(load_scenario((scenario_test::source_folder() / file).string(), overrides).scenario);
        constexpr std::size_t worlds = 4;
        std::vector<WorldResult> results(worlds);
        StepSeries series = step_series(market, 1e9);
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

TEST_CASE("allocations: layers that have paid before pay without memory") {
    const std::vector<AccountClaim> accounts{{5.0, 10.0, 0.0}, {-1.0, 4.0, 0.0}, {8.0, 2.0, 0.0}};
    double charged = 0.0;
    std::vector<InstitutionState> institutions(2);
    LossBearers bearers{{[&]() -> const std::vector<AccountClaim>& { return accounts; },
                         [&](const std::vector<double>& payment) { charged += payment[0]; }},
                        &institutions};
    SocializedLoss all({}, {});
    DefaultFund fund({.assessment = 1.0}, {1, {3.0, 1.0}, {0, no_cohort}});
    Loss loss;
    const auto pay = [&] {
        fund.restart({1, {3.0, 1.0}, {0, no_cohort}});
        institutions = {{.free_capital = 2.0}, {.free_capital = 2.0}};
        loss.by_cohort = {1.0, 14.0};
        const std::size_t before = allocations;
        loss.amount = 15.0;
        LossMetrics metrics;
        fund.pay(loss, bearers, metrics);
        all.pay(loss, bearers, metrics);
        CHECK(metrics.default_fund_used == 4.0);
        CHECK(metrics.assessments == doctest::Approx(3.0));
        CHECK(metrics.socialized_loss == doctest::Approx(7.0));
        return allocations - before;
    };
    CHECK(pay() > 0);
    CHECK(pay() == 0);
    CHECK(charged > 0.0);
}

#endif
