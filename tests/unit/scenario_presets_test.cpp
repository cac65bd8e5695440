#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

#include "models/liquidation/full.hpp"
#include "models/liquidation/partial.hpp"
#include "models/margin/flat.hpp"
#include "models/margin/tiers.hpp"
#include "models/mark/registry.hpp"
#include "sim/scenario/presets.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::mistakes;
using scenario_test::parse;
using scenario_test::with;

namespace {

// A scenario with one venue that says nothing but what `venue` adds.
std::string scenario_of(const std::string& venue, const std::string& symbol = "BTC") {
    return R"([scenario]
name = "preset"
[run]
worlds = 10
horizon = "1h"
[[asset]]
symbol = ")" +
           symbol + R"("
price = 100_000
[prices]
model = "gbm"
volatility = 0.6
[[venue]]
name = "perp"
)" + venue +
           R"(
[venue.impact]
shape = "linear"
depth = 60e6
[[cohort]]
name = "longs"
accounts = 10
equity = 1_000
leverage = 10
positions = { )" +
           symbol + R"( = 1.0 }
)";
}

const std::string fund = "[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = 1e6\n";
const std::string binance = scenario_of("preset = \"binance_usdm\"\n" + fund);

double maintenance(const Scenario& s, double notional) {
    const auto& params = s.venues[0].margin.get<TieredMargin::Params>();
    return TieredMargin(params.tiers).maintenance(0, notional);
}

} // namespace

TEST_CASE("preset: every file can be read, and says what it is, of when, and where it was read") {
    REQUIRE_FALSE(preset_files().empty());
    for (const PresetFile& file : preset_files()) {
        CAPTURE(file.name);
        const Preset preset = read_preset(file);
        CHECK_FALSE(preset.title.empty());
        CHECK(preset.as_of.size() >= 4);
        CHECK(preset.as_of.substr(0, 2) == "20");
        REQUIRE_FALSE(preset.sources.empty());
        for (const std::string& source : preset.sources) CHECK(source.starts_with("https://"));
        REQUIRE_FALSE(preset.approximates.empty());    // none is without
        CHECK(preset.venue.find("impact") == nullptr); // a book is no rule
        CHECK(preset.venue.find("name") == nullptr);
        CHECK(preset_list().find(preset.title) != std::string::npos);
    }
}

TEST_CASE("preset: every one makes a venue of an asset that it knows, once the scenario gives what is left open") {
    for (const PresetFile& file : preset_files()) {
        CAPTURE(file.name);
        const std::string text = scenario_of("preset = \"" + std::string(file.name) + "\"\n" + fund);
        const Scenario s = parse(text).scenario;
        CHECK(s.venues[0].expanded_from == std::string(file.name) + " " + read_preset(file).as_of);
    }
}

TEST_CASE("preset: its rules are the venue's") {
    const Scenario s = parse(binance).scenario;
    CHECK(s.venues[0].mark.holds<IndexMark::Params>());
    CHECK(maintenance(s, 100e3) == doctest::Approx(400.0));
    CHECK(s.venues[0].liquidation_common.fee == 0.0125);
    CHECK(s.venues[0].liquidation_common.surplus == Surplus::fund);
    CHECK(s.venues[0].waterfall.size() == 1);
}

TEST_CASE("preset: what the scenario says goes before it, key by key and asset by asset") {
    const std::string own = "preset = \"binance_usdm\"\nmark = \"last\"\n" + fund +
                            "[venue.liquidation]\nfee = 0.01\nbuffer = 1.5\n[venue.margin]\nwarning = 2\n";
    const Scenario s = parse(scenario_of(own)).scenario;
    CHECK(s.venues[0].mark.holds<LastMark::Params>());
    CHECK(s.venues[0].liquidation_common.fee == 0.01);
    CHECK(s.venues[0].liquidation_common.surplus == Surplus::fund);
    CHECK(s.venues[0].liquidation.get<PartialLiquidation::Params>().buffer == 1.5);
    CHECK(s.venues[0].margin_common.warning == 2.0);
    CHECK(maintenance(s, 100e3) == doctest::Approx(400.0));

    const Scenario brackets =
        parse(scenario_of("preset = \"binance_usdm\"\n" + fund + "[venue.margin.tiers]\nBTC = [[0, 0.1]]\n")).scenario;
    CHECK(maintenance(brackets, 100e3) == doctest::Approx(10e3));
}

