// Where Plunge liquidates, against the formulas and worked examples that exchanges publish.

#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "models/margin/flat.hpp"
#include "models/margin/slack.hpp"
#include "models/margin/tiers.hpp"

namespace plunge {
namespace {

struct Position {
    double quantity; // signed base
    double entry;
};

// An account with `wallet` in cash: entry costs are folded into cash, as the engine does it.
struct Account {
    double cash;
    std::vector<double> quantity;

    Account(double wallet, const std::vector<Position>& positions) : cash{wallet} {
        for (const Position& p : positions) {
            cash -= p.quantity * p.entry;
            quantity.push_back(p.quantity);
        }
    }
    MarginView view() const { return {.cash = cash, .weight = quantity.data(), .position = quantity.data()}; }
};

template <class Rule> MarginState state(const Rule& rule, const Account& account, const std::vector<double>& mark) {
    return margin_state(rule, account.view(), mark.data(), mark.size());
}

// The price of `asset` at which E = M, the others standing still: bisection between a solvent and a short price.
template <class Rule>
double liquidation_price(const Rule& rule, const Account& account, std::vector<double> mark, std::size_t asset,
                         double solvent, double insolvent) {
    for (int i = 0; i < 200; ++i) {
        mark[asset] = 0.5 * (solvent + insolvent);
        const MarginState s = state(rule, account, mark);
        (s.equity >= s.maintenance ? solvent : insolvent) = mark[asset];
    }
    return 0.5 * (solvent + insolvent);
}

FlatMargin flat(double rate) { return {{.rate = {{rate}}}, {.assets = 1}}; }

// BTCUSDT: Binance, "Updates to Leverage and Margin Tiers of Binance Futures Contracts (2021-03-18)". ETHUSDT: the
// position limits of Binance, "Leverage and Margin of USD-M Futures", in 2021, and half the initial margin rates given
// there.
TieredMargin binance_2021() {
    TieredMargin::Params params;
    params.tiers.per_asset = {{{.from_notional = 0.0, .rate = 0.004},
                               {.from_notional = 50e3, .rate = 0.005},
                               {.from_notional = 250e3, .rate = 0.01},
                               {.from_notional = 1e6, .rate = 0.025},
                               {.from_notional = 10e6, .rate = 0.05}},
                              {{.from_notional = 0.0, .rate = 0.005},
                               {.from_notional = 10e3, .rate = 0.0065},
                               {.from_notional = 100e3, .rate = 0.01},
                               {.from_notional = 500e3, .rate = 0.02},
                               {.from_notional = 1e6, .rate = 0.05},
                               {.from_notional = 2e6, .rate = 0.10},
                               {.from_notional = 5e6, .rate = 0.125}}};
    return {params, {.assets = 2}};
}

} // namespace

TEST_CASE("liquidation price: Bybit's isolated long of 1 BTC at 20,000 with 50x") {
    // Bybit, "Liquidation Price (USDT Contract)", example 1: LP = entry - (IM - MM) / size = 20,000 - (400 - 100) =
    // 19,700, with MM = 0.5 % of the value at entry. Plunge takes 0.5 % of the value at the mark, which is what is at
    // risk: E = M then falls where p = (entry - IM / size) / (1 - rate), 1.51 lower.
    const Account account(400.0, {{1.0, 20'000.0}});
    CHECK(state(flat(0.005), account, {20'000.0}).maintenance == doctest::Approx(100.0).epsilon(1e-14));
    CHECK(state(flat(0.005), account, {19'700.0}).equity == doctest::Approx(100.0).epsilon(1e-12));
    const double price = liquidation_price(flat(0.005), account, {20'000.0}, 0, 20'000.0, 19'000.0);
    CHECK(price == doctest::Approx(19'600.0 / 0.995).epsilon(1e-12));
    CHECK(19'700.0 - price == doctest::Approx(0.005 * 300.0 / 0.995).epsilon(1e-9)); // the rate on the fall from entry
}

TEST_CASE("liquidation price: Bybit's isolated short with 3,000 added to its margin") {
    // Ibid., example 2: LP = [20,000 + (400 - 100)] + 3,000 / 1 = 23,300. At the mark: (entry + margin / size) / (1 +
    // rate).
    const Account account(400.0 + 3'000.0, {{-1.0, 20'000.0}});
    CHECK(state(flat(0.005), account, {23'300.0}).equity == doctest::Approx(100.0).epsilon(1e-12));
    const double price = liquidation_price(flat(0.005), account, {20'000.0}, 0, 20'000.0, 24'000.0);
    CHECK(price == doctest::Approx(23'400.0 / 1.005).epsilon(1e-12));
    CHECK(23'300.0 - price == doctest::Approx(0.005 * 3'300.0 / 1.005).epsilon(1e-9));
}

TEST_CASE("liquidation price: Binance's cross-margin example of two USD-M contracts") {
    // Binance, "How to Calculate Liquidation Price of USD-M Futures Contracts": wallet 1,535,443.01; BTCUSDT long
    // 109.488 at 32,481.980, marked 31,967.27; ETHUSDT long 3,683.979 at 1,456.84, marked 1,335.18.
    const Account account(1'535'443.01, {{109.488, 32'481.980}, {3'683.979, 1'456.84}});
    const TieredMargin rule = binance_2021();
    const std::vector<double> mark{31'967.27, 1'335.18};

    // The maintenance amounts that the example uses come out of the brackets.
    CHECK(rule.brackets(0)[3].deduction == doctest::Approx(16'300.0).epsilon(1e-12));
    CHECK(rule.brackets(1)[5].deduction == doctest::Approx(135'365.0).epsilon(1e-12));
    CHECK(rule.maintenance(0, 109.488 * mark[0]) == doctest::Approx(71'200.81144).epsilon(1e-9));
    CHECK(rule.maintenance(1, 3'683.979 * mark[1]) == doctest::Approx(356'512.508).epsilon(1e-9));

    CHECK(std::fabs(liquidation_price(rule, account, mark, 0, mark[0], 20'000.0) - 26'316.89) < 0.005);
    CHECK(std::fabs(liquidation_price(rule, account, mark, 1, mark[1], 900.0) - 1'153.26) < 0.005);
}

TEST_CASE("liquidation price: Hyperliquid's formula") {
    // Hyperliquid docs, "Liquidations": liq_price = price - side margin_available / position_size / (1 - l side), with
    // l = 1 / maintenance leverage, half of 1 / max leverage, and margin_available = equity - maintenance margin.
    std::mt19937_64 rng(1);
    std::uniform_real_distribution<double> uniform;
    for (const double max_leverage : {40.0, 25.0, 20.0, 10.0, 5.0, 3.0}) {
        const double l = 0.5 / max_leverage;
        const FlatMargin rule = flat(l);
        for (int trial = 0; trial < 200; ++trial) {
            const double side = uniform(rng) < 0.5 ? -1.0 : 1.0;
            const double size = std::exp(10.0 * uniform(rng) - 5.0);
            const double price = std::exp(12.0 * uniform(rng) - 2.0);
            const double entry = price * (1.0 + 0.02 * (uniform(rng) - 0.5));
            const double leverage = 1.0 + 0.5 * (max_leverage - 1.0) * uniform(rng);
            const Account account(size * entry / leverage, {{side * size, entry}});
            const MarginState now = state(rule, account, {price});
            if (now.equity <= now.maintenance) continue;
            const double published = price - side * (now.equity - now.maintenance) / size / (1.0 - l * side);
            const double found = liquidation_price(rule, account, {price}, 0, price, side > 0.0 ? 0.0 : 10.0 * price);
            CAPTURE(max_leverage);
            CAPTURE(side);
            CAPTURE(leverage);
            if (published > 0.0) CHECK(found == doctest::Approx(published).epsilon(1e-10));
        }
    }
}

TEST_CASE("liquidation price: Hyperliquid's maintenance margin of recorded accounts, and its tiers") {
    // Recorded account states of BTC at 40x maximum leverage: notional over twice the maximum leverage, to the last
    // digit.
    const FlatMargin btc = flat(0.5 / 40.0);
    CHECK(btc.maintenance(0, 377'667.0) == doctest::Approx(4'720.8375).epsilon(1e-14));
    CHECK(btc.maintenance(0, 368'455.20858) == doctest::Approx(4'605.690107).epsilon(1e-9));
    CHECK(btc.maintenance(0, 4'937.99391) == doctest::Approx(61.724923).epsilon(1e-7));

    // Hyperliquid docs, "Margin tiers": 40x up to 150 million, then 20x; maintenance deduction at a tier = the one
    // below + lower bound (rate - rate below).
    const TieredMargin tiers(
        {.tiers = {{{{.from_notional = 0.0, .rate = 0.0125}, {.from_notional = 150e6, .rate = 0.025}}}}},
        {.assets = 1});
    CHECK(tiers.brackets(0)[1].deduction == doctest::Approx(1'875'000.0).epsilon(1e-14));
    CHECK(tiers.maintenance(0, 150e6) == doctest::Approx(1'875'000.0).epsilon(1e-14));
    CHECK(tiers.maintenance(0, 200e6) == doctest::Approx(3'125'000.0).epsilon(1e-14));
}

} // namespace plunge
