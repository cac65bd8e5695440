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
    return {"made up", "grid", 1, {"depth"}, {{"venue.impact.depth"}}, {{"1000000"}, {"2e6"}, {"full"}}, paired, false};
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
