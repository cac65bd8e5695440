// Comparisons of two runs: pairs, antithetic pairs, worlds without a value, metrics that do not vary.
#include "sim/stats/comparison.hpp"

#include <cmath>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sim/engine/world_result.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/same_paths.hpp"
#include "sim/scenario/section_digests.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

ComparedRun run_of(std::vector<Column> columns, Dependence dependence = Dependence::none) {
    const std::uint64_t worlds = columns.front().values.size();
    return {"run.h5", "made up", worlds, worlds, dependence, std::move(columns), {"1.2.3", "abc", 7, "s", "r"}};
}

const MetricComparison& metric(const Comparison& comparison, const std::string& name) {
    for (const MetricComparison& candidate : comparison.metrics)
        if (candidate.name == name) return candidate;
    throw std::runtime_error("no metric " + name);
}

} // namespace

TEST_CASE("compare_runs: pairs, zeros, constants, rounding and missing values") {
    const ComparedRun a = run_of({{"loss", "USD", "", {0.0, 0.0, 1.0, 4.0}},
                                  {"halts", "1", "", {0.0, 0.0, 0.0, 0.0}},
                                  {"sum", "USD", "", {1.0, 2.0, 3.0, 4.0}},
                                  {"first", "1", "", {not_a_number, 1.0, 2.0, 3.0}},
                                  {"never", "1", "", {not_a_number, not_a_number, not_a_number, not_a_number}},
                                  {"old", "1", "", {1.0, 2.0, 3.0, 4.0}}});
    const ComparedRun b = run_of({{"loss", "USD", "", {0.0, 0.0, 2.0, 8.0}},
                                  {"halts", "1", "", {0.0, 0.0, 0.0, 0.0}},
                                  {"sum", "USD", "", {1.0, 2.0, 3.0, 4.0}},
                                  {"first", "1", "", {0.0, not_a_number, 3.0, 5.0}},
                                  {"never", "1", "", {not_a_number, not_a_number, not_a_number, not_a_number}},
                                  {"new", "1", "", {1.0, 2.0, 3.0, 4.0}}});
    const Comparison paired = compare_runs(a, b, true, 0.95);
    const MetricComparison& loss = metric(paired, "loss");
    CHECK(loss.verdict == Verdict::compared);
    CHECK(loss.mean.difference == 1.25);
    CHECK(loss.relative == 1.0);
    CHECK(loss.differing == 2);
    CHECK(metric(paired, "halts").verdict == Verdict::same);
    CHECK(std::isnan(metric(paired, "halts").p_adjusted));
    CHECK(metric(paired, "never").verdict == Verdict::no_values);
    const MetricComparison& first = metric(paired, "first");
    CHECK(first.worlds_a == 2); // the worlds in which both have a value
    CHECK(first.worlds_b == 2);
    CHECK(first.mean.difference == 1.5);
    CHECK(paired.only_in_a == std::vector<std::string>{"old"});
    CHECK(paired.only_in_b == std::vector<std::string>{"new"});
    // Two tests were made: of loss and of first.
    CHECK(loss.p_adjusted >= loss.mean.p_value);
    CHECK(loss.p_adjusted <= 2.0 * loss.mean.p_value);

    const Comparison apart = compare_runs(a, b, false, 0.95);
    CHECK(metric(apart, "first").worlds_a == 3);
    CHECK(metric(apart, "halts").verdict == Verdict::same);
    CHECK(metric(apart, "loss").mean.standard_error > loss.mean.standard_error);

    const std::string text = format_comparison(paired, a, b);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(line.size() <= 80, line);
    CHECK(text.find("the same in every world: halts") != std::string::npos);
    CHECK(text.find("first 2") != std::string::npos);
    const auto json = nlohmann::json::parse(comparison_json(paired, a, b));
    CHECK(json["a"]["results_sha256"] == "r");
    CHECK(json["b"]["plunge_version"] == "1.2.3");
    CHECK(json["b"]["seed"] == 7);
    CHECK(json["mode"] == "paired");
    CHECK(json["metrics"]["loss"]["difference"] == 1.25);
    CHECK(json["metrics"]["never"]["mean_a"].is_null());
    CHECK(json["metrics"]["loss"]["quantiles"]["0.99"]["high"].is_null()); // four worlds bound no such quantile
}

TEST_CASE("compare_runs: rounding is no difference") {
    const ComparedRun a = run_of({{"sum", "USD", "", {1.0, 2.0, 3.0, 4.0}}});
    const ComparedRun b = run_of({{"sum", "USD", "", {1.0, 2.0, 3.0, std::nextafter(4.0, 5.0)}}});
    CHECK(metric(compare_runs(a, b, true, 0.95), "sum").verdict == Verdict::rounding);
}

