// Assets that follow another: what is read, and the index path.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "sim/engine/lineage.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/path.hpp"
#include "sim/scenario/index_process.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::mistakes;
using scenario_test::parse;

namespace {

// stETH stands before the asset that it follows.
std::string scenario_of(const std::string& staked, const std::string& prices, const std::string& shocks = "") {
    return R"([scenario]
name = "wrapped"
[run]
worlds = 10
horizon = "8h"
[[asset]]
symbol = "stETH"
price = 3_990
)" + staked +
           R"(
[[asset]]
symbol = "BTC"
price = 100_000
[[asset]]
symbol = "ETH"
price = 4_000
[prices]
model = "gbm"
)" + prices +
           "\n" + shocks + R"(
[[venue]]
name = "perp"
impact = { shape = "linear", depth = { BTC = 60e6, ETH = 40e6, stETH = 1e6 } }
margin = { rule = "flat", rate = 0.01 }
liquidation = { policy = "full" }
[[cohort]]
name = "longs"
accounts = 10
equity = 1_000
leverage = 10
positions = { stETH = 1.0 }
entry = { lookback = "1d" }
)";
}

const std::string follows = "underlying = \"ETH\"";
const std::string two = "volatility = { BTC = 0.5, ETH = 0.8 }\ncorrelation = 0.7";

IndexPath path_of(const std::string& text, std::uint64_t world = 3) {
    const Market market(parse(text).scenario);
    IndexPath path;
    path.generate(market, Lineage(world));
    return path;
}

} // namespace

TEST_CASE("wrapped asset: without a basis its price is its underlying's, times a constant, to the bit") {
    const IndexPath path = path_of(scenario_of(follows, two));
    for (std::size_t t = 0; t <= 480; ++t) {
        REQUIRE(path.price(0, t) / 3'990.0 == doctest::Approx(path.price(2, t) / 4'000.0).epsilon(1e-15));
    }
    const IndexPath still = path_of(scenario_of(follows + "\nbasis = { volatility = 0, half_life = \"1h\" }", two));
    for (std::size_t t = 0; t <= 480; ++t) REQUIRE(still.price(0, t) == path.price(0, t));
}

TEST_CASE("wrapped asset: the others are not moved by its being there") {
    const IndexPath with = path_of(scenario_of(follows + "\nbasis = { volatility = 0.2, half_life = \"1h\" }", two));
    const std::string text = scenario_of("", "volatility = { stETH = 0.9, BTC = 0.5, ETH = 0.8 }");
    CHECK(path_of(text).price(1, 480) != with.price(1, 480)); // three driven assets are another process
    const IndexPath calm = path_of(scenario_of(follows, two));
    for (std::size_t t = 0; t <= 480; ++t) {
        REQUIRE(with.price(1, t) == calm.price(1, t));
        REQUIRE(with.price(2, t) == calm.price(2, t));
    }
    CHECK(with.price(0, 480) != calm.price(0, 480));
}

TEST_CASE("wrapped asset: shocks of the underlying move it too, its own move it alone") {
    const std::string shock = "[[prices.shock]]\nat = \"1h\"\nlog_return = { ETH = -0.1, stETH = -0.05 }\n";
    const IndexPath calm = path_of(scenario_of(follows, two));
    const IndexPath hit = path_of(scenario_of(follows, two, shock));
    CHECK(std::log(hit.price(2, 100) / calm.price(2, 100)) == doctest::Approx(-0.1));
    CHECK(std::log(hit.price(0, 100) / calm.price(0, 100)) == doctest::Approx(-0.15));
    CHECK(hit.price(1, 100) == calm.price(1, 100));
}

TEST_CASE("wrapped asset: a start below parity comes back") {
    const IndexPath path = path_of(
        scenario_of(follows + "\nbasis = { volatility = 0, half_life = \"1h\", start = -0.08 }", two));
    const double ratio = (path.price(0, 60) / path.price(2, 60)) / (3'990.0 / 4'000.0);
    CHECK(std::log(ratio) == doctest::Approx(0.04));
}

TEST_CASE("wrapped asset: variances of basis and underlying add up in its volatility") {
    const Scenario s = parse(scenario_of(follows + "\nbasis = { volatility = 0.6, half_life = \"1h\" }", two)).scenario;
    CHECK(s.assets[0].follows == 2);
    CHECK(driven_assets(s) == std::vector<std::size_t>{1, 2});
    const std::vector<double> volatility = index_volatility(s, make_process(s, s.run.step_seconds));
    CHECK(volatility[0] == doctest::Approx(1.0));
    CHECK(volatility[1] == 0.5);
    CHECK(volatility[2] == 0.8);
}

TEST_CASE("wrapped asset: mistakes") {
    const auto one = [](const std::string& staked, const std::string& prices) {
        const auto found = mistakes(scenario_of(staked, prices));
        REQUIRE(found.size() == 1);
        return found[0].format();
    };
    CHECK(one("underlying = \"ETC\"", two).find("asset[0].underlying = \"ETC\": there is no asset \"ETC\"") !=
          std::string::npos);
    CHECK(one("underlying = \"stETH\"", two).find("an asset does not follow itself") != std::string::npos);
    CHECK(one("basis = { volatility = 0.1, half_life = \"1h\" }", "volatility = { stETH = 0.9, BTC = 0.5, ETH = 0.8 }")
              .find("asset[0].basis = { volatility = 0.1, half_life = \"1h\" }: needs an underlying") !=
          std::string::npos);
    CHECK(one(follows, "volatility = { stETH = 0.9, BTC = 0.5, ETH = 0.8 }")
              .find("prices.volatility.stETH = 0.9: this asset follows its underlying") != std::string::npos);
    CHECK(one(follows, "volatility = [0.9, 0.5, 0.8]").find("3 numbers for 2 assets (BTC, ETH)") != std::string::npos);
}
