// Baselines and checks: round trip, mistakes with their places, tests of statistics, false alarms and power.
#include "sim/stats/regression.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sim/engine/world_result.hpp"
#include "sim/scenario/load.hpp"

using namespace plunge;

namespace {

RunIdentity identity(std::uint64_t worlds, Dependence dependence = Dependence::none) {
    return {"made up", "0.1.0",    "0123abcd",           "2025-10-10T21:00:00Z", 7,
            worlds,    dependence, std::string(64, 'a'), std::string(64, 'b'),   {{"run", "0011"}, {"venue", "2233"}}};
}

// A metric of a world as cascades make it: zero in most, else lognormal.
Column cascade_column(std::mt19937_64& rng, std::size_t worlds, double share, double scale) {
    Column column{"loss", "USD", "", {}};
    for (std::size_t w = 0; w < worlds; ++w) {
        const bool happens = std::uniform_real_distribution<>()(rng) < share;
        const double size = scale * std::lognormal_distribution<>(0.0, 1.0)(rng);
        column.values.push_back(happens ? size : 0.0);
    }
    return column;
}

std::vector<Column> some_columns() {
    std::mt19937_64 rng(20251010);
    return {cascade_column(rng, 1000, 0.3, 1e6),
            {"halts", "1", "", std::vector<double>(1000, 0.0)},
            {"min_price.BTC", "USD", "", std::vector<double>(1000, 0.1)},
            {"never", "1", "", std::vector<double>(1000, not_a_number)}};
}

const StatisticCheck& statistic(const CheckReport& report, const std::string& metric, const std::string& name) {
    for (const StatisticCheck& candidate : report.statistics)
        if (candidate.metric == metric && candidate.statistic == name) return candidate;
    throw std::runtime_error("no statistic " + name + " of " + metric);
}

// The mistake of a baseline in which one part of the text is replaced.
std::string mistake(const std::string& part, const std::string& replacement) {
    std::string text = write_baseline(make_baseline(identity(1000), {}, some_columns()));
    const std::size_t at = text.find(part);
    REQUIRE(at != std::string::npos);
    text.replace(at, part.size(), replacement);
    try {
        read_baseline(text, "ci.toml");
    } catch (const ScenarioError& error) {
        return error.diagnostics().front().format();
    }
    return "none";
}

} // namespace

TEST_CASE("baseline: what is written reads back, bit for bit") {
    for (const Dependence dependence : {Dependence::none, Dependence::pairs, Dependence::replications}) {
        BaselineSettings settings;
        settings.tolerance = 0.01;
        settings.ignore = {"ignored \"metric\""};
        Baseline baseline = make_baseline(identity(1000, dependence), settings, some_columns());
        baseline.metrics[0].tolerance = 0.25;
        const std::string text = write_baseline(baseline);
        const Baseline again = read_baseline(text, "ci.toml");
        CHECK(again.metrics == baseline.metrics);
        CHECK(again.settings == baseline.settings);
        CHECK(again.run.sections == baseline.run.sections);
        CHECK(again.run.results_sha256 == baseline.run.results_sha256);
        CHECK(again.run.dependence == dependence);
        CHECK(write_baseline(again) == text);
        CHECK(check_exactly(again, some_columns(), dependence).statistics.empty());
    }
}

TEST_CASE("measure: quantiles that fall together are kept once, and none at the largest value") {
    std::vector<double> values(100, 1.0);
    for (std::size_t i = 90; i < 100; ++i) values[i] = 2.0;
    const MetricBaseline metric = measure({"x", "1", "", values}, Dependence::none);
    REQUIRE(metric.quantiles.size() == 1);
    CHECK(metric.quantiles[0].name == "q05");
    CHECK(metric.quantiles[0].above == 10);
    CHECK(metric.nonzero == 100);
    for (double& value : values) value -= 1.0;
    CHECK(measure({"x", "1", "", values}, Dependence::none).quantiles.empty()); // what lies above zero is not zero
    CHECK(measure({"x", "1", "", values}, Dependence::none).nonzero == 10);
    CHECK(measure({"x", "1", "", {2.0, 2.0, not_a_number}}, Dependence::none).constant == 2.0);
}

TEST_CASE("baseline: mistakes come with their place and what would be right") {
    CHECK(mistake("seed = 7", "seed = -7").find("must be in [0, ") != std::string::npos);
    CHECK(mistake("seed = 7", "sed = 7").find("run.seed: must be given") != std::string::npos);
    CHECK(mistake("family_error = 0.0001", "family_error = 2.0").starts_with("ci.toml:7:16: error: settings.family"));
    CHECK(mistake("mean = ", "mean = \"x\" # ").find("must be a number") != std::string::npos);
    CHECK(mistake("nonzero = ", "nonzero = 1_000_000 # ").find("must be in [0, 1000]") != std::string::npos);
    CHECK(mistake("format = 1", "format = 9").find("is not a format of this program") != std::string::npos);
    CHECK(mistake("[settings]", "[settings").starts_with("ci.toml:6:"));
    CHECK(mistake("constant = 0.1", "constant = 0.1\nconst = 1").find("unknown key") != std::string::npos);
    CHECK(mistake("seed = 7", "seed = 7") == "none");
}

