// A cascade worked out by hand: two assets, five accounts, three rounds, an exhausted fund, auto-deleveraging.
//
// Market. A at 100, B at 50. Linear books of depth 1,000 each: b = depth / (0.01 p0) = 1,000 A and 2,000 B for a move
// of one in log price. Flat maintenance margin of 5 %, everything closed, no fees, marks are the last prices. The fund
// holds 500; after it comes auto-deleveraging by queue. One step, in which the index of A falls from 100 to 95; B stays
// at 50.
//
//   account            equity   after the index move: E         M
//   1   100 A             600                       100       475   short of margin
//   2    40 A, 200 B    1,000                       800       690
//   3   400 B           1,100                     1,100     1,000
//   4  -150 B, entry 52 2,000                     2,000       375
//   5  -300 B, entry 51 3,000                     3,000       750
//
// Round 1: account 1 sells 100 A: y_A = -100 / 1,000 = -0.1.
//   average price 95 (1 - e^-0.1) / 0.1 = 90.40445287, price after 95 e^-0.1 = 85.95955471
//   cash 600 + 100 (90.40445287 - 100) = -359.55471342: the fund pays, 140.44528658 is left.
//
// Round 2: account 2 has E = 1,000 - 40 * 14.04044529 = 438.38218854 < M = 0.05 (3,438.38218854 + 10,000) =
// 671.91910943.
//   40 A: y_A -0.1 -> -0.14, average 95 (e^-0.1 - e^-0.14) / 0.04 = 84.26305876, loss 629.47764947, price 82.58903236
//   200 B: y_B 0 -> -0.1, average 50 (1 - e^-0.1) / 0.1 = 47.58129098, loss 483.74180360, price 45.24187090
//   cash 1,000 - 629.47764947 - 483.74180360 = -113.21945307: the fund pays, 27.22583352 is left.
//
// Round 3: account 3 has E = 1,100 - 400 (50 - 45.24187090) = -803.25163928 < M = 904.83741804.
//   Bankruptcy price 45.24187090 (1 + 803.25163928 / 18,096.74836072) = 47.25 = 50 - 1,100 / 400.
//   With the share l on the book, S(l) = 400 l 47.25 - 2,000 * 45.24187090 (1 - e^(-0.2 l)); S(1) = 2,498.08 > 27.23.
//   S(l) = 27.22583352 at l = 0.03164340122: 12.65736049 B go to the book, 387.34263951 B to winners at 47.25.
//   The queue at the mark of 45.24187090 (score = profit over entry, times gross notional over wealth):
//     4: 6.75812910 / 52 * 6,786.28063527 / 2,713.71936473 = 0.32500498
//     5: 5.75812910 / 51 * 13,572.56127054 / 4,427.43872946 = 0.34611504, so it is first: all of its 300 B
//   and account 4 the remaining 87.34263951. Both give up 47.25 - 45.24187090 = 2.00812910 a contract.
//   The fund is empty; nothing is uncovered. B ends at 50 e^(-0.1 - 12.65736049 / 2,000) = 44.95645368.
//
// Nobody else is short: account 4, with 62.65736049 B left, has E = 2,556.21 against M = 140.84.
//
// What was lost and what was sold: account 1 lost 100 * 5 in A and sold 9,500 of it. Account 2 had lost 40
// * 14.04044529 in A and nothing in B, and sold 3,438.38218854 of A and 10,000 of B: contagion. Account 3 lost in B and
// sold B. Of account 3's debt of 803.25163928 at the mark winners took 387.34263951 / 400: 777.83402538. All accounts
// together had 7,700, and have 2,556.20755875 + 3,825 in the end. Open interest was 140 A and 600 B.
//
// A book that holds half. Account 1 alone, in the same market but for `resting`, 50 A, over two steps; A stays at 95.
//
// Step 1, round 1: account 1 has 100 A to sell, of which the book fills 50 / 100: y_A = -50 / 1,000 = -0.05.
//   average price 95 (1 - e^-0.05) / 0.05 = 92.66409345, price after 95 e^-0.05 = 90.36679533. 50 A and no shortfall
//   are left, and E = 600 - 50 * 7.33590655 - 50 * 9.63320467 = -248.46 < M = 225.92.
// Round 2: the book has nothing left to buy: nothing is filled, and the rounds of the step are over.
// Step 2: displacements are gone (no half-life), the book holds 50 A again and takes the rest at the same prices.
//   cash 600 - 100 * 7.33590655 = -133.59065514: the fund pays.
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/impact/linear.hpp"
#include "models/liquidation/full.hpp"
#include "models/margin/flat.hpp"
#include "models/price/replay.hpp"
#include "models/waterfall/registry.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/world.hpp"
#include "tests/differential/oracle.hpp"

