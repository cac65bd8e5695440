// The venue presets against the exchanges' own worked examples and recorded answers of their APIs, through the reader.
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/margin/any_rule.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {
namespace {

// The margin rule of a preset for one asset. `change` is a `--set` that puts an example's own figure in.
MarginRule rule_of(const std::string& preset, const std::string& symbol, const std::vector<std::string>& change = {}) {
    const std::string text = "[scenario]\nname = \"example\"\n[[asset]]\nsymbol = \"" + symbol +
                             "\"\nprice = 1\n[prices]\nmodel = \"gbm\"\nvolatility = 0.5\n[[venue]]\nname = \"v\"\n"
                             "preset = \"" +
                             preset +
                             "\"\n[venue.impact]\nshape = \"linear\"\ndepth = 1e6\n[[venue.waterfall]]\n"
                             "layer = \"adl\"\n[[cohort]]\nname = \"c\"\naccounts = 1\nequity = 1\nleverage = 1\n"
                             "positions = { " +
                             symbol + " = 1 }\n";
    const Scenario scenario = parse_scenario(text, "example", change, [](const std::string&) {
                                  return std::string();
                              }).scenario;
    return visit_choice(MarginModels{}, scenario.venues[0].margin, []<class Rule>(const auto& params) {
        return MarginRule(Rule(params, MarginContext{.assets = 1}));
    });
}

double maintenance(const MarginRule& rule, double notional) {
    const double one = 1.0;
    return margin_state(rule, {0.0, &one, &one}, 1.0, &notional, 1).maintenance;
}

// Wallet `cash`, one position of `quantity` from `entry`, marked at `price`.
MarginState state(const MarginRule& rule, double cash, double quantity, double entry, double price) {
    return margin_state(rule, {cash - quantity * entry, &quantity, &quantity}, 1.0, &price, 1);
}

double liquidation_price(const MarginRule& rule, double cash, double quantity, double entry, double insolvent) {
    double solvent = entry;
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (solvent + insolvent);
        const MarginState s = state(rule, cash, quantity, entry, middle);
        (s.equity >= s.maintenance ? solvent : insolvent) = middle;
    }
    return solvent;
}

} // namespace

