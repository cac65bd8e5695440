#include <doctest/doctest.h>

#include <variant>

#include "models/mark/index.hpp"
#include "models/price/gbm.hpp"
#include "models/waterfall/layers.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::good;
using scenario_test::mistakes;
using scenario_test::parse;
using scenario_test::with;

TEST_CASE("--set: numbers, text with and without quotes, items by number, name, symbol, layer") {
    const std::string text = with("[[cohort]]", "[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = "
                                                "1\n[[venue.waterfall]]\nlayer = \"adl\"\n[[cohort]]");
    const Scenario s = parse(text,
                             {"run.worlds=100", "run.horizon=2h", "asset.BTC.price=1", "asset.1.price = 2",
                              "venue.mark=\"index\"", "venue.perp.impact.permanent=0.5", "cohort.0.accounts=5",
                              "cohort.longs.leverage={ uniform = { min = 1, max = 2 } }",
                              "venue.waterfall.insurance_fund.balance=7", "prices.volatility={ BTC = 0.1, ETH = 0.2 }",
                              "prices.volatility.ETH=0.3", "record.traces=[1, 2]", "record.traces.0=5"})
                           .scenario;
    CHECK(s.run.worlds == 100);
    CHECK(s.run.horizon_seconds == 7200.0);
    CHECK(s.assets[0].price == 1.0);
    CHECK(s.assets[1].price == 2.0);
    CHECK(s.venues[0].mark.holds<IndexMark::Params>());
    CHECK(s.venues[0].impact_common.permanent == 0.5);
    CHECK(s.cohorts[0].accounts == 5);
    CHECK(std::get<UniformDistribution>(s.cohorts[0].leverage).max == 2.0);
    CHECK(s.venues[0].waterfall[0].get<InsuranceFund::Params>().balance == 7.0);
    CHECK(s.prices.get<Gbm::Params>().volatility.values == std::vector<double>{0.1, 0.3});
    CHECK(s.record.traces == std::vector<std::uint64_t>{2, 5}); // in the order of worlds
}

TEST_CASE("--set: whole sections may come from it") {
    const Scenario s =
        parse(good, {"venue.breaker.move=0.1", "venue.breaker.window=5min", "venue.breaker.halt=5min"}).scenario;
    REQUIRE(s.venues[0].breaker);
    CHECK(s.venues[0].breaker->window_seconds == 300.0);
}

TEST_CASE("--set: without it the effective text is the source; with it, it reads back to the same scenario") {
    CHECK(parse(good).effective == good);
    const std::string exotic = with("name = \"small\"",
                                    "name = \"small\"\ndescription = \"tab\\t quote \\\" \\u00e9\"");
    const LoadedScenario changed = parse(
        exotic, {"asset.ETH.price=0.1", "asset.BTC.price=1e22", "venue.impact.half_life=90s", "run.seed=7"});
    CHECK(changed.source == exotic);
    CHECK(changed.effective != exotic);
    const LoadedScenario again = parse(changed.effective);
    CHECK(again.scenario.header.description == "tab\t quote \" \xC3\xA9");
    CHECK(again.scenario.assets[0].price == 1e22);
    CHECK(again.scenario.assets[1].price == 0.1);
    CHECK(again.scenario.venues[0].impact_common.half_life_seconds == 90.0);
    CHECK(again.scenario.run.seed == 7);
    // Writing is idempotent: what was written once is written the same again.
    CHECK(parse(changed.effective, {"run.seed=7"}).effective == changed.effective);
}

TEST_CASE("with_worlds: text and digest are those of a scenario that was read with so many worlds") {
    const std::vector<std::string> others{"venue.impact.half_life=90s", "asset.ETH.price=0.1", "run.worlds=70"};
    const std::string no_run = with("[run]\nworlds = 10\nstep = \"30s\"\nhorizon = \"1h\"\n", "");
    for (const std::string& text : {good, no_run, with("worlds = 10\n", "")}) {
        for (std::vector<std::string> overrides : {std::vector<std::string>{}, others}) {
            const LoadedScenario changed = with_worlds(parse(text, overrides), 20);
            overrides.emplace_back("run.worlds=20");
            const LoadedScenario expected = parse(text, overrides);
            CHECK(changed.source == text);
            CHECK(changed.effective == expected.effective);
            CHECK(changed.sha256 == expected.sha256);
            CHECK(changed.scenario.run.worlds == 20);
        }
    }
}

TEST_CASE("--set: mistakes name the override, not a line") {
    const auto one = [](const std::string& set) {
        const auto found = mistakes(good, {set});
        REQUIRE(found.size() == 1);
        return found[0].format();
    };
    CHECK(one("run.wrolds=3").find("--set run.wrolds=3: error: run.wrolds = 3: unknown key") == 0);
    CHECK(one("run.step=60").find("--set run.step=60: error: run.step = 60: a duration needs a unit") == 0);
    CHECK(one("run.worlds").find("--set run.worlds: error: run.worlds: no value") == 0);
    CHECK(one("run.worlds=").find("no value") != std::string::npos);
    CHECK(one("run.worlds=[1").find("not a TOML value") != std::string::npos);
    CHECK(one("run..worlds=1").find("not a key") != std::string::npos);
    CHECK(one("asset.XRP.price=1").find("there is no \"XRP\"\n    (known: BTC, ETH)") != std::string::npos);
    CHECK(one("asset.2.price=1").find("there is no item 2") != std::string::npos);
    CHECK(one("run.worlds.x=1").find("not a table") != std::string::npos);
    CHECK(one("run.worlds=1\nseed=2").find("must be a number") != std::string::npos);
}

TEST_CASE("--set: what the file says wrongly elsewhere keeps its line") {
    const auto found = mistakes(with("worlds = 10", "worlds = 0"), {"asset.BTC.price=-1"});
    REQUIRE(found.size() == 2);
    CHECK(found[0].format().find("test.toml:5:10: error: run.worlds = 0: must be in [1, 1000000000000]") == 0);
    CHECK(found[1].format() == "--set asset.BTC.price=-1: error: asset[0].price = -1: must be > 0");
}
