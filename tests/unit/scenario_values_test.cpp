#include <doctest/doctest.h>

#include <cmath>
#include <variant>

#include "models/behaviour/top_up.hpp"
#include "models/impact/linear.hpp"
#include "models/margin/tiers.hpp"
#include "models/mark/registry.hpp"
#include "models/price/gbm.hpp"
#include "models/price/merton.hpp"
#include "models/waterfall/adl.hpp"
#include "models/waterfall/layers.hpp"
#include "sim/scenario/durations.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::good;
using scenario_test::mistakes;
using scenario_test::parse;
using scenario_test::with;

TEST_CASE("durations: every unit is read in seconds, and written back shortly") {
    CHECK(parse_duration("500ms") == 0.5);
    CHECK(parse_duration("30s") == 30.0);
    CHECK(parse_duration("12min") == 720.0);
    CHECK(parse_duration("8h") == 28'800.0);
    CHECK(parse_duration("1.5d") == 129'600.0);
    CHECK(parse_duration("2 h") == 7200.0);
    CHECK_FALSE(parse_duration("30"));
    CHECK_FALSE(parse_duration("min"));
    CHECK_FALSE(parse_duration("1m"));
    CHECK_FALSE(parse_duration("infs"));
    for (const char* text : {"500ms", "30s", "90min", "8h", "7d", "0s"})
        CHECK(format_duration(*parse_duration(text)) == text);
}

TEST_CASE("scenario: the small scenario is read as it is written, defaults elsewhere") {
    const Scenario s = parse(good).scenario;
    CHECK(s.header.name == "small");
    CHECK(s.run.worlds == 10);
    CHECK(s.run.step_seconds == 30.0);
    CHECK(s.run.steps() == 120);
    CHECK(s.assets.size() == 2);
    CHECK(s.assets[1].price == 4000.0);
    CHECK(s.prices.get<Gbm::Params>().volatility.values == std::vector<double>{0.6, 0.6});
    CHECK(s.venues[0].impact.get<LinearImpact::Params>().depth.values == std::vector<double>{1e6, 1e6});
    CHECK(s.venues[0].mark.holds<LastMark::Params>());
    CHECK(s.cohorts[0].accounts == 100);
    CHECK(std::get<ConstantDistribution>(s.cohorts[0].equity).value == 1000.0);
    CHECK(s.record.quantiles.size() == 7);
    CHECK(std::isinf(s.venues[0].liquidation_common.throughput));
}

TEST_CASE("per asset: one number, an array and a table say the same") {
    const auto volatility = [](const std::string& written) {
        return parse(with("volatility = 0.6", "volatility = " + written))
            .scenario.prices.get<Gbm::Params>()
            .volatility.values;
    };
    CHECK(volatility("0.5") == std::vector<double>{0.5, 0.5});
    CHECK(volatility("[0.5, 0.7]") == std::vector<double>{0.5, 0.7});
    CHECK(volatility("{ ETH = 0.7, BTC = 0.5 }") == std::vector<double>{0.5, 0.7});
}

TEST_CASE("matrices: rows, one number and pairs say the same") {
    const auto correlation = [](const std::string& written) {
        const auto s = parse(with("volatility = 0.6", "volatility = 0.6\ncorrelation = " + written));
        return s.scenario.prices.get<Gbm::Params>().correlation.values;
    };
    const std::vector<double> expected{1.0, 0.8, 0.8, 1.0};
    CHECK(correlation("[[1.0, 0.8], [0.8, 1]]") == expected);
    CHECK(correlation("0.8") == expected);
    CHECK(correlation("{ ETH-BTC = 0.8 }") == expected);
}

TEST_CASE("correlation: repair accepts a matrix that is not positive semi-definite") {
    std::string text = with("[prices]", "[[asset]]\nsymbol = \"SOL\"\nprice = 200\n\n[prices]");
    text = with("volatility = 0.6", "volatility = 0.6\ncorrelation = [[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]",
                text);
    const auto found = scenario_test::mistakes(text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].message.find("-0.8") != std::string::npos); // eigenvalues of this matrix: 1.9, 1.9, -0.8
    CHECK(found[0].message.find("repair = true") != std::string::npos);
    CHECK(parse(with("volatility = 0.6", "volatility = 0.6\nrepair = true", text)).scenario.assets.size() == 3);
}

TEST_CASE("jumps: a table is a list of one; shocks name only the assets that they move") {
    const std::string one = "{ rate = 12, mean = [-0.02, -0.03], stddev = 0.04 }";
    std::string text = with("model = \"gbm\"", "model = \"merton\"\njumps = " + one);
    CHECK(parse(text).scenario.prices.get<Merton::Params>().jumps.size() == 1);
    text = with("model = \"gbm\"", "model = \"merton\"\njumps = [" + one + ", " + one + "]");
    text = with("[[venue]]", "[[prices.shock]]\nat = \"10min\"\nover = \"500ms\"\nreturn = { ETH = -0.2 }\n[[venue]]",
                text);
    const Scenario s = parse(text).scenario;
    const auto& jumps = s.prices.get<Merton::Params>().jumps;
    REQUIRE(jumps.size() == 2);
    CHECK(jumps[1].mean.values == std::vector<double>{-0.02, -0.03});
    CHECK(jumps[1].rate.values == std::vector<double>{12.0, 12.0});
    REQUIRE(s.shocks.size() == 1);
    CHECK(s.shocks[0].over_seconds == 0.5);
    CHECK(s.shocks[0].simple_return.values == std::vector<double>{0.0, -0.2});
}

TEST_CASE("venue: a mark is a name, or a table of the parameters of one") {
    const auto mark = [](const std::string& value) {
        return with("name = \"perp\"", "name = \"perp\"\nmark = " + value);
    };
    CHECK(parse(mark("\"index\"")).scenario.venues[0].mark.holds<IndexMark::Params>());
    const auto mistake = [&](const std::string& value) {
        const auto found = mistakes(mark(value));
        REQUIRE(found.size() == 1);
        return found[0].format();
    };
    for (const char* unknown : {"\"mid\"", "\"ema\"", "{ last = \"30s\" }", "{}", "3"}) {
        CAPTURE(unknown);
        CHECK(mistake(unknown).find("unknown mark price\n    (known: \"last\", \"index\", { ema = ... })") !=
              std::string::npos);
    }
    CHECK(mistake("{ ema = 30 }").find("a duration needs a unit") != std::string::npos);
    CHECK(mistake("{ ema = \"0s\" }").find("must be > 0") != std::string::npos);
    CHECK(mistake("{ ema = \"30s\", delay = \"1s\" }").find("unknown key") != std::string::npos);
}

TEST_CASE("venue: mark, tiers, thinning, breaker, haircut and layers are read") {
    std::string text = with("name = \"perp\"", "name = \"perp\"\nmark = { ema = \"45s\" }");
    text = with("depth = 1e6", "depth = 1e6\nthinning = { floor = 0.2 }\ncross = { BTC-ETH = 0.3 }", text);
    text = with("rule = \"flat\"\nrate = 0.005",
                "rule = \"tiers\"\ntiers = { BTC = [[0, 0.004], [50e6, 0.01]], ETH = [[0, 0.005]] }", text);
    text = with("[[cohort]]", R"([[venue.waterfall]]
layer = "insurance_fund"
balance = 1e6
[[venue.waterfall]]
layer = "adl"
ranking = "pro_rata"
[venue.breaker]
move = 0.1
window = "5min"
halt = "5min"
[venue.collateral]
haircut = { ETH = 0.1 }
[[cohort]])",
                text);
    const Venue venue = parse(text).scenario.venues[0];
    CHECK(venue.mark.get<EmaMark::Params>().half_life_seconds == 45.0);
    CHECK(venue.impact_common.thinning->floor == 0.2);
    CHECK(venue.impact_common.cross(1, 0) == 0.3);
    const auto& tiers = venue.margin.get<TieredMargin::Params>().tiers.per_asset;
    REQUIRE(tiers.size() == 2);
    CHECK(tiers[0][1].from_notional == 50e6);
    CHECK(tiers[0][1].rate == 0.01);
    REQUIRE(venue.waterfall.size() == 2);
    CHECK(venue.waterfall[0].get<InsuranceFund::Params>().balance == 1e6);
    CHECK(venue.waterfall[1].get<AutoDeleveraging::Params>().ranking == Ranking::pro_rata);
    CHECK(venue.breaker->halt_seconds == 300.0);
    CHECK(venue.collateral.haircut.values == std::vector<double>{0.0, 0.1});
}

