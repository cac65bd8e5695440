// What every behaviour must do in a world: keep the books, depend on seed and world alone, do nothing uncalled.

#include <cmath>
#include <cstddef>
#include <string>

#include <doctest/doctest.h>

#include "models/impact/linear.hpp"
#include "models/liquidation/partial.hpp"
#include "models/margin/flat.hpp"
#include "models/price/gbm.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/world.hpp"
#include "tests/contract/fixtures.hpp"
#include "tests/result_bits.hpp"

namespace plunge {
namespace {

constexpr std::uint64_t worlds = 12;

// Two assets that move by a tenth in two hours, 150 accounts near their margin calls; all of them behave alike.
Scenario scenario_of(const BehaviourChoice& behaviour, double warning) {
    Scenario scenario;
    scenario.header.name = "behaviour";
    scenario.run.seed = 5;
    scenario.run.horizon_seconds = 7200.0;
    for (const char* symbol : {"A", "B"}) {
        Asset& asset = scenario.assets.emplace_back();
        asset.symbol = symbol;
        asset.price = 100.0;
    }
    Gbm::Params prices;
    prices.volatility = PerAsset{{6.0, 9.0}};
    prices.drift = PerAsset{{-300.0, -300.0}};
    scenario.prices = prices;
    Venue& venue = scenario.venues.emplace_back();
    venue.name = "venue";
    venue.impact = LinearImpact::Params{PerAsset{{2e4, 1e4}}};
    venue.impact_common.half_life_seconds = 600.0;
    venue.margin = FlatMargin::Params{PerAsset{{0.02, 0.03}}};
    venue.margin_common.warning = warning;
    venue.liquidation = PartialLiquidation::Params{.buffer = 1.2};
    venue.waterfall = {InsuranceFund::Params{1e3}, SocializedLoss::Params{}};
    Cohort& cohort = scenario.cohorts.emplace_back();
    cohort.name = "cohort";
    cohort.accounts = 150;
    cohort.equity = LogNormalDistribution{500.0, 1.0};
    cohort.leverage = UniformDistribution{5.0, 20.0};
    cohort.long_share = 0.7;
    cohort.positions = DirichletPositions{1.0, {}};
    cohort.behaviour = behaviour;
    return scenario;
}

template <class Visitor> void for_each_behaviour(Visitor&& visit) {
    for_each_model(BehaviourModels{}, [&]<class Behaviour>() {
        INFO("behaviour: " << test::name_of<Behaviour>());
        visit.template operator()<Behaviour>(test::Fixture<Behaviour>::params());
    });
}

} // namespace

TEST_CASE("behaviour: no money comes from nowhere, and accounts are liquidated") {
    for_each_behaviour([]<class Behaviour>(const typename Behaviour::Params& params) {
        const Market market(scenario_of(params, 1.5));
        WorldEngine engine(market);
        WorldResult result;
        std::uint64_t liquidations = 0;
        std::uint64_t calls = 0;
        for (std::uint64_t world = 0; world < worlds; ++world) {
            engine.run(world, result);
            CHECK(result.ledger_error < 1e-9);
            liquidations += result.venues[0].liquidations;
            calls += result.venues[0].margin_calls;
        }
        CHECK(liquidations > 0);
        CHECK(calls > 0);
    });
}

TEST_CASE("behaviour: a world is a function of its number, whatever ran before it and however accounts are found") {
    for_each_behaviour([]<class Behaviour>(const typename Behaviour::Params& params) {
        const Market market(scenario_of(params, 1.5));
        WorldEngine forward(market);
        WorldEngine backward(market, {.search = Search::brute});
        std::vector<std::vector<std::uint64_t>> expected;
        WorldResult result;
        for (std::uint64_t world = 0; world < worlds; ++world) {
            forward.run(world, result);
            expected.push_back(test::bits(result));
        }
        for (std::uint64_t world = worlds; world-- > 0;) {
            backward.run(world, result);
            CAPTURE(world);
            CHECK(test::bits(result) == expected[world]);
        }
    });
}

TEST_CASE("behaviour: who answers margin calls does nothing where none are sent") {
    const Market still(scenario_of(Passive::Params{}, 0.0));
    for_each_behaviour([&]<class Behaviour>(const typename Behaviour::Params& params) {
        if (!Behaviour::needs(params).margin_calls) return;
        const Market uncalled(scenario_of(params, 0.0));
        const Market called(scenario_of(params, 1.5));
        WorldEngine passive(still);
        WorldEngine silent(uncalled);
        WorldEngine answering(called);
        WorldResult expected;
        WorldResult result;
        bool differs = false;
        for (std::uint64_t world = 0; world < worlds; ++world) {
            CAPTURE(world);
            passive.run(world, expected);
            silent.run(world, result);
            CHECK(test::bits(result) == test::bits(expected));
            answering.run(world, result);
            differs = differs || result.venues[0].liquidations != expected.venues[0].liquidations;
        }
        CHECK(differs);
    });
}

} // namespace plunge