TEST_CASE("preset: a section that chooses another model keeps only what all models share") {
    const Scenario s =
        parse(scenario_of("preset = \"binance_usdm\"\n" + fund +
                          "[venue.margin]\nrule = \"flat\"\nrate = 0.02\n[venue.liquidation]\npolicy = \"full\"\n"))
            .scenario;
    CHECK(s.venues[0].margin.get<FlatMargin::Params>().rate.values == std::vector<double>{0.02});
    CHECK(s.venues[0].liquidation.holds<FullLiquidation::Params>());
    CHECK(s.venues[0].liquidation_common.fee == 0.0125);
}

TEST_CASE("preset: --set chooses one, changes one, and goes before it") {
    CHECK(parse(binance, {"venue.margin.tiers.BTC=[[0, 0.2]]", "venue.liquidation.fee=0"})
              .scenario.venues[0]
              .liquidation_common.fee == 0.0);
    const LoadedScenario other = parse(binance, {"venue.preset=hyperliquid"});
    CHECK(maintenance(other.scenario, 100e3) == doctest::Approx(1'250.0));
    // Assets are named before the preset's brackets are chosen by them.
    CHECK(parse(binance, {"cohort.longs.positions={ XRP = 1 }", "asset.BTC.symbol=XRP"}).scenario.assets[0].symbol ==
          "XRP");
    const auto found = mistakes(binance, {"venue.preset=hyper"});
    REQUIRE(found.size() == 1);
    CHECK(found[0].format().find("--set venue.preset=hyper: error: venue.preset = \"hyper\": unknown preset") == 0);
}

TEST_CASE("preset: the effective scenario is complete, says where it is from, and needs no preset") {
    const LoadedScenario loaded = parse(binance);
    CHECK(loaded.source == binance);
    CHECK(loaded.effective.find("preset =") == std::string::npos);
    CHECK(loaded.effective.find("expanded_from = \"binance_usdm 2025-07\"") != std::string::npos);
    CHECK(loaded.effective.find("ETH") == std::string::npos); // brackets of assets that are not there are left out
    const LoadedScenario again = parse(loaded.effective);
    CHECK(again.effective == loaded.effective);
    CHECK(again.sha256 == loaded.sha256);
    CHECK(maintenance(again.scenario, 5e6) == maintenance(loaded.scenario, 5e6));
}

TEST_CASE("preset: mistakes name it") {
    const auto one = [](const std::string& text) {
        const auto found = mistakes(text);
        REQUIRE(found.size() == 1);
        return found[0].format();
    };
    CHECK(one(scenario_of("preset = \"binance\"")) ==
          "test.toml:14:10: error: venue.preset = \"binance\": unknown preset\n"
          "    (" +
              known_names_hint("binance", preset_names()) + ")");
    CHECK(one(scenario_of("preset = \"binance_usdm\"\n" + fund, "PEPE")) ==
          "test.toml:14:10: error: venue.margin.tiers: every asset must be named (from preset \"binance_usdm\")\n"
          "    (missing: PEPE; preset \"binance_usdm\" does not have it: give venue.margin.tiers.PEPE)");
    CHECK(one(scenario_of("preset = \"binance_usdm\""))
              .find("test.toml:14:10: error: venue.waterfall: must be given\n"
                    "    (preset \"binance_usdm\" leaves it open: ") == 0);
    CHECK(one(scenario_of("preset = \"binance_usdm\"\n" + fund + "[venue.margin]\nwarning = -1\n")).find("preset") ==
          std::string::npos);
}