namespace {

using namespace plunge;

struct HandAccount {
    double equity;
    double a;
    double b;
    double entry_b;
};

constexpr HandAccount hand_accounts[] = {
    {600.0, 100.0, 0.0, 50.0},   {1000.0, 40.0, 200.0, 50.0}, {1100.0, 0.0, 400.0, 50.0},
    {2000.0, 0.0, -150.0, 52.0}, {3000.0, 0.0, -300.0, 51.0},
};

Scenario hand_scenario() {
    Scenario scenario;
    scenario.header.name = "by hand";
    scenario.run.worlds = 1;
    scenario.run.step_seconds = 60.0;
    scenario.run.horizon_seconds = 60.0;
    scenario.assets.resize(2);
    scenario.assets[0].symbol = "A";
    scenario.assets[0].price = 100.0;
    scenario.assets[1].symbol = "B";
    scenario.assets[1].price = 50.0;
    Replay::Params replay;
    replay.volatility = PerAsset{{1.0, 1.0}};
    replay.table = {{0.0, 60.0}, {100.0, 50.0, 95.0, 50.0}, ""};
    scenario.prices = replay;

    Venue venue;
    venue.name = "desk";
    venue.impact = LinearImpact::Params{PerAsset{{1000.0, 1000.0}}};
    venue.margin = FlatMargin::Params{PerAsset{{0.05, 0.05}}};
    venue.liquidation = FullLiquidation::Params{};
    venue.waterfall = {InsuranceFund::Params{500.0}, AutoDeleveraging::Params{Ranking::queue}};
    scenario.venues = {venue};

    for (const HandAccount& account : hand_accounts) {
        Cohort cohort;
        cohort.name = "account " + std::to_string(scenario.cohorts.size() + 1);
        cohort.accounts = 1;
        ExplicitAccounts rows;
        rows.label = {cohort.name};
        rows.equity = {account.equity};
        rows.position = {account.a, account.b};
        rows.entry = {100.0, account.entry_b};
        rows.collateral = {0.0, 0.0};
        cohort.explicit_accounts = rows;
        scenario.cohorts.push_back(cohort);
    }
    return scenario;
}

// The numbers of the comment above carry eight decimals.
doctest::Approx by_hand(double value) { return doctest::Approx{value}.epsilon(1e-9); }

void check_against_hand(const WorldResult& result) {
    REQUIRE(result.venues.size() == 1);
    const VenueMetrics& venue = result.venues[0];
    CHECK(venue.max_rounds == 3);
    CHECK(venue.liquidations == 3);
    CHECK(venue.liquidated_accounts == 3);
    CHECK(venue.first_liquidation_step == 1.0);
    // 100 * 95 + (40 * 85.95955471 + 200 * 50) + 400 * 45.24187090
    CHECK(venue.liquidated_notional == by_hand(41'035.13054926));
    CHECK(venue.liquidated_long_notional == by_hand(41'035.13054926));
    CHECK(venue.liquidated_short_notional == 0.0);
    // At the index prices (95, 50) only account 1 is short of margin.
    CHECK(venue.endogenous_notional == by_hand(13'438.38218854 + 18'096.74836072));
    CHECK(venue.shortfall == by_hand(359.55471342 + 113.21945307 + 27.22583352));
    CHECK(venue.fund_used == by_hand(500.0));
    CHECK(std::fabs(venue.fund_min_balance) < 1e-6);
    CHECK(std::fabs(venue.fund_final_balance) < 1e-6);
    CHECK(venue.uncovered == 0.0);
    CHECK(venue.insolvent == 0);
    CHECK(venue.adl_accounts == 2);
    CHECK(venue.first_adl_step == 1.0);
    CHECK(venue.adl_contracts == by_hand(387.34263951));
    CHECK(venue.adl_notional == by_hand(17'524.10569156));
    CHECK(venue.adl_pnl_given_up == by_hand(777.83402538));
    CHECK(venue.cascades == 1);

    CHECK(result.assets[0].min_price == by_hand(82.58903236));
    CHECK(result.assets[1].min_price == by_hand(44.95645368));
    CHECK(result.assets[0].max_drawdown == by_hand(0.1741096764));
    CHECK(result.assets[0].exogenous_max_drawdown == by_hand(0.05));
    CHECK(result.assets[1].max_drawdown == by_hand(0.1008709265));
    CHECK(std::fabs(result.assets[1].exogenous_max_drawdown) < 1e-12);
    CHECK(result.amplification == by_hand((0.1741096764 + 0.1008709265) / 0.05));

    // Accounts 1 to 3 lose all they had. Account 5 bought 300 B back at 47.25: a gain of 300 * 2.75. Account 4 gains
    // 87.34263951 * 2.75 on what was closed and 62.65736049 (50 - 44.95645368) on what it still has.
    REQUIRE(result.cohorts.size() == 5);
    CHECK(result.cohorts[0].loss == by_hand(600.0));
    CHECK(result.cohorts[1].loss == by_hand(1000.0));
    CHECK(result.cohorts[2].loss == by_hand(1100.0));
    CHECK(result.cohorts[3].loss == by_hand(-556.20755875));
    CHECK(result.cohorts[4].loss == by_hand(-825.0));
    CHECK(result.cohorts[3].adl_pnl_given_up == by_hand(175.39529596));
    CHECK(result.cohorts[4].adl_pnl_given_up == by_hand(602.43872946));

    CHECK(venue.adl_loss == by_hand(777.83402538));
    CHECK(venue.loss_beyond_bankruptcy == by_hand(500.0 + 777.83402538));
    CHECK(venue.open_insolvent_accounts == 0);
    CHECK(venue.open_loss_unpaid == 0.0);
    REQUIRE(result.contagion.size() == 4); // lost in A: sold of A, of B; lost in B
    CHECK(result.contagion[0] == by_hand(9'500.0 + 3'438.38218854));
    CHECK(result.contagion[1] == by_hand(10'000.0));
    CHECK(result.contagion[2] == 0.0);
    CHECK(result.contagion[3] == by_hand(18'096.74836072));
    CHECK(venue.contagion_notional == by_hand(10'000.0));
    CHECK(venue.contagion_share == by_hand(10'000.0 / 41'035.13054926));
    CHECK(result.assets[0].liquidated_long_notional == by_hand(12'938.38218854));
    CHECK(result.assets[1].liquidated_long_notional == by_hand(28'096.74836072));
    CHECK(result.assets[1].liquidated_short_notional == 0.0);
    CHECK(std::isnan(result.assets[0].adl_price));
    CHECK(result.assets[1].adl_notional == by_hand(17'524.10569156));
    CHECK(result.assets[1].adl_price == by_hand(47.25));
    CHECK(result.assets[0].final_price == by_hand(82.58903236));
    CHECK(result.assets[1].final_price == by_hand(44.95645368));
    CHECK(venue.fund_exhausted_step == 1.0);
    CHECK(venue.liquidation_to_exhaustion_seconds == 0.0);
    CHECK(venue.worst_step_equity_loss == by_hand(7'700.0 - 6'381.20755875));
    CHECK(venue.worst_hour_equity_loss == by_hand(7'700.0 - 6'381.20755875));
    CHECK(venue.leverage_at_start == by_hand(44'000.0 / 7'700.0));
    CHECK(venue.max_leverage == by_hand(44'000.0 / 7'700.0));
    CHECK(venue.layer_cover_at_start == by_hand(500.0 / 44'000.0));
    CHECK(std::fabs(venue.min_layer_cover) < 1e-9);

    REQUIRE(result.cascades.size() == 1);
    const Cascade& cascade = result.cascades[0];
    CHECK(cascade.rounds == 3);
    CHECK(cascade.accounts == 3);
    CHECK(cascade.shortfall == by_hand(500.0));
    // From the prices before the first sale, 95 and 50: the displacements themselves.
    CHECK(cascade.price_move[0] == by_hand(-0.14));
    CHECK(cascade.price_move[1] == by_hand(-0.1 - 12.65736049 / 2000.0));
}

std::vector<oracle::OracleRow> hand_rows(std::size_t count) {
    std::vector<oracle::OracleRow> rows;
    for (std::size_t i = 0; i < count; ++i) {
        const HandAccount& account = hand_accounts[i];
        // Entry costs are folded into cash at the scenario's prices: wealth is equity at the start.
        rows.push_back({account.equity - account.a * 100.0 - account.b * 50.0,
                        {account.a, account.b},
                        {0.0, 0.0},
                        {100.0, account.entry_b},
                        i,
                        i});
    }
    return rows;
}

Scenario half_filled_scenario() {
    Scenario scenario = hand_scenario();
    scenario.run.horizon_seconds = 120.0;
    scenario.cohorts.resize(1);
    Replay::Params replay;
    replay.volatility = PerAsset{{1.0, 1.0}};
    replay.table = {{0.0, 60.0, 120.0}, {100.0, 50.0, 95.0, 50.0, 95.0, 50.0}, ""};
    scenario.prices = replay;
    scenario.venues[0].impact_common.resting = PerAsset{{50.0, 1000.0}};
    return scenario;
}

void check_half_filled(const WorldResult& result) {
    REQUIRE(result.venues.size() == 1);
    const VenueMetrics& venue = result.venues[0];
    CHECK(venue.max_rounds == 1);
    CHECK(venue.liquidations == 2);
    CHECK(venue.liquidated_accounts == 1);
    CHECK(venue.liquidated_notional == by_hand(2.0 * 50.0 * 95.0));
    CHECK(venue.liquidated_long_notional == by_hand(2.0 * 50.0 * 95.0));
    CHECK(venue.peak_step_notional == by_hand(50.0 * 95.0));
    CHECK(venue.endogenous_notional == 0.0);
    CHECK(venue.shortfall == by_hand(133.59065514));
    CHECK(venue.fund_used == by_hand(133.59065514));
    CHECK(venue.adl_accounts == 0);
    CHECK(venue.uncovered == 0.0);
    CHECK(result.assets[0].min_price == by_hand(90.36679533));
    CHECK(result.cohorts[0].loss == by_hand(600.0));
}

} // namespace

TEST_CASE("a cascade worked out by hand: the slow implementation gives every number") {
    const Scenario scenario = hand_scenario();
    const oracle::OracleOutcome outcome = oracle::Oracle{scenario, {hand_rows(5)}}.run(0,
                                                                                       {0.0, 0.0, std::log(0.95), 0.0});
    check_against_hand(outcome.result);
    REQUIRE(outcome.events.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(outcome.events[i].row == i);
        CHECK(outcome.events[i].round == i + 1);
        CHECK(outcome.events[i].fraction == 1.0);
    }
}

TEST_CASE("a cascade worked out by hand: the engine gives every number") {
    const Market market{hand_scenario()};
    WorldEngine engine{market};
    WorldResult result;
    LiquidationLog log;
    engine.run(0, result, {.trace = nullptr, .series = nullptr, .log = &log});
    check_against_hand(result);
    REQUIRE(log.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(log[i].row == i);
        CHECK(log[i].round == i + 1);
        CHECK(log[i].fraction == 1.0);
    }
}

TEST_CASE("a book that holds half, worked out by hand: the slow implementation gives every number") {
    const Scenario scenario = half_filled_scenario();
    const double fallen = std::log(0.95);
    const oracle::OracleOutcome outcome = oracle::Oracle{scenario, {hand_rows(1)}}.run(
        0, {0.0, 0.0, fallen, 0.0, fallen, 0.0});
    check_half_filled(outcome.result);
    REQUIRE(outcome.events.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(outcome.events[i].step == i + 1);
        CHECK(outcome.events[i].round == 1);
        CHECK(outcome.events[i].fraction == 1.0);
    }
}

TEST_CASE("a book that holds half, worked out by hand: the engine gives every number") {
    const Market market{half_filled_scenario()};
    WorldEngine engine{market};
    WorldResult result;
    LiquidationLog log;
    engine.run(0, result, {.trace = nullptr, .series = nullptr, .log = &log});
    check_half_filled(result);
    REQUIRE(log.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(log[i].step == i + 1);
        CHECK(log[i].round == 1);
        CHECK(log[i].fraction == 1.0);
    }
}
