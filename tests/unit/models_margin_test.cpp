// Margin rules by numbers worked out by hand, beside what the contract tests ask of every rule.

#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "models/margin/dynamic.hpp"
#include "models/margin/registry.hpp"
#include "models/margin/slack.hpp"

namespace plunge {
namespace {

SquareMatrix pair_correlation(double rho) {
    SquareMatrix matrix = SquareMatrix::identity(2);
    matrix(0, 1) = matrix(1, 0) = rho;
    return matrix;
}

MarginContext two_assets() {
    return {.assets = 2,
            .haircut = {0.2, 0.0},
            .depth = {1e6, 4e5},
            .annual_volatility = {0.5, 1.0},
            .correlation = pair_correlation(0.6),
            .draw_returns = [](std::size_t count, double) { return std::vector<double>(2 * count, -0.1); }};
}

template <class Rule> double margin(const Rule& rule, std::vector<double> position, std::vector<double> mark) {
    return rule.maintenance(position.data(), mark.data());
}

} // namespace

TEST_CASE("portfolio_var: two assets by hand, from the market and from the venue's own assumptions") {
    // Over a quarter of a year volatilities are halved: 0.25 and 0.5. x = (100, -40):
    // variance = 25^2 + 20^2 - 2 * 0.6 * 25 * 20 = 425.
    constexpr double z = 2.3263478740408408; // 99 %
    PortfolioVarMargin::Params params;
    params.horizon_seconds = 0.25 * seconds_per_year;
    CHECK(margin(PortfolioVarMargin(params, two_assets()), {2.0, -4.0}, {50.0, 10.0}) ==
          doctest::Approx(z * std::sqrt(425.0)).epsilon(1e-12));

    params.volatility = {{0.2, 0.2}};
    params.correlation = pair_correlation(-1.0); // a perfect hedge of a long by a long
    params.concentration.per_asset = {{{.from_notional = 0.0, .rate = 0.0}, {.from_notional = 60.0, .rate = 0.5}},
                                      {{.from_notional = 0.0, .rate = 0.0}}};
    const PortfolioVarMargin rule(params, two_assets());
    CHECK(margin(rule, {1.0, 5.0}, {50.0, 10.0}) == doctest::Approx(0.0).scale(1.0).epsilon(1e-12));
    CHECK(margin(rule, {2.0, 10.0}, {50.0, 10.0}) == doctest::Approx(0.5 * 40.0).epsilon(1e-12)); // the add-on alone
    CHECK(margin(rule, {1.0, 0.0}, {50.0, 10.0}) == doctest::Approx(z * 0.1 * 50.0).epsilon(1e-12));
}

TEST_CASE("portfolio_es: the worst scenarios of a history, with the last one's fraction") {
    // One row an hour; returns over two hours overlap. Asset 0: -10 %, -20 %, +25 %, +20 %; asset 1 is flat.
    PortfolioEsMargin::Params params;
    params.horizon_seconds = 7200.0;
    params.table.seconds = {0.0, 3600.0, 7200.0, 10800.0, 14400.0, 18000.0};
    params.table.closes = {100.0, 1.0, 100.0, 1.0, 90.0, 1.0, 80.0, 1.0, 112.5, 1.0, 96.0, 1.0};
    const std::vector<double> returns = overlapping_returns(params.table, 2, params.horizon_seconds, 100);
    REQUIRE(returns.size() == 8);
    const std::vector<double> expected{-0.1, -0.2, 0.25, 0.2};
    for (std::size_t s = 0; s < 4; ++s) {
        CHECK(returns[2 * s] == doctest::Approx(expected[s]).epsilon(1e-12));
        CHECK(returns[2 * s + 1] == 0.0);
    }

    params.confidence = 0.625; // the worst 1.5 of 4: a long loses 20 % and half of 10 %
    const PortfolioEsMargin tail(params, two_assets());
    CHECK(margin(tail, {1.0, 0.0}, {1000.0, 1.0}) == doctest::Approx((200.0 + 50.0) / 1.5).epsilon(1e-12));
    CHECK(margin(tail, {-1.0, 0.0}, {1000.0, 1.0}) == doctest::Approx((250.0 + 100.0) / 1.5).epsilon(1e-12));
    CHECK(margin(tail, {0.0, 7.0}, {1000.0, 1.0}) == 0.0);

    params.measure = ScenarioMeasure::worst_case;
    CHECK(margin(PortfolioEsMargin(params, two_assets()), {1.0, 0.0}, {1000.0, 1.0}) ==
          doctest::Approx(200.0).epsilon(1e-12));

    params.scenarios = 2; // every second window
    CHECK(overlapping_returns(params.table, 2, params.horizon_seconds, 2) ==
          std::vector<double>{returns[0], 0.0, returns[4], 0.0});
    params.horizon_seconds = 20'000.0;
    CHECK_THROWS_AS(PortfolioEsMargin(params, two_assets()), std::invalid_argument);
}

TEST_CASE("portfolio_es: without a history scenarios come from the price process") {
    const PortfolioEsMargin rule({}, two_assets()); // every scenario loses 10 % of both
    CHECK(margin(rule, {3.0, 1.0}, {100.0, 50.0}) == doctest::Approx(35.0).epsilon(1e-12));
    CHECK(margin(rule, {-3.0, -1.0}, {100.0, 50.0}) == 0.0); // a gain needs no margin
}

TEST_CASE("portfolio margin: the plane above it touches it at the corner that it starts from") {
    const PortfolioVarMargin rule({}, two_assets());
    const std::vector<double> position{2.0, -3.0};
    const std::vector<double> low{50.0, 20.0};
    const std::vector<double> high{51.0, 20.5};
    std::vector<double> slope(2);
    const double base = rule.margin_plane(position.data(), low.data(), high.data(), slope.data());
    const auto plane = [&](const std::vector<double>& mark) { return base + slope[0] * mark[0] + slope[1] * mark[1]; };
    const double gap_low = plane(low) - margin(rule, position, low);
    const double gap_high = plane(high) - margin(rule, position, high);
    CHECK(std::min(std::fabs(gap_low), std::fabs(gap_high)) < 1e-9);
    CHECK(std::min(gap_low, gap_high) > -1e-9);
}

TEST_CASE("liquidity_adjusted: rates and haircuts grow with size beside depth, and stop at everything") {
    const LiquidityAdjustedMargin rule({.rate = {{0.05, 0.1}}, .scale = 2.0, .depth = {}}, two_assets());
    // n = 5e5 beside a depth of 1e6: 5 % grows by 2 * 0.5.
    CHECK(rule.maintenance(0, 5e5) == doctest::Approx(0.05 * 5e5 * 2.0).epsilon(1e-12));
    CHECK(rule.maintenance(0, -5e5) == rule.maintenance(0, 5e5));
    CHECK(rule.marginal_rate(0, 5e5) == doctest::Approx(0.05 * 3.0).epsilon(1e-12));
    // The marginal rate reaches one at 1 = 0.05 (1 + 4 n / 1e6), n = 4.75e6; beyond it all of the notional is asked
    // for.
    CHECK(rule.marginal_rate(0, 5e6) == 1.0);
    const double at_kink = 0.05 * 4.75e6 * (1.0 + 2.0 * 4.75);
    CHECK(rule.maintenance(0, 5e6) == doctest::Approx(at_kink + 0.25e6).epsilon(1e-12));
    // A haircut of 20 % on 2.5e5 of collateral is 20 % (1 + 2 * 0.25) = 30 %: a tenth more than the flat one.
    CHECK(rule.collateral_charge(0, 2.5e5) == doctest::Approx(0.1 * 2.5e5).epsilon(1e-12));
    CHECK(rule.collateral_charge(1, 2.5e5) == 0.0); // no haircut, nothing to grow
}

TEST_CASE("health_factor: Aave's example of a loan against ether") {
    // aave.com, "Liquidations": 10,000 of ETH with a threshold of 80 % against a debt of 6,000: health factor 1.333.
    const HealthFactorMargin rule({.threshold = {{0.8, 0.5}}}, two_assets());
    const std::vector<double> position{4.0, 0.0}; // 4 ETH
    const MarginView loan{.cash = -6000.0, .weight = position.data(), .position = position.data()};
    const auto health = [&](double price) { return 0.8 * 4.0 * price / 6000.0; };
    const auto is_short = [&](double price) {
        const std::vector<double> mark{price, 1.0};
        const MarginState state = margin_state(rule, loan, mark.data(), 2);
        return state.equity < state.maintenance;
    };
    CHECK(health(2500.0) == doctest::Approx(1.333).epsilon(1e-3));
    CHECK_FALSE(is_short(2500.0));
    CHECK_FALSE(is_short(1875.0 * (1.0 + 1e-9))); // health factor one
    CHECK(is_short(1875.0 * (1.0 - 1e-9)));

    // Borrowed ether is debt at its full value.
    const std::vector<double> borrowed{-1.0, 10'000.0};
    const MarginView against_asset{.cash = 0.0, .weight = borrowed.data(), .position = borrowed.data()};
    const std::vector<double> mark{5000.0, 1.0};
    const MarginState state = margin_state(rule, against_asset, mark.data(), 2);
    CHECK(state.equity == doctest::Approx(5000.0));
    CHECK(state.maintenance == doctest::Approx(5000.0)); // half of the collateral backs exactly the debt
}

TEST_CASE("dynamic margin: the factor follows volatility and the fund, within its limits") {
    const DynamicMargin by_volatility{.interval_seconds = 3600.0, .volatility = 1.0, .max = 3.0};
    CHECK(by_volatility.factor(4.0, 1.0) == doctest::Approx(2.0).epsilon(1e-14)); // twice the volatility
    CHECK(by_volatility.factor(0.25, 1.0) == 1.0);                                // calm asks for no less
    CHECK(by_volatility.factor(100.0, 1.0) == 3.0);

    const DynamicMargin by_fund{.interval_seconds = 3600.0, .depletion = 0.8, .max = 3.0};
    CHECK(by_fund.factor(4.0, 1.0) == 1.0);
    CHECK(by_fund.factor(4.0, 0.25) == doctest::Approx(1.6).epsilon(1e-14));
    CHECK(by_fund.factor(4.0, 0.0) == doctest::Approx(1.8).epsilon(1e-14));
    CHECK(by_fund.factor(4.0, 1.5) == 1.0); // fees have filled the fund beyond its start

    const DynamicMargin both{.interval_seconds = 3600.0, .volatility = 0.5, .depletion = 1.0, .max = 10.0};
    CHECK(both.factor(16.0, 0.5) == doctest::Approx(2.0 * 1.5).epsilon(1e-14));
}

} // namespace plunge