TEST_CASE("check_statistics: a run held against itself has not moved") {
    const std::vector<Column> columns = some_columns();
    const Baseline baseline = make_baseline(identity(1000), {}, columns);
    const CheckReport report = check_statistics(baseline, columns, Dependence::none);
    CHECK(report.passed());
    for (const StatisticCheck& one : report.statistics) {
        CHECK(one.p_value == doctest::Approx(1.0));
        CHECK(one.standard_errors == 0.0);
    }
    CHECK(check_exactly(baseline, columns, Dependence::none).statistics.empty());
}

TEST_CASE("check_statistics: constants must match, rare events may happen") {
    const std::vector<Column> columns = some_columns();
    const Baseline baseline = make_baseline(identity(1000), {}, columns);
    std::vector<Column> now = columns;
    now[1].values[3] = 1.0; // one halt in a thousand worlds where there was none
    CHECK(check_statistics(baseline, now, Dependence::none).passed());
    for (std::size_t i = 0; i < 60; ++i) now[1].values[i] = 1.0;
    CHECK(check_statistics(baseline, now, Dependence::none).moved() == std::vector<std::string>{"halts"});
    now = columns;
    for (double& price : now[2].values) price = std::nextafter(price, 1.0);
    CHECK(check_statistics(baseline, now, Dependence::none).moved() == std::vector<std::string>{"min_price.BTC"});
    // Three worlds that agree by chance are no constant, unless they are the same worlds.
    const Baseline few = make_baseline(identity(3), {}, {{"cascades", "1", "", {1.0, 1.0, 1.0}}});
    const std::vector<Column> others{{"cascades", "1", "", {2.0, 2.0, 2.0}}};
    CHECK(check_statistics(few, others, Dependence::none, false).passed());
    CHECK_FALSE(check_statistics(few, others, Dependence::none, true).passed());
    now = columns;
    for (std::size_t i = 0; i < 60; ++i) now[3].values[i] = 5.0;
    CHECK(statistic(check_statistics(baseline, now, Dependence::none), "never", "present").moved);
}

TEST_CASE("check_statistics: missing metrics fail, new ones are named, ignored ones are neither") {
    std::vector<Column> columns = some_columns();
    Baseline baseline = make_baseline(identity(1000), {}, columns);
    columns[1].name = "stops";
    const CheckReport report = check_statistics(baseline, columns, Dependence::none);
    CHECK_FALSE(report.passed());
    CHECK(report.missing == std::vector<std::string>{"halts"});
    CHECK(report.added == std::vector<std::string>{"stops"});
    baseline.settings.ignore = {"halts", "stops"};
    CHECK(check_statistics(baseline, columns, Dependence::none).passed());
    CHECK(check_statistics(baseline, columns, Dependence::none).added.empty());
}

