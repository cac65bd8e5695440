// What a sweep says of numbers that are known.
#include "sim/stats/sweep_summary.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace plunge;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Base and three points of four worlds: the same shifted by one, another, and one with a world without a value.
const std::vector<Column> columns{
    {"shortfall", "USD", "shortfall", {1, 2, 3, 6, 2, 3, 4, 7, 1, 1, 5, 9, 1, nan, 3, 10}},
    {"uncovered", "USD", "uncovered", std::vector<double>(16, 0.0)},
};
const std::vector<bool> paired{true, false, true};
const SweepSettings settings{4, Dependence::none, 0.95, 1, 0};

SweepText made_up_text() {
    return {"made up", "grid", 1, {"depth"}, {{"venue.impact.depth"}}, {{"1000000"}, {"2e6"}, {"full"}},
            paired,    false,  ""};
}

} // namespace

TEST_CASE("summarize_sweep: means, and differences world by world or of two samples") {
    const std::vector<SweepMetric> metrics = summarize_sweep(columns, paired, settings);
    REQUIRE(metrics.size() == 2);
    const SweepMetric& shortfall = metrics.front();
    CHECK(shortfall.base.mean == 3.0);
    CHECK(shortfall.base.standard_error == doctest::Approx(std::sqrt(14.0 / 3.0 / 4.0)));
    REQUIRE(shortfall.points.size() == 3);
    // A shift by a constant is known exactly.
    CHECK(shortfall.points[0].difference == 1.0);
    CHECK(shortfall.points[0].difference_standard_error == 0.0);
    CHECK(shortfall.points[0].difference_interval.low == 1.0);
    // Two samples: the errors of both means.
    const double both = std::hypot(shortfall.base.standard_error, shortfall.points[1].standard_error);
    CHECK(shortfall.points[1].difference == 1.0);
    CHECK(shortfall.points[1].difference_standard_error == doctest::Approx(both));
    // Paired, of the worlds that have a value in both: 0, 0 and 4.
    CHECK(shortfall.points[2].count == 3);
    CHECK(shortfall.points[2].mean == doctest::Approx(14.0 / 3.0));
    CHECK(shortfall.points[2].difference == doctest::Approx(4.0 / 3.0));
    CHECK(shortfall.points[2].difference_standard_error == doctest::Approx(4.0 / 3.0));
    CHECK_THROWS_AS(summarize_sweep(columns, {true}, settings), std::invalid_argument);
}

TEST_CASE("summarize_sweep: antithetic pairs are one observation, a single world has no error") {
    SweepSettings pairs = settings;
    pairs.dependence = Dependence::pairs;
    const std::vector<SweepMetric> metrics = summarize_sweep(columns, paired, pairs);
    CHECK(metrics[0].base.mean == 3.0);
    CHECK(metrics[0].base.standard_error == doctest::Approx(1.5)); // of 1.5 and 4.5
    CHECK(metrics[0].points[2].mean == doctest::Approx(14.0 / 3.0));
    CHECK(std::isnan(metrics[0].points[2].difference)); // one whole pair
    const std::vector<SweepMetric> single = summarize_sweep({{"x", "1", "x", {1.0, 2.0}}}, {true},
                                                            {1, Dependence::none, 0.95, 1, 0});
    CHECK(single[0].points[0].mean == 2.0);
    CHECK(std::isnan(single[0].points[0].standard_error));
    CHECK(std::isnan(single[0].points[0].difference));
}

TEST_CASE("summarize_sweep: indices of the means at the points of Saltelli's design") {
    // Rows of one factor: A, B, A_B; a linear function of one factor is all first order.
    const Column column{"x", "1", "x", {0, 1, 2, 2, 3, 5, 5, 7, 4, 4}};
    const std::vector<SweepMetric> metrics = summarize_sweep({column}, std::vector<bool>(9, true),
                                                             {1, Dependence::none, 0.95, 1, 1});
    REQUIRE(metrics[0].indices.size() == 1);
    CHECK(metrics[0].indices[0].total.point > 0.0);
    CHECK(metrics[0].indices[0].total.low <= metrics[0].indices[0].total.point);
}

