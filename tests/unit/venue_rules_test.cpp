// Rules of a venue by numbers worked out by hand, through the reader and the engine: who pays for which asset, winners
// and what the venue carries, drawdowns of funds, scripted oracles. Books are so deep that prices are the index's.
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/market.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {
namespace {

using Files = std::map<std::string, std::string>;

// One venue on a scripted path. \param rest  of the scenario, from the shocks on
WorldResult run(const std::string& assets, std::size_t minutes, const std::string& rest, const Files& files) {
    std::string text = "[scenario]\nname = \"by hand\"\n[run]\nworlds = 1\nhorizon = \"" + std::to_string(minutes) +
                       "min\"\n";
    for (const char symbol : assets) text += std::string("[[asset]]\nsymbol = \"") + symbol + "\"\nprice = 100\n";
    text += "[prices]\nmodel = \"gbm\"\nvolatility = 0\n" + rest;
    const Scenario scenario = parse_scenario(text, "by hand", {}, [&](const std::string& path) {
                                  return files.at(path);
                              }).scenario;
    const Market market{scenario};
    WorldEngine engine{market};
    WorldResult result;
    engine.run(0, result);
    return result;
}

std::string shock(const std::string& at, const std::string& move) {
    return "[[prices.shock]]\nat = \"" + at + "\"\nreturn = " + move + "\n";
}

// \param liquidation  keys of [venue.liquidation] and all sections after it
std::string venue(const std::string& liquidation, const std::string& head = "") {
    return "[[venue]]\nname = \"v\"\n" + head +
           "[venue.impact]\nshape = \"linear\"\ndepth = 1e15\n[venue.margin]\nrule = \"flat\"\nrate = 0.05\n"
           "[venue.liquidation]\n" +
           liquidation + "[[cohort]]\nname = \"c\"\naccounts_from = \"c.csv\"\n";
}

doctest::Approx by_hand(double value) { return doctest::Approx(value).epsilon(1e-9); }

} // namespace

TEST_CASE("a segregated fund pays for the asset that lost, whenever it was lost") {
    // One A and one B at 100, equity 31. A falls to 70: E = 1 < 8.5, nine tenths of both are closed, 27 realised on A.
    // A comes back, B falls to 50: E = 4 - 5 = -1. Lost on A 27 + 0, on B 0 + 5: of the shortfall of 1, A's pot pays
    // 27 / 32, and nobody the rest.
    const WorldResult result = run(
        "AB", 8,
        "[[prices.shock]]\nat = \"1min\"\nreturn = { A = -0.30 }\nrecover = { share = 1.0, over = \"1min\" }\n" +
            shock("4min", "{ B = -0.50 }") +
            venue("policy = \"slice\"\nshare = 0.9\ncooldown = \"1min\"\n[[venue.waterfall]]\n"
                  "layer = \"insurance_fund\"\nbalance = 1000\nsegregated = true\nshares = { A = 1.0, B = 0.0 }\n"),
        {{"c.csv", "account,equity,A,B\nx,31,1,1\n"}});
    const VenueMetrics& metrics = result.venues[0];
    CHECK(metrics.liquidations == 2);
    CHECK(metrics.shortfall == by_hand(1.0));
    CHECK(metrics.fund_used == by_hand(27.0 / 32.0));
    CHECK(metrics.uncovered == by_hand(5.0 / 32.0));
}

TEST_CASE("a gain realised on an asset makes up for a later loss on it, and on no other") {
    // A rises to 120 while B falls to 70: E = 11 + 20 - 30 = 1 < 9.5, half of both is closed: +10 on A, -15 on B. Then
    // A falls to 60: E = 1 + 0.5 (60 - 120) = -29. Lost on A 0.5 40 - 10 = 10, on B 15 + 15 = 30.
    const WorldResult result = run(
        "AB", 3,
        shock("1min", "{ A = 0.20, B = -0.30 }") + shock("2min", "{ A = -0.50 }") +
            venue("policy = \"slice\"\nshare = 0.5\ncooldown = \"1min\"\n[[venue.waterfall]]\n"
                  "layer = \"insurance_fund\"\nbalance = 1000\nsegregated = true\nshares = { A = 1.0, B = 0.0 }\n"),
        {{"c.csv", "account,equity,A,B\nx,11,1,1\n"}});
    const VenueMetrics& metrics = result.venues[0];
    CHECK(metrics.shortfall == by_hand(29.0));
    CHECK(metrics.fund_used == by_hand(29.0 * 10.0 / 40.0));
}

TEST_CASE("winners take over what a venue carries and could not bear to lose") {
    // A short of 100 at 100 with 800: at 110 it lacks 200, which the fund of 500 pays. The venue carries -100 from 110.
    // At 120 that has lost 1,000 and 300 are left: 70 of 100 go to the long at 110, which gives up 10 on each. Of the
    // 30 that stay a tenth is due in every step, 30 lost in each: the fund ends empty, and nothing is uncovered.
    const std::string path = shock("1min", "0.10") + shock("2min", "0.09090909090909091");
    const std::string carried = "policy = \"full\"\nexecution = \"twap\"\ntwap_over = \"10min\"\n[[venue.waterfall]]\n"
                                "layer = \"insurance_fund\"\nbalance = 500\n";
    const Files files{{"c.csv", "account,equity,A\nshort,800,-100\nlong,5000,100\n"}};
    const VenueMetrics with =
        run("A", 15, path + venue(carried + "[[venue.waterfall]]\nlayer = \"adl\"\n"), files).venues[0];
    CHECK(with.shortfall == by_hand(200.0 + 300.0));
    CHECK(with.adl_contracts == by_hand(70.0));
    CHECK(with.adl_notional == by_hand(70.0 * 120.0));
    CHECK(with.adl_pnl_given_up == by_hand(700.0));
    CHECK(with.first_adl_step == 2.0);
    CHECK(with.inventory_profit == by_hand(-300.0));
    CHECK(with.inventory_left_notional == 0.0);
    CHECK(with.fund_used == by_hand(500.0));
    CHECK(with.uncovered == 0.0);

    const VenueMetrics without = run("A", 15, path + venue(carried), files).venues[0];
    CHECK(without.inventory_profit == by_hand(-1000.0));
    CHECK(without.uncovered == by_hand(700.0));
}

TEST_CASE("a short taken over into a rise by a factor of five costs winners what the fund cannot pay") {
    // A token at 0.0095, a short of $4m with $0.5m, a thin book and a fund of $5m, as Hyperliquid met in March 2025.
    std::string text = "[scenario]\nname = \"squeeze\"\n[run]\nworlds = 1\nhorizon = \"20min\"\n[[asset]]\n"
                       "symbol = \"JELLY\"\nprice = 0.0095\n[prices]\nmodel = \"gbm\"\nvolatility = 0\n"
                       "[[prices.shock]]\nat = \"1min\"\nover = \"10min\"\nreturn = 4.0\n[[venue]]\nname = \"v\"\n"
                       "mark = \"index\"\n[venue.impact]\nshape = \"linear\"\ndepth = 1e5\n[venue.margin]\n"
                       "rule = \"flat\"\nrate = 0.1\n[venue.liquidation]\npolicy = \"full\"\nexecution = \"twap\"\n"
                       "twap_over = \"10min\"\n[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = 5e6\n"
                       "[[venue.waterfall]]\nlayer = \"adl\"\n[[cohort]]\nname = \"c\"\naccounts_from = \"c.csv\"\n";
    const std::string accounts = "account,equity,JELLY\ns,500000,-421052631.58\nx,2000000,210526315.79\n"
                                 "y,2000000,210526315.79\n";
    const Scenario scenario = parse_scenario(text, "squeeze", {}, [&](const std::string&) {
                                  return accounts;
                              }).scenario;
    const Market market{scenario};
    WorldEngine engine{market};
    WorldResult result;
    engine.run(0, result);
    CHECK(result.venues[0].uncovered == 0.0);
    CHECK(result.venues[0].adl_notional > 1e6);
    CHECK(result.venues[0].fund_used == doctest::Approx(5e6).epsilon(1e-6));
    CHECK(result.venues[0].inventory_left_notional == 0.0);
}

TEST_CASE("a drawdown of the fund brings auto-deleveraging: Bybit's example of 350,000 out of a million") {
    // The long of 10,000 with 100,000 lacks 350,000 at 55. The fund may fall by 30 %: 300,000. So 6 / 7 go to the book
    // and 1 / 7 to the short, at 90 instead of 55: it bears 50,000. After that the trigger is on. The long of 1,000
    // with 60,000 lacks 7,000 at 33: the short bears all of it, at 40 instead of 33, though the fund holds 700,000.
    const std::string path = shock("1min", "-0.45") + shock("2min", "-0.4");
    const std::string layers = "policy = \"full\"\n[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = 1e6\n"
                               "[[venue.waterfall]]\nlayer = \"adl\"\n";
    const Files files{{"c.csv", "account,equity,A\na,100000,10000\nb,60000,1000\nshort,1000000,-11000\n"}};
    const VenueMetrics metrics = run("A", 4, path + venue(layers + "trigger = \"drawdown\"\n"), files).venues[0];
    CHECK(metrics.shortfall == by_hand(300e3));
    CHECK(metrics.fund_used == by_hand(300e3));
    CHECK(metrics.fund_min_balance == by_hand(700e3));
    CHECK(metrics.adl_contracts == by_hand(10'000.0 / 7.0 + 1'000.0));
    CHECK(metrics.adl_pnl_given_up == by_hand(50e3 + 7e3));
    CHECK(metrics.uncovered == 0.0);

    const VenueMetrics empty = run("A", 4, path + venue(layers), files).venues[0]; // the fund is large enough
    CHECK(empty.adl_contracts == 0.0);
    CHECK(empty.fund_used == by_hand(357e3));
}

TEST_CASE("a drawdown is over once the most that the fund held is too long ago") {
    // As above, but the maximum is looked for over a minute: at 33, a step later, the fund's 700,000 are the maximum.
    const VenueMetrics metrics =
        run("A", 6,
            shock("1min", "-0.45") + shock("4min", "-0.4") +
                venue("policy = \"full\"\n[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = 1e6\n"
                      "[[venue.waterfall]]\nlayer = \"adl\"\ntrigger = \"drawdown\"\nover = \"1min\"\n"),
            {{"c.csv", "account,equity,A\na,100000,10000\nb,60000,1000\nshort,1000000,-11000\n"}})
            .venues[0];
    CHECK(metrics.adl_pnl_given_up == by_hand(50e3));
    CHECK(metrics.fund_used == by_hand(307e3));
}

TEST_CASE("losses socialized by position cost every contract the same, long and short") {
    // A short of 11 with 1,000 lacks 100 at 200. Longs of 7 and shorts of 4, all rich: 9.0909 a contract.
    const WorldResult result = run("A", 2,
                                   shock("1min", "1.0") +
                                       venue("policy = \"full\"\n[[venue.waterfall]]\nlayer = \"socialized_loss\"\n"
                                             "base = \"position\"\n") +
                                       "[[cohort]]\nname = \"longs\"\naccounts_from = \"longs.csv\"\n"
                                       "[[cohort]]\nname = \"shorts\"\naccounts_from = \"shorts.csv\"\n",
                                   {{"c.csv", "account,equity,A\nx,1000,-11\n"},
                                    {"longs.csv", "account,equity,A\na,100000,7\n"},
                                    {"shorts.csv", "account,equity,A\nb,100000,-4\n"}});
    CHECK(result.venues[0].socialized_loss == by_hand(100.0));
    CHECK(result.venues[0].uncovered == 0.0);
}

TEST_CASE("marks that print wrong liquidate whom traded prices would not") {
    // 10 at 100 with 200: at a mark of 80 nothing is left of it, at a price of 100 nothing is lost. Nothing but the
    // mark moved, so it is nobody's trading that did it.
    const std::string oracle = "[[venue.oracle]]\nfrom = \"3min\"\nto = \"5min\"\nfactor = 0.8\n";
    const Files files{{"c.csv", "account,equity,A\nx,200,10\n"}};
    const WorldResult wrong = run("A", 8, venue("policy = \"full\"\n" + oracle), files);
    CHECK(wrong.venues[0].liquidations == 1);
    CHECK(wrong.venues[0].first_liquidation_step == 3.0);
    CHECK(wrong.venues[0].liquidated_notional == by_hand(800.0));
    CHECK(wrong.venues[0].endogenous_notional == 0.0);
    CHECK(wrong.venues[0].shortfall == 0.0);
    CHECK(wrong.assets[0].min_price == by_hand(100.0));
    CHECK(run("A", 8, venue("policy = \"full\"\n"), files).venues[0].liquidations == 0);
    // Not of another asset.
    const Files both{{"c.csv", "account,equity,A,B\nx,200,10,0\n"}};
    CHECK(run("AB", 8, venue("policy = \"full\"\n" + oracle + "asset = \"B\"\n"), both).venues[0].liquidations == 0);
    CHECK(run("AB", 8, venue("policy = \"full\"\n" + oracle + "asset = \"A\"\n"), both).venues[0].liquidations == 1);
}

TEST_CASE("marks that stand still find an account short when they move again") {
    // A falls to 70 at 3min: with 200 the account of 10 lacks 100, seen at 7min where the oracle stands till then.
    const std::string path = shock("3min", "-0.30");
    const std::string oracle = "[[venue.oracle]]\nfrom = \"2min\"\nto = \"7min\"\nfrozen = true\n";
    const Files files{{"c.csv", "account,equity,A\nx,200,10\n"}};
    const VenueMetrics late = run("A", 10, path + venue("policy = \"full\"\n" + oracle), files).venues[0];
    CHECK(late.first_liquidation_step == 7.0);
    CHECK(late.uncovered == by_hand(100.0));
    CHECK(run("A", 10, path + venue("policy = \"full\"\n"), files).venues[0].first_liquidation_step == 3.0);
}

TEST_CASE("a position has the minimum margin however small it is") {
    // 1 at 100 with 40: M = max(30, 5). At 85 E = 25 < 30.
    const std::string text =
        shock("2min", "-0.15") +
        "[[venue]]\nname = \"v\"\n[venue.impact]\nshape = \"linear\"\ndepth = 1e15\n[venue.margin]\n"
        "rule = \"flat\"\nrate = 0.05\nminimum = 30\n[venue.liquidation]\npolicy = \"full\"\n"
        "[[cohort]]\nname = \"c\"\naccounts_from = \"c.csv\"\n";
    CHECK(run("A", 4, text, {{"c.csv", "account,equity,A\nx,40,1\n"}}).venues[0].first_liquidation_step == 2.0);
    CHECK(run("A", 4, text, {{"c.csv", "account,equity,A\nx,46,1\n"}}).venues[0].liquidations == 0);
    CHECK(run("A", 4, text, {{"c.csv", "account,equity,A\nx,29,0\n"}}).venues[0].liquidations == 0);
}

} // namespace plunge