TEST_CASE("compare_runs: common random numbers take the variance away that both runs share") {
    std::mt19937_64 rng(20251010);
    std::normal_distribution<> normal;
    std::vector<double> a(500);
    std::vector<double> b(500);
    for (std::size_t i = 0; i < a.size(); ++i) {
        a[i] = normal(rng);
        b[i] = a[i] + 0.1 * normal(rng);
    }
    const ComparedRun run_a = run_of({{"x", "1", "", a}});
    const ComparedRun run_b = run_of({{"x", "1", "", b}});
    const Comparison paired = compare_runs(run_a, run_b, true, 0.95);
    CHECK(metric(paired, "x").variance_ratio == doctest::Approx(0.01 / 2.0).epsilon(0.15));
    // The same worlds in the other file, only fewer: the common beginning.
    ComparedRun shorter = run_b;
    shorter.columns[0].values.resize(300);
    shorter.worlds = 300;
    const Comparison prefix = compare_runs(run_a, shorter, true, 0.95);
    CHECK(prefix.worlds_a == 300);
    CHECK(metric(prefix, "x").worlds_a == 300);
}

TEST_CASE("compare_runs: an antithetic pair is one observation") {
    const ComparedRun a = run_of({{"x", "1", "", {1.0, -1.0, 2.0, -2.0, 3.0, -3.0}}}, Dependence::pairs);
    const ComparedRun b = run_of({{"x", "1", "", {2.0, 0.0, 3.0, -1.0, 4.0, -2.0}}}, Dependence::pairs);
    const MetricComparison paired = compare_runs(a, b, true, 0.95).metrics.front();
    CHECK(paired.mean.degrees_of_freedom == 2.0);
    CHECK(paired.mean.difference == 1.0);
    CHECK(paired.mean.standard_error == 0.0);
    const MetricComparison apart = compare_runs(a, b, false, 0.95).metrics.front();
    CHECK(apart.mean.standard_error == 0.0); // all pairs have one mean
    CHECK(apart.mean.p_value == 0.0);
}

TEST_CASE("compare_runs: a replication of quasi-random worlds is one observation") {
    std::vector<double> values_a;
    std::vector<double> values_b;
    for (std::size_t k = 0; k < 64; ++k) { // differences 1, 2, ..., 16 by replication, and noise that cancels within it
        const double noise = k / 16 % 2 == 0 ? 5.0 : -5.0;
        values_a.push_back(static_cast<double>(k % 3));
        values_b.push_back(values_a.back() + static_cast<double>(k % 16 + 1) + noise);
    }
    const MetricComparison paired = compare_runs(run_of({{"x", "1", "", values_a}}, Dependence::replications),
                                                 run_of({{"x", "1", "", values_b}}, Dependence::replications), true,
                                                 0.95)
                                        .metrics.front();
    CHECK(paired.mean.degrees_of_freedom == 15.0);
    CHECK(paired.mean.difference == doctest::Approx(8.5));
    CHECK(paired.mean.standard_error == doctest::Approx(std::sqrt(340.0 / 15.0 / 16.0))); // sum of squares 340
}

TEST_CASE("path_differences: what moves the index counts, what does not does not") {
    const auto load = [](const std::vector<std::string>& changes) {
        return scenario_test::parse(scenario_test::good, changes).scenario;
    };
    const Scenario base = load({});
    CHECK(path_differences(base, load({})).empty());
    CHECK(path_differences(base, load({"venue.liquidation.fee=0.01"})).empty());
    CHECK(path_differences(base, load({"run.worlds=7"})).empty());
    const auto first = [&](const std::string& change) {
        const std::vector<std::string> reasons = path_differences(base, load({change}));
        return reasons.empty() ? std::string("nothing") : reasons.front();
    };
    CHECK(first("run.seed=99").starts_with("run.seed is "));
    CHECK(first("run.antithetic=true").starts_with("run.antithetic is "));
    CHECK(first("asset.BTC.price=1").starts_with("asset.BTC.price is "));
    CHECK(first("run.paths=sobol") == "run.paths is pseudo and sobol");
    CHECK(first("prices.volatility=0.123") == "the price processes in [prices] differ");
    CHECK(first("prices.shock=[{ at = \"0s\", log_return = -0.1 }]") == "the shocks differ");
}

TEST_CASE("section_digests: how a scenario is written does not count, what it says does") {
    const std::string text = "[run]\nworlds = 10\nseed = 1\nstep = \"1min\"\n[venue]\ndepth = 5e6 # deep\nfee = 0.01\n";
    const auto digests = section_digests(text, {});
    CHECK(digests.size() == 2);
    CHECK(digests == section_digests("[venue]\nfee = 1e-2\ndepth = 5_000_000\n[scenario]\nname = \"x\"\n"
                                     "[run]\nstep = \"1min\"\nworlds = 99\n",
                                     {}));
    CHECK_FALSE(digests == section_digests("[run]\nstep = \"1min\"\n[venue]\ndepth = 5e6\nfee = 0.02\n", {}));
    CHECK(section_digests(text, {{"a.csv", "1"}}).size() == 3);
    CHECK(section_digests(text, {{"a.csv", "1"}}) != section_digests(text, {{"a.csv", "2"}}));
    CHECK_FALSE(seed_draws_population("[[cohort]]\naccounts = 5\n"));
    CHECK(seed_draws_population("[run]\npopulation = \"shared\"\n[[cohort]]\naccounts = 5\n"));
    CHECK_FALSE(
        seed_draws_population("[run]\npopulation = \"shared\"\npopulation_seed = 2\n[[cohort]]\naccounts = 5\n"));
    CHECK_FALSE(seed_draws_population("[[cohort]]\naccounts_from = \"a.csv\"\n"));
    CHECK_FALSE(seed_draws_population("[run]\npopulation = \"resampled\"\n[[cohort]]\naccounts = 5\n"));
}