TEST_CASE("preset binance_usdm: deductions are the maintenance amounts that Binance gives") {
    // `cum` of GET /fapi/v1/leverageBracket, as recorded in July 2025 in freqtrade's file of leverage tiers.
    struct Example {
        const char* symbol;
        std::vector<double> maintenance_amount;
    };
    const Example examples[] = {
        {"BTC",
         {0, 300, 1'500, 12'000, 132'000, 482'000, 2'982'000, 14'482'000, 26'482'000, 41'482'000, 121'482'000,
          421'482'000}},
        {"DOGE", {0, 280, 655, 6'280, 16'280, 116'280, 1'116'280, 2'116'280, 8'366'280, 33'366'280}},
        {"BNB", {0, 10, 210, 2'210, 9'710, 84'710, 834'710, 1'584'710, 6'272'210, 25'022'210}},
        {"AVAX", {0, 125, 525, 1'325, 5'325, 45'325, 445'325, 845'325, 3'345'325, 13'345'325}},
    };
    for (const Example& example : examples) {
        CAPTURE(example.symbol);
        const auto rule = std::get<TieredMargin>(rule_of("binance_usdm", example.symbol));
        REQUIRE(rule.brackets(0).size() == example.maintenance_amount.size());
        for (std::size_t j = 0; j < example.maintenance_amount.size(); ++j) {
            CAPTURE(j);
            CHECK(std::fabs(rule.brackets(0)[j].deduction - example.maintenance_amount[j]) < 0.01);
        }
    }
}

TEST_CASE("preset hyperliquid: margin tiers, and the maintenance margin of a recorded account") {
    // Hyperliquid docs, "Margin tiers": 40x to 150 million, then 20x; maintenance_deduction(n) =
    // maintenance_deduction(n - 1) + lower bound (rate(n) - rate(n - 1)); "at 20x max leverage, maintenance_margin_rate
    // = 2.5%".
    const auto btc = std::get<TieredMargin>(rule_of("hyperliquid", "BTC"));
    CHECK(btc.brackets(0)[1].rate == 0.025);
    CHECK(btc.brackets(0)[1].deduction == doctest::Approx(150e6 * (0.025 - 0.0125)).epsilon(1e-14));
    // A position of 377,667.0 at 40x has crossMaintenanceMarginUsed 4720.8375 in a recorded clearinghouseState.
    CHECK(btc.maintenance(0, 377'667.0) == doctest::Approx(4'720.8375).epsilon(1e-14));
    const auto eth = std::get<TieredMargin>(rule_of("hyperliquid", "ETH"));
    CHECK(eth.brackets(0)[1].rate == doctest::Approx(0.5 / 15.0).epsilon(1e-14));
    CHECK(maintenance(rule_of("hyperliquid", "OP"), 3e6) == doctest::Approx(150e3)); // 10x to 3 million
}

TEST_CASE("preset dydx_v4: the short of 3 ETH of dYdX's documentation") {
    // dYdX documentation, "Liquidations", isolated liquidation price: $1,000 deposited, 3 ETH sold at $3,000,
    // maintenance margin fraction 5 %: p' = (e - s p) / (|s| MMF - s) = 10,000 / 3.15.
    const MarginRule rule = rule_of("dydx_v4", "ETH", {"venue.margin.rate.ETH=0.05"});
    CHECK(liquidation_price(rule, 1'000.0, -3.0, 3'000.0, 6'000.0) == doctest::Approx(10'000.0 / 3.15).epsilon(1e-12));
    // With the fraction in force, 0.6 of 2 %.
    const MarginRule now = rule_of("dydx_v4", "ETH");
    CHECK(maintenance(now, 9'000.0) == doctest::Approx(108.0).epsilon(1e-14));
    CHECK(liquidation_price(now, 1'000.0, -3.0, 3'000.0, 6'000.0) == doctest::Approx(10'000.0 / 3.036).epsilon(1e-12));
}

TEST_CASE("preset bybit_usdt: rates and the deduction that Bybit gives, and its long of 1 BTC") {
    // Bybit, "Maintenance Margin (USDT Contract)": 0.5 % up to 2,000,000 USDT, 0.56 % at 2,600,000; `mmDeduction` of
    // the second tier in GET /v5/market/risk-limit: 1200.
    const auto rule = std::get<TieredMargin>(rule_of("bybit_usdt", "BTC"));
    CHECK(rule.maintenance(0, 2e6) == doctest::Approx(10e3).epsilon(1e-14));
    CHECK(rule.brackets(0)[1].deduction == doctest::Approx(1'200.0).epsilon(1e-12));
    CHECK(rule.maintenance(0, 2.6e6) == doctest::Approx(2.6e6 * 0.0056 - 1'200.0).epsilon(1e-14));
    // Bybit, "Liquidation Price (USDT Contract)", example 1: 1 BTC long at 20,000 with 50x is liquidated at 19,700,
    // with the maintenance margin of its value at entry, 100. Here it is that of the value at the mark: 1.51 lower.
    CHECK(maintenance(rule, 20'000.0) == doctest::Approx(100.0).epsilon(1e-14));
    CHECK(state(rule, 400.0, 1.0, 20'000.0, 19'700.0).equity == doctest::Approx(100.0).epsilon(1e-12));
    CHECK(liquidation_price(rule, 400.0, 1.0, 20'000.0, 19'000.0) == doctest::Approx(19'600.0 / 0.995).epsilon(1e-12));
}

TEST_CASE("preset bitmex_inverse: the margin of BitMEX's examples") {
    // BitMEX, "Risk Limits Examples": a position worth 180 XBT has a maintenance margin of 0.50 %, 0.90 XBT.
    const MarginRule rule = rule_of("bitmex_inverse", "BTC");
    CHECK(maintenance(rule, 180.0) == doctest::Approx(0.90).epsilon(1e-14));
    // BitMEX, "Liquidation Examples": long 1 contract at $100, liquidation price $99.50, bankruptcy price $99.00.
    CHECK(std::fabs(liquidation_price(rule, 1.0, 1.0, 100.0, 90.0) - 99.50) < 0.005);
    CHECK(state(rule, 1.0, 1.0, 100.0, 99.0).equity == doctest::Approx(0.0));
}

TEST_CASE("preset bitmex_inverse: an inverse contract with margin in bitcoin has the equity of a linear one") {
    // N contracts of one USD bought at p0: profit N (1 / p0 - 1 / p) in bitcoin.
    const double contracts = 250e3;
    const double p0 = 50e3;
    const double margin_btc = 0.2;
    for (const double p : {30e3, 45e3, 48e3, 50e3, 55e3, 80e3}) {
        const double inverse = (margin_btc + contracts * (1.0 / p0 - 1.0 / p)) * p;
        const double linear = margin_btc * p + contracts / p0 * (p - p0);
        CAPTURE(p);
        CHECK(linear == doctest::Approx(inverse).epsilon(1e-12));
    }
}

} // namespace plunge
