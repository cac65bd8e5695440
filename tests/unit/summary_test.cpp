// Summaries: estimators against values worked out by hand, and the table that people read.
#include "sim/stats/summary.hpp"

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sim/stats/difference.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/order_statistic.hpp"
#include "tests/unit/output_support.hpp"

using namespace plunge;

namespace {

std::vector<double> one_to(int n) {
    std::vector<double> values;
    for (int i = 1; i <= n; ++i) values.push_back(i);
    return values;
}

} // namespace

TEST_CASE("order_statistic: the smallest value that covers the probability") {
    const std::vector<double> twenty = one_to(20);
    CHECK(order_statistic(twenty, 0.95) == 19.0);
    CHECK(order_statistic(twenty, 0.951) == 20.0);
    CHECK(order_statistic(twenty, 0.5) == 10.0);
    CHECK(order_statistic(twenty, 0.0) == 1.0);
    CHECK(order_statistic(twenty, 1.0) == 20.0);
    CHECK(order_statistic({7.0}, 0.99) == 7.0);
    CHECK(std::isnan(order_statistic({}, 0.5)));
    // A product p n that is whole on paper must not be rounded up to the next rank.
    for (int n = 1; n <= 2000; ++n)
        for (int k = 1; k <= n; k += 97) CHECK(order_statistic(one_to(n), static_cast<double>(k) / n) == k);
}

TEST_CASE("summarize_column: mean, standard error and quantiles of 1, 2, 3, 4") {
    const ColumnSummary summary = summarize_column({"x", "USD", "", {4.0, 2.0, 1.0, 3.0}});
    CHECK(summary.mean == 2.5);
    CHECK(summary.standard_error == doctest::Approx(std::sqrt(5.0 / 3.0 / 4.0))); // variance 5/3
    CHECK(summary.smallest == 1.0);
    CHECK(summary.largest == 4.0);
    CHECK(summary.quantiles[2] == 2.0);
    CHECK(summary.quantiles[4] == 4.0);
}

TEST_CASE("summarize_column: NaN is counted and left out") {
    const ColumnSummary summary = summarize_column({"x", "1", "", {not_a_number, 3.0, not_a_number, 5.0}});
    CHECK(summary.count == 2);
    CHECK(summary.missing == 2);
    CHECK(summary.mean == 4.0);
    CHECK(summary.quantiles[2] == 3.0);
    const ColumnSummary empty = summarize_column({"x", "1", "", {not_a_number}});
    CHECK(empty.count == 0);
    CHECK(std::isnan(empty.mean));
    CHECK(std::isnan(empty.quantiles[0]));
}

TEST_CASE("summarize_column: antithetic worlds are pairs, and perfect opposites leave no error") {
    const Column column{"x", "1", "", {1.0, -1.0, 5.0, -5.0, 2.0, -2.0}};
    CHECK(summarize_column(column, Dependence::pairs).standard_error == 0.0);
    CHECK(summarize_column(column).standard_error > 1.0);
    // Pair means 2, 4 (the third pair is not whole): standard deviation sqrt(2), over sqrt(2) pairs.
    const Column broken{"x", "1", "", {1.0, 3.0, 3.0, 5.0, not_a_number, 9.0}};
    CHECK(summarize_column(broken, Dependence::pairs).standard_error == doctest::Approx(1.0));
}

TEST_CASE("summarize_column: quasi-random worlds are as uncertain as their replications' means") {
    Column column{"x", "1", "", {}};
    // Replications 0 to 15 have means 0 to 15, whatever their worlds do.
    for (int k = 0; k < 64; ++k) column.values.push_back(k % 16 + (k / 16 % 2 == 0 ? 7.0 : -7.0));
    const ColumnSummary whole = summarize_column(column, Dependence::replications);
    CHECK(whole.mean == doctest::Approx(7.5));
    CHECK(whole.standard_error == doctest::Approx(std::sqrt(340.0 / 15.0 / 16.0))); // sum of squares 340
    // With unequal numbers of worlds the mean stays that of all worlds, and the numbers average to it.
    column.values.resize(58);
    column.values[5] = not_a_number;
    const std::vector<double> numbers = replication_values(column.values);
    CHECK(numbers.size() == 16);
    CHECK(estimate_mean(numbers).mean ==
          doctest::Approx(summarize_column(column, Dependence::replications).mean).epsilon(1e-12));
    CHECK(std::isnan(summarize_column({"x", "1", "", {3.0}}, Dependence::replications).standard_error));
    CHECK(replication_values({not_a_number}).empty());
}