TEST_CASE("cohorts: distributions, positions, collateral, behaviour and entry are read") {
    std::string text = with("leverage = 10", R"(leverage = { lognormal = { median = 8, sigma = 0.7, max = 100 } }
margin = "isolated"
free_wallet = 0.1
direction = "position"
collateral = { USD = 0.8, BTC = 0.2 }
entry = { lookback = "7d" }
behaviour = { model = "top_up", delay = "10min" })");
    text = with("rate = 0.005", "rate = 0.005\nwarning = 1.5", text);
    text = with("positions = { BTC = 1.0 }", "positions = { dirichlet = 0.7, assets = [\"ETH\"] }", text);
    const Cohort cohort = parse(text).scenario.cohorts[0];
    CHECK(std::get<LogNormalDistribution>(cohort.leverage).max == 100.0);
    CHECK(cohort.margin == MarginMode::isolated);
    CHECK(cohort.direction == Direction::position);
    CHECK(cohort.collateral.cash == 0.8);
    CHECK(cohort.collateral.share.values == std::vector<double>{0.2, 0.0});
    CHECK(cohort.entry->lookback_seconds == 7 * 86'400.0);
    CHECK(cohort.behaviour.get<TopUp::Params>().delay_seconds == 600.0);
    CHECK(std::get<DirichletPositions>(cohort.positions).assets == std::vector<std::size_t>{1});

    const auto positions = [](const std::string& written) {
        return parse(with("positions = { BTC = 1.0 }", "positions = " + written)).scenario.cohorts[0].positions;
    };
    CHECK(std::get<SharedPositions>(positions("{ BTC = 0.6, ETH = -0.4 }")).share.values ==
          std::vector<double>{0.6, -0.4});
    CHECK(std::get<PickedPositions>(positions("{ pick = { ETH = 1 } }")).probability.values ==
          std::vector<double>{0.0, 1.0});
}

TEST_CASE("whole numbers: 1e4 is one, and 2^53 - 1 keeps its last digit") {
    const Scenario s = parse(with("worlds = 10", "worlds = 1e4\nseed = 9007199254740991")).scenario;
    CHECK(s.run.worlds == 10'000);
    CHECK(s.run.seed == 9'007'199'254'740'991ULL);
}

TEST_CASE("several venues: a cohort finds its venue by name") {
    std::string text = with(
        "[[cohort]]", "[[venue]]\nname = \"other\"\nimpact = { shape = \"linear\", depth = 1 }\n"
                      "margin = { rule = \"flat\", rate = 0.1 }\nliquidation = { policy = \"full\" }\n[[cohort]]");
    text = with("accounts = 100", "accounts = 100\nvenue = \"other\"", text);
    CHECK(parse(text).scenario.cohorts[0].venue == 1);
}
