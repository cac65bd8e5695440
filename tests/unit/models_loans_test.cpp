// What keepers do with a loan, by numbers worked out by hand.

#include <vector>

#include <doctest/doctest.h>

#include "models/liquidation/close_factor.hpp"
#include "models/margin/health_factor.hpp"

namespace plunge {
namespace {

// Ether with a threshold of 80 %, and a dollar token with 90 %.
LoanClose close(const CloseFactorLiquidation& policy, double cash, std::vector<double> position,
                std::vector<double> mark) {
    const HealthFactorMargin rule({.threshold = {{0.8, 0.9}}}, {.assets = 2});
    const MarginView account{.cash = cash, .weight = position.data(), .position = position.data()};
    const MarginState state = margin_state(rule, account, mark.data(), 2);
    return policy.close(LiquidationView<HealthFactorMargin>{.rule = rule,
                                                            .account = account,
                                                            .mark = mark.data(),
                                                            .assets = 2,
                                                            .equity = state.equity,
                                                            .maintenance = state.maintenance,
                                                            .gross = state.gross,
                                                            .margin_factor = 1.0,
                                                            .fee = 0.0,
                                                            .expected_slippage = 0.0});
}

const CloseFactorLiquidation aave({.close_factor = 0.5, .full_below = 0.95, .bonus = 0.05});

} // namespace

TEST_CASE("close_factor: half the debt for collateral worth that and the bonus") {
    // 10 ETH at 2,000 against 16,500: health factor 16,000 / 16,500 = 0.97. Half of the debt is 8,250.
    const LoanClose loan = close(aave, -16'500.0, {10.0, 0.0}, {2000.0, 1.0});
    CHECK(loan.debt_share == doctest::Approx(0.5).epsilon(1e-14));
    CHECK(loan.supplied_share == doctest::Approx(8'250.0 * 1.05 / 20'000.0).epsilon(1e-14));
    CHECK_FALSE(loan.written_off);
}

TEST_CASE("close_factor: all of the debt below the second threshold") {
    // 16,000 / 17,000 = 0.941.
    const LoanClose loan = close(aave, -17'000.0, {10.0, 0.0}, {2000.0, 1.0});
    CHECK(loan.debt_share == 1.0);
    CHECK(loan.supplied_share == doctest::Approx(17'000.0 * 1.05 / 20'000.0).epsilon(1e-14));
}

TEST_CASE("close_factor: no more than what is supplied pays for") {
    // 20,000 of ether pay for 20,000 / 1.05 of 19,500 that are owed.
    const LoanClose loan = close(aave, -19'500.0, {10.0, 0.0}, {2000.0, 1.0});
    CHECK(loan.supplied_share == 1.0);
    CHECK(loan.debt_share == doctest::Approx(20'000.0 / 1.05 / 19'500.0).epsilon(1e-14));
}

TEST_CASE("close_factor: debts in assets and in quote are repaid alike") {
    // Supplied 20,000 dollar tokens; owed 5 ETH, 10,000, and 8,500: health factor 18,000 / 18,500.
    const LoanClose loan = close(aave, -8'500.0, {-5.0, 20'000.0}, {2000.0, 1.0});
    CHECK(loan.debt_share == doctest::Approx(0.5).epsilon(1e-14));
    CHECK(loan.supplied_share == doctest::Approx(9'250.0 * 1.05 / 20'000.0).epsilon(1e-14));
}

TEST_CASE("close_factor: a loan without collateral is written off") {
    const LoanClose loan = close(aave, -10.0, {-1.0, 0.0}, {2000.0, 1.0});
    CHECK(loan.written_off);
    CHECK(loan.supplied_share == 1.0);
    CHECK(loan.debt_share == 1.0);
}

} // namespace plunge