TEST_CASE("format_sweep: a line per point, the base first, and what is zero named once") {
    const std::vector<SweepMetric> metrics = summarize_sweep(columns, paired, settings);
    const std::string table = format_sweep(made_up_text(), metrics, settings);
    CHECK(table.find("grid: 3 points and the scenario itself (base), 4 worlds each, seed 1.") != std::string::npos);
    CHECK(table.find("2 points have the base's index paths") != std::string::npos);
    CHECK(table.find("\n  base ") != std::string::npos);
    CHECK(table.find("\n  1000000 ") != std::string::npos);
    // Columns stand under their metric.
    CHECK(table.find("\n  per world         shortfall USD\n  depth") != std::string::npos);
    CHECK(table.find("\n  point - base      shortfall USD\n  depth        difference    s.e.\n") != std::string::npos);
    CHECK(table.find("zero at every point: uncovered") != std::string::npos);
    for (std::size_t begin = 0; begin < table.size(); begin = table.find('\n', begin) + 1)
        CHECK(table.find('\n', begin) - begin <= 80);
}

TEST_CASE("sweep_json: every point with its values, nothing that is not finite") {
    const std::vector<SweepMetric> metrics = summarize_sweep(columns, paired, settings);
    const auto json = nlohmann::json::parse(
        sweep_json(made_up_text(), metrics, settings, {"1.2.3", "abc", 7, "", "d"}));
    CHECK(json["plunge_version"] == "1.2.3");
    CHECK(json["results_sha256"] == "d");
    CHECK(json["points"].size() == 3);
    CHECK(json["points"][0]["values"]["depth"] == 1e6);
    CHECK(json["points"][2]["values"]["depth"] == "full");
    CHECK(json["points"][0]["metrics"]["shortfall"]["difference"] == 1.0);
    CHECK(json["base"]["shortfall"]["mean"] == 3.0);
    CHECK_FALSE(json.contains("indices"));
}

TEST_CASE("summarize_sweep: shares and quantiles are outputs too, with differences and indices of their own") {
    // 1,000 worlds of the base and a point that has every loss doubled from the 901st world on, and fewer zeros.
    Column losses{"shortfall", "USD", "shortfall", {}};
    for (int i = 0; i < 1000; ++i) losses.values.push_back(i < 500 ? 0.0 : i);
    for (int i = 0; i < 1000; ++i) losses.values.push_back(i < 400 ? 0.0 : i < 900 ? i : 2.0 * i);
    const SweepSettings of_many{1000, Dependence::none, 0.95, 1, 0};
    const auto metrics = summarize_sweep(
        {losses}, {true}, of_many,
        {{0, *parse_statistic("share"), "shortfall.share"}, {0, *parse_statistic("q99"), "shortfall.q99"}});
    REQUIRE(metrics.size() == 2);
    const SweepMetric& share = metrics[0];
    CHECK(share.name == "shortfall.share");
    CHECK(share.units == "1");
    CHECK(share.base.mean == doctest::Approx(0.5));
    CHECK(share.points[0].mean == doctest::Approx(0.6));
    CHECK(share.points[0].difference == doctest::Approx(0.1));
    CHECK(share.points[0].difference_standard_error == doctest::Approx(std::sqrt(0.1 * 0.9 / 999.0)));
    const SweepMetric& quantile = metrics[1];
    CHECK(quantile.units == "USD");
    CHECK(quantile.base.mean == 989.0);
    CHECK(quantile.points[0].mean == 1978.0);
    CHECK(quantile.points[0].difference == 989.0);
    CHECK(quantile.points[0].difference_interval.low < 989.0);
    CHECK(quantile.points[0].difference_interval.high > 989.0);
    CHECK(quantile.base.standard_error > 0.0);
    CHECK(usual_outputs({losses}).back().name == "shortfall.q99");
    CHECK(mean_outputs({losses}).size() == 1);
}

TEST_CASE("format_sweep: of Saltelli's design the indices come first") {
    Column column{"shortfall", "USD", "shortfall", {0, 1, 2, 2, 3, 5, 5, 7, 4, 4}};
    const SweepSettings saltelli{1, Dependence::none, 0.95, 1, 1};
    SweepText text{"made up", "saltelli", 1, {"depth"}, {{"venue.impact.depth"}}, {}, {}, false, ""};
    for (int i = 0; i < 9; ++i) text.values.push_back({std::to_string(i)});
    text.paired.assign(9, true);
    const std::string table = format_sweep(text, summarize_sweep({column}, text.paired, saltelli), saltelli);
    const std::size_t indices = table.find("total");
    REQUIRE(indices != std::string::npos);
    CHECK(indices < table.find("per world"));
}

TEST_CASE("parse_statistic: mean, share and quantiles by their digits") {
    CHECK(parse_statistic("mean")->kind == Statistic::Kind::mean);
    CHECK(parse_statistic("share")->kind == Statistic::Kind::share);
    CHECK(parse_statistic("q999")->probability == 0.999);
    CHECK(parse_statistic("q5")->probability == 0.5);
    for (const char* wrong : {"", "q", "q0", "p99", "median", "q9x"}) CHECK(!parse_statistic(wrong));
}