TEST_CASE("make_share: Wilson intervals") {
    // Newcombe (1998), Stat. Med. 17, 857-872, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    const auto check = [](std::uint64_t count, std::uint64_t worlds, double low, double high) {
        const Share share = make_share("x", "", count, worlds);
        CHECK(std::round(share.low * 1e4) / 1e4 == low);
        CHECK(std::round(share.high * 1e4) / 1e4 == high);
    };
    check(81, 263, 0.2553, 0.3662);
    check(15, 148, 0.0624, 0.1605);
    check(0, 20, 0.0000, 0.1611);
    check(1, 29, 0.0061, 0.1718);
    CHECK(make_share("x", "", 20, 20).high == 1.0);
    CHECK_THROWS_AS(make_share("x", "", 2, 1), std::invalid_argument);
}

TEST_CASE("format_number: short, with three digits or more") {
    CHECK(format_number(0.0) == "0");
    CHECK(format_number(12.0) == "12");
    CHECK(format_number(999.0) == "999");
    CHECK(format_number(1'234'567.0) == "1.23M");
    CHECK(format_number(999'960.0) == "1.00M");
    CHECK(format_number(-45'600.0) == "-45.6k");
    CHECK(format_number(0.0123) == "0.0123");
    CHECK(format_number(2.5e9) == "2.50B");
    CHECK(format_number(1.2e-7) == "1.2e-07");
    CHECK(format_number(3e18) == "3.0e+18");
    CHECK(format_number(not_a_number) == "-");
    for (double x = 1.1e-12; x < 1e20; x *= 1.37) CHECK(format_number(-x).size() <= 8);
}

TEST_CASE("summarize: shares count worlds, and an exhausted fund needs a fund") {
    LoadedScenario loaded = test::made_up_scenario();
    RunResult result = test::made_up_result();
    for (WorldResult& world : result.worlds)
        for (VenueMetrics& venue : world.venues) {
            venue.fund_min_balance = 1.0;
            venue.adl_notional = 0.0;
        }
    result.worlds[2].venues[0].fund_min_balance = 0.0; // perp has a fund
    result.worlds[1].venues[1].fund_min_balance = 0.0; // side-venue has none
    const auto share = [](const Summary& summary, const std::string& name) -> const Share* {
        for (const Share& candidate : summary.shares)
            if (candidate.name == name) return &candidate;
        return nullptr;
    };
    const Summary summary = summarize(summary_input(loaded.scenario, result));
    REQUIRE(share(summary, "fund_exhausted") != nullptr);
    CHECK(share(summary, "fund_exhausted")->count == 1);
    CHECK(share(summary, "adl")->count == 0);
    CHECK(share(summary, "liquidation")->count == 3);
    CHECK(share(summary, "cascade")->count == 3);
    CHECK(share(summary, "open_insolvent")->count == 3);
    CHECK(summary.initial_fund_balance == 1e6);
    CHECK(summary.initial_open_interest == 1e10);

    loaded.scenario.venues[0].waterfall.clear();
    CHECK(share(summarize(summary_input(loaded.scenario, result)), "fund_exhausted") == nullptr);
}

TEST_CASE("summarize: a cascade is one that others' sales have caused, or one as large as the scenario says") {
    LoadedScenario loaded = test::made_up_scenario();
    RunResult result = test::made_up_result();
    for (std::size_t w = 0; w < result.worlds.size(); ++w)
        for (VenueMetrics& venue : result.worlds[w].venues) {
            venue.endogenous_notional = w == 1 ? 5.0 : 0.0;
            venue.largest_cascade_notional = 100.0 * static_cast<double>(w);
        }
    const auto cascades = [&] {
        for (const Share& share : summarize(summary_input(loaded.scenario, result)).shares)
            if (share.name == "cascade") return share;
        return Share{};
    };
    CHECK(cascades().count == 1);
    CHECK(cascades().long_name == "a cascade, endogenous liquidations");
    loaded.scenario.record.cascade_threshold = 100.0;
    CHECK(cascades().count == 2);
    CHECK(cascades().long_name == "a cascade, 100 USD or more");
}

TEST_CASE("summarize: values and liquidations at risk are quantiles of the whole loss and of what is liquidated") {
    const LoadedScenario loaded = test::made_up_scenario();
    RunResult result = test::made_up_result();
    for (std::size_t w = 0; w < result.worlds.size(); ++w) {
        result.worlds[w].venues[0].loss_beyond_bankruptcy = static_cast<double>(w);
        result.worlds[w].venues[1].loss_beyond_bankruptcy = 10.0;
    }
    const Summary summary = summarize(summary_input(loaded.scenario, result));
    REQUIRE(summary.risks.size() == 4);
    CHECK(summary.risks[0].name == "value_at_risk");
    CHECK(summary.risks[0].probability == 0.95);
    CHECK(summary.risks[0].value.point == 12.0);
    CHECK(std::isinf(summary.risks[1].value.high)); // three worlds say little
    CHECK(summary.risks[2].metric == "liquidated_notional");
    const auto json = nlohmann::json::parse(summary_json(summary, {}));
    CHECK(json["risk"]["value_at_risk"]["quantiles"]["0.99"]["point"] == 12.0);
    CHECK(json["risk"]["liquidations_at_risk"]["quantiles"]["0.95"]["high"].is_null());
}

TEST_CASE("the contagion matrix is shown as the mean over worlds, with what lies off its diagonal") {
    const LoadedScenario loaded = test::made_up_scenario();
    RunResult result = test::made_up_result();
    for (WorldResult& world : result.worlds) world.contagion = world.counterfactual_contagion = {};
    result.worlds[0].contagion = {6.0, 3.0, 0.0, 3.0};
    result.worlds[2].contagion = {0.0, 3.0, 0.0, 0.0};
    const Summary summary = summarize(summary_input(loaded.scenario, result));
    REQUIRE(summary.contagion);
    CHECK(summary.contagion->mean == std::vector<double>{2.0, 2.0, 0.0, 1.0});
    CHECK(ContagionSummary::share_between_assets(summary.contagion->mean) == doctest::Approx(0.4));
    const std::string text = format_summary(summary);
    CHECK(text.find("lost in BTC") != std::string::npos);
    CHECK(text.find("sold for losses in another asset: 40.00 %, without impact nothing was sold") != std::string::npos);
    const auto json = nlohmann::json::parse(summary_json(summary, {}));
    CHECK(json["contagion"]["mean"]["BTC"]["ETH"] == 2.0);
}

TEST_CASE("format_summary: fits 80 columns, names what is zero and what is missing, colours only on request") {
    const LoadedScenario loaded = test::made_up_scenario();
    RunResult result = test::made_up_result();
    for (WorldResult& world : result.worlds)
        for (VenueMetrics& venue : world.venues) venue.halts = 0;
    const Summary summary = summarize(summary_input(loaded.scenario, result));
    const std::string text = format_summary(summary);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(line.size() <= 80, line);
    CHECK(text.find("zero in every world: halts") != std::string::npos);
    CHECK(text.find("first_liquidation_step 2") != std::string::npos); // 2 of 3 worlds have one
    CHECK(text.find("min_price.BTC USD") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(format_summary(summary, true).find("\x1b[1m") != std::string::npos);
}

TEST_CASE("summary_json: every metric, NaN as null") {
    const LoadedScenario loaded = test::made_up_scenario();
    RunResult result = test::made_up_result();
    result.worlds.resize(1);
    const Provenance from{"1.2.3", "abc", 7, "of the scenario", "of the results"};
    const auto json = nlohmann::json::parse(summary_json(summarize(summary_input(loaded.scenario, result)), from));
    CHECK(json["plunge_version"] == "1.2.3");
    CHECK(json["git_commit"] == "abc");
    CHECK(json["seed"] == 7);
    CHECK(json["scenario_sha256"] == "of the scenario");
    CHECK(json["results_sha256"] == "of the results");
    CHECK(json["worlds"] == 1);
    CHECK(json["metrics"]["first_liquidation_step"]["mean"].is_null());
    CHECK(json["metrics"]["first_liquidation_step"]["missing"] == 1);
    CHECK(json["metrics"]["liquidations"]["mean"] == 1001.125 + 1101.125 - 0.25);
    CHECK(json["metrics"]["liquidations"]["standard_error"].is_null());
    CHECK(json["metrics"].size() > 40);
}