TEST_CASE("compare_runs: the bad end of minima is the low one") {
    CHECK(small_is_bad("min_price.BTC"));
    CHECK(small_is_bad("fund_min_balance"));
    CHECK(small_is_bad("first_liquidation_step"));
    CHECK(small_is_bad("fund_final_balance"));
    CHECK(!small_is_bad("shortfall"));
    CHECK(!small_is_bad("max_drawdown.BTC"));
    std::vector<double> one;
    std::vector<double> other;
    for (int i = 1; i <= 1000; ++i) {
        one.push_back(i);
        other.push_back(i <= 50 ? 0.5 * i : i); // worse at the low end alone
    }
    const ComparedRun a = run_of({{"min_price.BTC", "USD", "", one}, {"loss", "USD", "", one}});
    const ComparedRun b = run_of({{"min_price.BTC", "USD", "", other}, {"loss", "USD", "", other}});
    const Comparison comparison = compare_runs(a, b, true, 0.95);
    const MetricComparison& minimum = metric(comparison, "min_price.BTC");
    REQUIRE(minimum.quantiles.size() == 2);
    CHECK(minimum.quantiles[0].probability == 0.05);
    CHECK(minimum.quantiles[0].b - minimum.quantiles[0].a == -25.0);
    CHECK(minimum.quantiles[1].probability == 0.01);
    CHECK(minimum.quantiles[1].b - minimum.quantiles[1].a == -5.0);
    CHECK(metric(comparison, "loss").quantiles[1].probability == 0.99);
    CHECK(metric(comparison, "loss").quantiles[1].b == metric(comparison, "loss").quantiles[1].a);
}

TEST_CASE("compare_runs: shares of worlds, exact where worlds are independent") {
    // Of 100 worlds 10 lose in A; in B 2 of these do not, and 9 others do.
    std::vector<double> in_a(100, 0.0);
    std::vector<double> in_b(100, 0.0);
    for (std::size_t i = 0; i < 10; ++i) in_a[i] = 5.0;
    for (std::size_t i = 2; i < 19; ++i) in_b[i] = 3.0;
    const ComparedRun a = run_of({{"loss", "USD", "", in_a}, {"always", "USD", "", std::vector<double>(100, 1.0)}});
    const ComparedRun b = run_of({{"loss", "USD", "", in_b}, {"always", "USD", "", std::vector<double>(100, 2.0)}});
    const Comparison paired = compare_runs(a, b, true, 0.95);
    const auto& share = metric(paired, "loss").share;
    REQUIRE(share);
    CHECK(share->a == doctest::Approx(0.10));
    CHECK(share->b == doctest::Approx(0.17));
    CHECK(share->p_value == doctest::Approx(2.0 * 67.0 / 2048.0)); // 9 or more heads of 11
    CHECK(share->interval.low < 0.07);
    CHECK(share->interval.low > -0.02);
    CHECK(share->interval.high > 0.07);
    CHECK(share->interval.high < 0.17);
    CHECK(!metric(paired, "always").share); // in every world of both
    const Comparison two_samples = compare_runs(a, b, false, 0.95);
    const auto& apart = metric(two_samples, "loss").share;
    REQUIRE(apart);
    CHECK(apart->interval.low < share->interval.low); // what the worlds have in common is not known
    CHECK(apart->interval.high > share->interval.high);
    const auto json = nlohmann::json::parse(comparison_json(paired, a, b));
    CHECK(json["metrics"]["loss"]["share"]["b"] == doctest::Approx(0.17));
    CHECK(format_comparison(paired, a, b).find("% of worlds above zero") != std::string::npos);
}

TEST_CASE("format_comparison: begins with what moved") {
    std::vector<double> some;
    std::vector<double> more;
    for (int i = 0; i < 200; ++i) {
        some.push_back(100.0 + i % 7);
        more.push_back(110.0 + i % 7 + 0.001 * (i % 3));
    }
    const ComparedRun a = run_of({{"fees", "USD", "", some}, {"shortfall", "USD", "", more}, {"halts", "1", "", some}});
    const ComparedRun b = run_of({{"fees", "USD", "", more}, {"shortfall", "USD", "", some}, {"halts", "1", "", some}});
    const std::string text = format_comparison(compare_runs(a, b, true, 0.95), a, b);
    CHECK(text.find("B has more fees (+9.71 %), and less shortfall (-8.85 %); the other 1") != std::string::npos);
    CHECK(format_comparison(compare_runs(a, a, true, 0.95), a, a).find("Nothing differs: all 3 metrics") !=
          std::string::npos);
}
