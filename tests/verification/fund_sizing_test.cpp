// The sized fund against a closed form: one account, one step, no impact.

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/fund_sizing.hpp"
#include "sim/scenario/load.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

// The scenario's long with 1,000 at 50 times: after a day it is worth 1,000 + 50,000 (S / S_0 - 1), and what is below
// zero is the fund's.
constexpr double equity = 1'000.0;
constexpr double notional = 50'000.0;
constexpr double volatility = 0.8;

Scenario one_account(std::uint64_t seed) {
    return load_scenario("tests/scenarios/one_account.toml", {"run.seed=" + std::to_string(seed)}).scenario;
}

// The fund that survives with probability p: the loss at the price that is undercut with probability 1 - p.
double fund_needed(double normal_quantile) {
    const double variance = volatility * volatility * seconds_per_day / seconds_per_year;
    const double fall = std::exp(-0.5 * variance - normal_quantile * std::sqrt(variance));
    return std::max(0.0, notional * (1.0 - fall) - equity);
}

SizedFund size(std::uint64_t seed, double survive, std::uint64_t worlds) {
    SizingOptions options;
    options.question.event = FundEvent::uncovered;
    options.survive = survive;
    options.worlds = options.max_worlds = worlds;
    return size_fund(one_account(seed), options);
}

} // namespace

TEST_CASE("fund sizing: the interval contains the closed form, and full runs count what it says") {
    constexpr double z_99 = 2.3263478740408408;
    constexpr double z_999 = 3.090232306167813;
    for (const auto& [survive, z] : {std::pair{0.99, z_99}, std::pair{0.999, z_999}}) {
        CAPTURE(survive);
        const SizedFund sizing = size(test::seed, survive, 20'000);
        const IntervalEstimate& value = sizing.answer.value;
        INFO("needed " << fund_needed(z) << ", sized " << value.point << " (" << value.low << " to " << value.high
                       << "), seed " << test::seed);
        CHECK(value.low <= fund_needed(z));
        CHECK(fund_needed(z) <= value.high);
        CHECK(value.point == doctest::Approx(fund_needed(z)).epsilon(0.1));
        REQUIRE(sizing.checks.size() == 3);
        for (const FundCheck& check : sizing.checks) CHECK(check.differing.empty());
        CHECK(sizing.checks[0].counted == 20'000 - sizing.answer.ranks.point);
        CHECK(sizing.checks[1].counted == 20'000 - sizing.answer.ranks.low);
        CHECK(sizing.checks[2].counted == 20'000 - sizing.answer.ranks.high);
    }
}

TEST_CASE("fund sizing: 95 % intervals of independent seeds cover the closed form as often as they say") {
    constexpr double z_95 = 1.6448536269514722;
    constexpr int sizings = 200;
    int covered = 0;
    double coverage = 0.0;
    for (int k = 0; k < sizings; ++k) {
        const SizedFund sizing = size(test::seed + static_cast<std::uint64_t>(k), 0.95, 400);
        const IntervalEstimate& value = sizing.answer.value;
        covered += value.low <= fund_needed(z_95) && fund_needed(z_95) <= value.high ? 1 : 0;
        coverage = sizing.answer.ranks.coverage;
    }
    test::check_probability("coverage", coverage, covered, sizings);
}

} // namespace plunge