TEST_CASE("check_statistics: a shift within tolerance passes, one beyond it does not") {
    std::mt19937_64 rng(1);
    const std::vector<Column> columns{cascade_column(rng, 20'000, 0.8, 1.0)};
    std::vector<Column> shifted = columns;
    for (double& value : shifted[0].values) value *= 1.15;
    BaselineSettings settings;
    CHECK_FALSE(
        check_statistics(make_baseline(identity(20'000), settings, columns), shifted, Dependence::none).passed());
    settings.tolerance = 0.15;
    CHECK(check_statistics(make_baseline(identity(20'000), settings, columns), shifted, Dependence::none).passed());
    for (double& value : shifted[0].values) value *= 1.15;
    const CheckReport report = check_statistics(make_baseline(identity(20'000), settings, columns), shifted,
                                                Dependence::none);
    CHECK(statistic(report, "loss", "mean").moved);
    CHECK(statistic(report, "loss", "q50").moved);
    CHECK_FALSE(statistic(report, "loss", "nonzero").moved);
}

TEST_CASE("check_statistics: false alarms are no more than family_error allows, at few worlds of one run too") {
    // 2,000 pairs of runs of the same model at 5 %; Fisher's test and Holm's adjustment leave less.
    for (const auto& [then_worlds, now_worlds, dependence] :
         {std::tuple{200, 200, Dependence::none}, std::tuple{1000, 60, Dependence::none},
          std::tuple{200, 200, Dependence::pairs}, std::tuple{208, 208, Dependence::replications}}) {
        int alarms = 0;
        constexpr int trials = 2000;
        for (int trial = 0; trial < trials; ++trial) {
            std::mt19937_64 rng(20251010 + static_cast<std::uint64_t>(trial));
            BaselineSettings settings;
            settings.family_error = 0.05;
            const auto worlds = static_cast<std::size_t>(then_worlds);
            const Baseline baseline = make_baseline(identity(worlds, dependence), settings,
                                                    {cascade_column(rng, worlds, 0.1, 1.0)});
            const std::vector<Column> now{cascade_column(rng, static_cast<std::size_t>(now_worlds), 0.1, 1.0)};
            alarms += check_statistics(baseline, now, dependence).passed() ? 0 : 1;
        }
        INFO(then_worlds << " and " << now_worlds << " worlds: " << alarms << " alarms of " << trials);
        CHECK(alarms <= 130); // 100 expected at most; three binomial standard errors
    }
}

TEST_CASE("check_statistics: the stated shift is found about as often as stated") {
    constexpr std::size_t worlds = 500;
    constexpr int trials = 400;
    int found = 0;
    for (int trial = 0; trial < trials; ++trial) {
        std::mt19937_64 rng(20251010 + static_cast<std::uint64_t>(trial));
        Column then = cascade_column(rng, worlds, 1.0, 1.0);
        Column now = cascade_column(rng, worlds, 1.0, 1.0);
        then.name = now.name = "liquidated_notional";
        // Each tenth larger than the last: what is found with 80 % power is stated in units of the mean.
        const Baseline baseline = make_baseline(identity(worlds), {}, {then});
        const CheckReport plain = check_statistics(baseline, {then}, Dependence::none);
        REQUIRE(plain.power.size() == 1);
        CHECK(plain.power[0].worlds_needed > worlds);
        for (double& value : now.values) value += plain.power[0].detectable * baseline.metrics[0].mean;
        found += statistic(check_statistics(baseline, {now}, Dependence::none), "liquidated_notional", "mean").moved
                     ? 1
                     : 0;
    }
    // Holm's first step is Bonferroni's, which the statement is made for; the quantiles moved too, which helps.
    CHECK(found > 0.74 * trials);
    CHECK(found < 0.92 * trials);
}

TEST_CASE("check_statistics: the same worlds are compared block by block, which finds small shifts and no rounding") {
    std::mt19937_64 rng(20251010);
    const std::vector<Column> columns{cascade_column(rng, 1001, 0.8, 1.0)};
    const Baseline baseline = make_baseline(identity(1001), {}, columns);
    CHECK(baseline.metrics[0].blocks.size() == baseline_blocks);
    std::vector<Column> shifted = columns;
    for (double& value : shifted[0].values) value *= 1.02;
    CHECK(check_statistics(baseline, shifted, Dependence::none, false).passed());
    CHECK(statistic(check_statistics(baseline, shifted, Dependence::none, true), "loss", "mean").moved);
    CHECK(check_statistics(baseline, shifted, Dependence::none, true).paired);
    std::vector<Column> rounded = columns;
    for (double& value : rounded[0].values) value *= 1.0 + 1e-15;
    CHECK(check_statistics(baseline, rounded, Dependence::none, true).passed());
    // Worlds that differ for no reason are no shift: one in ten drawn again.
    int alarms = 0;
    for (int trial = 0; trial < 500; ++trial) {
        std::vector<Column> noise = columns;
        for (double& value : noise[0].values)
            if (std::uniform_real_distribution<>()(rng) < 0.1) value = cascade_column(rng, 1, 0.8, 1.0).values[0];
        Baseline loose = baseline;
        loose.settings.family_error = 0.05;
        alarms += check_statistics(loose, noise, Dependence::none, true).passed() ? 0 : 1;
    }
    // The values drawn again are of the same distribution, those replaced are this sample's: a little more than chance.
    CHECK(alarms <= 60);
    Column short_column = columns[0];
    short_column.values.resize(63);
    CHECK(measure(short_column, Dependence::none).blocks.empty());
}

TEST_CASE("check output: JSON, XML and the closing line agree") {
    const std::vector<Column> columns = some_columns();
    Baseline baseline = make_baseline(identity(1000), {}, columns);
    baseline.run.title = "fees < 1 % & \"more\"";
    std::vector<Column> now = columns;
    for (double& price : now[2].values) price = 0.2;
    const CheckNote note{"now.h5", "ci.toml", identity(1000), "Another version."};
    const CheckReport report = check_statistics(baseline, now, Dependence::none);
    const std::string text = format_check(report, baseline, note);
    CHECK(text.find("check: failed: 1 moved: min_price.BTC (") != std::string::npos);
    const auto json = nlohmann::json::parse(check_json(report, baseline, note));
    CHECK(json["passed"] == false);
    CHECK(json["moved"] == nlohmann::json::array({"min_price.BTC"}));
    const std::string xml = check_junit(report, baseline, note);
    CHECK(xml.find("tests=\"4\" failures=\"1\"") != std::string::npos);
    CHECK(xml.find("classname=\"fees &lt; 1 % &amp; &quot;more&quot;\" name=\"min_price.BTC\"") != std::string::npos);
    CHECK(xml.find("<failure type=\"moved\" message=\"constant moved by +100 % (inf standard errors)\">") !=
          std::string::npos);
    CheckReport exact = check_exactly(baseline, now, Dependence::none);
    CHECK_FALSE(exact.passed());
    CHECK(format_check(exact, baseline, note).find("results changed though nothing should have: min_price.BTC") !=
          std::string::npos);
}
