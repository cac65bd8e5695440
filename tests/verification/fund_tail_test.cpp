// The fund sized far into the tail against a closed form, and against plain sizing where that reaches.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "sim/driver/fund_tail.hpp"
#include "sim/scenario/load.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

// tests/scenarios/one_account.toml: a long with 1,000 at 50 times, one step of a day, no impact.
double fund_needed(double normal_quantile) {
    constexpr double volatility = 0.8;
    const double variance = volatility * volatility * seconds_per_day / seconds_per_year;
    const double fall = std::exp(-0.5 * variance - normal_quantile * std::sqrt(variance));
    return 50'000.0 * (1.0 - fall) - 1'000.0;
}

SizingOptions options_for(double survive, std::uint64_t worlds) {
    SizingOptions options;
    options.question.event = FundEvent::uncovered;
    options.survive = survive;
    options.worlds = options.max_worlds = worlds;
    return options;
}

} // namespace

TEST_CASE("fund tail: at 99.9999 % the interval covers the closed form as often as it says") {
    constexpr double z = 4.753424308822899;
    constexpr int sizings = 200;
    int covered = 0;
    double widest = 0.0;
    for (int k = 0; k < sizings; ++k) {
        const Scenario scenario = load_scenario(
                                      "tests/scenarios/one_account.toml",
                                      {"run.seed=" + std::to_string(test::seed + static_cast<std::uint64_t>(k))})
                                      .scenario;
        const TailSizing sizing = size_fund_tail(scenario, options_for(0.999999, 1'000));
        REQUIRE(sizing.laws.reached);
        REQUIRE(sizing.critical.size() == 1'000);
        REQUIRE(sizing.checks.size() == 1);
        CHECK(sizing.checks[0].differing == 0);
        CHECK(sizing.checks[0].probability <= 1e-6);
        covered += sizing.fund.low <= fund_needed(z) && fund_needed(z) <= sizing.fund.high ? 1 : 0;
        widest = std::max(widest, (sizing.fund.high - sizing.fund.low) / fund_needed(z));
    }
    MESSAGE("needed ", fund_needed(z), ", covered ", covered, " of ", sizings, ", widest interval ", 100.0 * widest,
            " %");
    CHECK(covered >= 177); // 95 % of 200 less four standard errors
    CHECK(widest < 0.1);   // counting would need millions of worlds for an upper end at all
}

TEST_CASE("fund tail: agrees with plain sizing, jumps and cascades included, at any number of threads") {
    const Scenario scenario = load_scenario("tests/scenarios/busy.toml", {"run.horizon=4h"}).scenario;
    SizingOptions options = options_for(0.98, 400);
    options.question.event = FundEvent::adl;
    const TailSizing tail = size_fund_tail(scenario, options);
    REQUIRE(tail.checks.size() == 1);
    CHECK(tail.checks[0].differing == 0);
    options.threads = 1;
    const TailSizing again = size_fund_tail(scenario, options);
    CHECK(again.fund.point == tail.fund.point);
    CHECK(again.fund.high == tail.fund.high);
    options.worlds = options.max_worlds = 4'000;
    options.verify = false;
    const SizedFund plain = size_fund(scenario, options);
    CHECK(tail.fund.low <= plain.answer.value.high);
    CHECK(plain.answer.value.low <= tail.fund.high);
    CHECK(tail.fund.point > 0.0);
}

TEST_CASE("fund tail: more worlds are drawn until the interval is as narrow as asked, in whole turns") {
    const Scenario scenario = load_scenario("tests/scenarios/one_account.toml", {}).scenario;
    SizingOptions options = options_for(0.9999, 50);
    options.precision = 0.02;
    options.max_worlds = 10'000;
    options.verify = false;
    const TailSizing sizing = size_fund_tail(scenario, options);
    CHECK(sizing.precise);
    CHECK(sizing.critical.size() > 60);
    CHECK(sizing.critical.size() % LawMixture::turns == 0);
    CHECK(sizing.checks.empty());
    options.max_worlds = options.worlds;
    CHECK_FALSE(size_fund_tail(scenario, options).precise);
}

TEST_CASE("fund tail: where margins rise as the fund is used up a draw is not the fund that is needed") {
    Scenario scenario = load_scenario("tests/scenarios/one_account.toml", {}).scenario;
    scenario.venues[0].margin_common.dynamic.emplace();
    scenario.venues[0].margin_common.dynamic->depletion = 1.0;
    CHECK_THROWS_AS(size_fund_tail(scenario, options_for(0.99, 100)), std::invalid_argument);
}

} // namespace plunge
