// The driver: the same bits for any number of threads, whatever is recorded, alone or among others.
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/run.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"

using namespace plunge;

namespace {

// A scenario in which everything happens: several cohorts, tiers, partial liquidation, transient impact, thinning, ADL.
const char* const busy_scenario = R"(
[scenario]
name = "busy"
[run]
worlds = 60
seed = 11
step = "5min"
horizon = "1d"
[[asset]]
symbol = "BTC"
price = 100_000
[[asset]]
symbol = "ETH"
price = 4_000
[prices]
model = "merton"
volatility = [0.8, 1.1]
correlation = 0.8
jumps = { rate = 300, mean = [-0.03, -0.05], stddev = [0.03, 0.05], common = true }
[[venue]]
name = "perp"
[venue.impact]
shape = "linear"
depth = { BTC = 4e5, ETH = 2e5 }
permanent = 0.3
half_life = "20min"
thinning = { exponent = 1.0, floor = 0.2, half_life = "30min" }
[venue.margin]
rule = "tiers"
tiers = { BTC = [[0, 0.005], [50_000, 0.01]], ETH = [[0, 0.01], [20_000, 0.02]] }
warning = 1.5
[venue.liquidation]
policy = "partial"
buffer = 1.2
fee = 0.002
expected_slippage = 0.002
backstop = 0.5
surplus = "fund"
[[venue.waterfall]]
layer = "insurance_fund"
balance = 2e4
[[venue.waterfall]]
layer = "adl"
[[venue.waterfall]]
layer = "socialized_loss"
[[cohort]]
name = "longs"
venue = "perp"
accounts = 250
equity = { lognormal = { median = 2_000, sigma = 1.2 } }
leverage = { lognormal = { median = 12, sigma = 0.6, max = 50 } }
long_share = 0.8
positions = { dirichlet = 0.7 }
behaviour = { model = "top_up", probability = 0.4, delay = "10min" }
[[cohort]]
name = "shorts"
venue = "perp"
accounts = 80
margin = "isolated"
equity = { lognormal = { median = 3_000, sigma = 1.0 } }
leverage = 6
long_share = 0.1
positions = { BTC = 0.5, ETH = 0.5 }
[record]
traces = [0, 7]
)";

Scenario busy(const std::vector<std::string>& overrides = {}) {
    return parse_scenario(busy_scenario, "busy.toml", overrides, {}).scenario;
}

std::vector<std::uint64_t> bits(const WorldResult& world) {
    std::vector<std::uint64_t> result;
    for (const VenueMetrics& venue : world.venues) {
        const auto add = [&](const auto& metric) {
            if constexpr (std::is_same_v<std::decay_t<decltype(venue.*metric.member)>, double>) {
                result.push_back(std::bit_cast<std::uint64_t>(venue.*metric.member));
            } else {
                result.push_back(venue.*metric.member);
            }
        };
        std::apply([&](const auto&... metric) { (add(metric), ...); }, venue_metrics());
    }
    for (const AssetMetrics& asset : world.assets) {
        for (const double x : {asset.min_price, asset.max_drawdown, asset.exogenous_max_drawdown}) {
            result.push_back(std::bit_cast<std::uint64_t>(x));
        }
    }
    for (const CohortMetrics& cohort : world.cohorts) {
        for (const double x : {cohort.liquidated_notional, cohort.loss, cohort.adl_notional, cohort.adl_pnl_given_up}) {
            result.push_back(std::bit_cast<std::uint64_t>(x));
        }
    }
    for (const Cascade& cascade : world.cascades) result.push_back(std::bit_cast<std::uint64_t>(cascade.notional));
    return result;
}

} // namespace

TEST_CASE("a run gives the same bits at 1, 2, 3 and 8 threads") {
    const Market market(busy());
    const RunResult one = run_worlds(market, {.threads = 1, .stop = nullptr, .progress = {}});
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
        const RunResult many = run_worlds(market, {.threads = threads, .stop = nullptr, .progress = {}});
        for (std::size_t w = 0; w < one.worlds.size(); ++w) CHECK(bits(many.worlds[w]) == bits(one.worlds[w]));
        for (std::size_t b = 0; b < one.bands.size(); ++b) CHECK(many.bands[b].quantiles == one.bands[b].quantiles);
        REQUIRE(many.traces.size() == 2);
        CHECK(many.traces[1].second.price == one.traces[1].second.price);
    }
}

TEST_CASE("a world run alone equals the same world among others") {
    const Market market(busy());
    const RunResult all = run_worlds(market, {.threads = 2, .stop = nullptr, .progress = {}});
    for (const std::uint64_t world : {0ULL, 7ULL, 59ULL}) {
        WorldEngine engine(market);
        WorldResult alone;
        WorldTrace trace;
        engine.run(world, alone, {&trace, nullptr, nullptr});
        CHECK(bits(alone) == bits(all.worlds[world]));
        CHECK(trace.fund.size() == market.steps() + 1);
    }
}

TEST_CASE("recording cascades, traces or the counterfactual changes no result") {
    const RunResult plain = run_worlds(Market(busy({"record.traces=[]"})),
                                       {.threads = 2, .stop = nullptr, .progress = {}});
    const RunResult full = run_worlds(Market(busy({"record.counterfactual=true"})),
                                      {.threads = 2, .stop = nullptr, .progress = {}});
    for (std::size_t w = 0; w < plain.worlds.size(); ++w) CHECK(bits(plain.worlds[w]) == bits(full.worlds[w]));
}

TEST_CASE("the counterfactual liquidates less than the cascade, and something where prices alone breach margins") {
    const RunResult result = run_worlds(Market(busy({"record.counterfactual=true"})),
                                        {.threads = 2, .stop = nullptr, .progress = {}});
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
    const RunResult one = run_worlds(market, {.threads = 1, .stop = nullptr, .progress = {}});
    const RunResult two = run_worlds(market, {.threads = 2, .stop = nullptr, .progress = {}});
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

TEST_CASE("money is conserved far inside the ledger's tolerance in every world") {
    const RunResult result = run_worlds(Market(busy()), {.threads = 2, .stop = nullptr, .progress = {}});
    for (const WorldResult& world : result.worlds) CHECK(world.ledger_error < 1e-11);
}
