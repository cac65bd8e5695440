// The first scenario teaches with keys that do something.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/run.hpp"
#include "tests/result_bits.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

using Bits = std::vector<std::vector<std::uint64_t>>;

Bits results(std::vector<std::string> overrides) {
    overrides.insert(overrides.begin(), "run.worlds=200");
    const LoadedScenario loaded = load_scenario((scenario_test::source_folder() / "scenarios/quickstart.toml").string(),
                                                overrides);
    const RunResult result = run_worlds(Market(loaded.scenario), {.threads = 2});
    Bits bits;
    for (const WorldResult& world : result.worlds) bits.push_back(test::bits(world));
    return bits;
}

} // namespace

TEST_CASE("quickstart: every key that its comments speak of changes a result") {
    const Bits base = results({});
    for (const char* change : {"run.seed=2",
                               "run.step=\"2min\"",
                               "run.horizon=\"12h\"",
                               "asset.BTC.price=90000",
                               "prices.volatility=[0.6, 0.8]",
                               "prices.correlation=0.5",
                               "prices.jumps.rate=60",
                               "venue.mark={ema=\"30s\"}",
                               "venue.impact.depth.BTC=20e6",
                               "venue.impact.permanent=0.5",
                               "venue.impact.half_life=\"20min\"",
                               "venue.margin.rate=0.006",
                               "venue.liquidation.buffer=2",
                               "venue.liquidation.fee=0.001",
                               "venue.waterfall.insurance_fund.balance=2e6",
                               "venue.waterfall.adl.ranking=\"pro_rata\"",
                               "cohort.0.accounts=1000",
                               "cohort.0.equity.lognormal.median=3000",
                               "cohort.0.leverage.lognormal.max=40",
                               "cohort.0.long_share=0.9",
                               "cohort.0.positions={BTC=0.6, ETH=0.4}",
                               "cohort.0.entry.lookback=\"1d\"",
                               "cohort.1.accounts=400",
                               "cohort.1.leverage.uniform.max=4",
                               "cohort.1.long_share=0.1",
                               "cohort.1.positions.pick={BTC=0.5, ETH=0.5}",
                               "cohort.1.entry.lookback=\"1d\""}) {
        CAPTURE(change);
        CHECK(results({change}) != base);
    }
}

TEST_CASE("quickstart: liquidations are partial") {
    const LoadedScenario loaded = load_scenario((scenario_test::source_folder() / "scenarios/quickstart.toml").string(),
                                                {"run.worlds=200"});
    const RunResult result = run_worlds(Market(loaded.scenario), {.threads = 2});
    double liquidations = 0.0;
    double accounts = 0.0;
    for (const WorldResult& world : result.worlds) {
        liquidations += static_cast<double>(world.venues[0].liquidations);
        accounts += static_cast<double>(world.venues[0].liquidated_accounts);
    }
    REQUIRE(accounts > 0.0);
    CHECK(liquidations > 1.5 * accounts); // closed whole, an account is liquidated once
}
