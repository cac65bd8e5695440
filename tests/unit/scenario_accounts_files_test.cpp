// Files of explicit accounts: what they hold means what exchanges mean by it.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/run.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::mistakes;
using scenario_test::parse;
using scenario_test::with;

namespace {

InputReader accounts_file(const std::string& text) {
    return [text](const std::string& /*path*/) { return text; };
}

// BTC at 100, ETH at 10, accounts of a file.
std::string desk(const std::string& more = "") {
    std::string text = with("accounts = 100\nequity = 1_000\nleverage = 10\npositions = { BTC = 1.0 }\n",
                            "accounts_from = \"desk.csv\"\n" + more);
    text = with("price = 100_000", "price = 100\naliases = [\"BTC/USDT:USDT\", \"BTC-PERP\"]", text);
    return with("price = 4_000", "price = 10\naliases = { kETH = 1000 }", text);
}

const std::string isolated = "margin = \"isolated\"\n";
const std::string net = "both_sides = \"net\"\n";

LoadedScenario load(const std::string& csv, const std::string& more = "") {
    return parse(desk(more), {}, accounts_file(csv));
}

ExplicitAccounts accounts(const std::string& csv, const std::string& more = "") {
    return *load(csv, more).scenario.cohorts[0].explicit_accounts;
}

std::vector<Diagnostic> refused(const std::string& csv, const std::string& more = "") {
    return mistakes(desk(more), {}, accounts_file(csv));
}

// What is short where BTC falls by half at once and everything is closed at that price.
double shortfall(const std::string& csv, const std::string& more = "") {
    std::string text = with("volatility = 0.6", "volatility = 0\n[[prices.shock]]\nat = \"30s\"\nreturn = -0.5",
                            desk(more));
    text = with("depth = 1e6", "depth = 1e15", text);
    text = with("worlds = 10", "worlds = 1", text);
    text = with("horizon = \"1h\"", "horizon = \"10min\"", text);
    return run_worlds(Market(parse(text, {}, accounts_file(csv)).scenario), {.threads = 1})
        .worlds[0]
        .venues[0]
        .uncovered;
}

} // namespace

TEST_CASE("accounts files: equity is wealth now, to a wallet balance unrealised profit and collateral are added") {
    CHECK(accounts("account,equity,BTC,entry_BTC\na,10,1,200\n").equity[0] == 10.0);
    CHECK(accounts("account,equity,BTC,entry_BTC\na,10,1,90\n").equity[0] == 10.0);
    CHECK(accounts("account,wallet_balance,BTC,entry_BTC\na,10,1,200\n").equity[0] == -90.0);
    CHECK(accounts("account,wallet_balance,BTC,entry_BTC\na,10,1,90\n").equity[0] == 20.0);
    CHECK(accounts("account,wallet_balance,BTC,entry_BTC,collateral_ETH\na,10,-1,90,2\n").equity[0] == 20.0);
    CHECK(
        load("account,wallet_balance,BTC,entry_BTC\na,10,1,200\nb,10,1,90\n").told ==
        std::vector<std::string>{"desk.csv: 2 accounts, wealth -70 USD at the scenario's prices, unrealised profit of "
                                 "-90 USD added to wallet balances; 1 account below zero, by 90 USD"});
}

TEST_CASE("accounts files: exactly one of equity and wallet_balance, which needs entry prices") {
    const auto message = [](const std::string& csv) {
        const auto found = refused(csv);
        REQUIRE(found.size() == 1);
        return found[0].message;
    };
    CHECK(message("account,BTC\na,1\n").find("or wallet_balance\nequity: all that the account is worth now") !=
          std::string::npos);
    CHECK(message("account,equity,wallet_balance,BTC\na,1,1,1\n").find("not both") != std::string::npos);
    CHECK(message("account,wallet_balance,BTC\na,1,1\n").find("must be given beside wallet_balance") !=
          std::string::npos);
    CHECK(message("account,wallet_balance,BTC,entry_BTC\na,1,1,\n") ==
          "an entry price is needed beside wallet_balance");
}

TEST_CASE("accounts files: what insolvent accounts lack is a shortfall of that size") {
    // -251.3 at 100, and a fall by 50 before it is closed.
    CHECK(shortfall("account,equity,BTC\na,-251.3,1\n") == doctest::Approx(301.3));
    CHECK(shortfall("account,equity,BTC\na,-251.3,1\nb,1000,-1\n") == doctest::Approx(301.3));
    CHECK(shortfall("account,equity,BTC,ETH\na,-251.3,1,1\n", isolated) == doctest::Approx(301.3 + 5.0));
    CHECK(shortfall("account,wallet_balance,BTC,entry_BTC\na,10,1,200\n") == doctest::Approx(140.0));
    const auto found = refused("account,equity,BTC\na,-1,0\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].format().find("desk.csv:2:3: error: equity = -1: this account owes money and has no position") == 0);
}

TEST_CASE("accounts files: a label that begins with a hash is an error, in quotes a label") {
    const auto found = refused("account,equity,BTC\n#1001,10,1\n#1002,10,1\n1003,10,1\n");
    REQUIRE(found.size() == 2);
    CHECK(found[0].line == 2);
    CHECK(found[0].key == "account");
    CHECK(found[0].message.find("must stand in double quotes") != std::string::npos);
    CHECK(accounts("account,equity,BTC\n\"#1001\",10,1\n1003,10,1\n").label ==
          std::vector<std::string>{"#1001", "1003"});
}

TEST_CASE("accounts files: a row for each position is the same as a row for each account") {
    const ExplicitAccounts wide = accounts(
        "account,equity,BTC,ETH,entry_BTC,collateral_ETH\na,100,2,-5,90,3\nb,50,-1,,,\n");
    const ExplicitAccounts rows = accounts(",account,symbol,size,entry,equity,collateral\n"
                                           "0,a,BTC-PERP,2,90,100,\n1,b,BTC,-1,,50,\n2,a,ETH,-5,,,3\n");
    CHECK(rows.label == wide.label);
    CHECK(rows.equity == wide.equity);
    CHECK(rows.position == wide.position);
    CHECK(rows.entry == wide.entry);
    CHECK(rows.collateral == wide.collateral);
    const ExplicitAccounts sides = accounts("account,symbol,side,size,entry,equity,collateral\na,BTC,LONG,2,90,100,\n"
                                            "a,ETH,short,-5,,100,3\nb,BTC,SELL,1,,50,\n");
    CHECK(sides.position == wide.position);
}

TEST_CASE("accounts files: mistakes in rows for each position have their place") {
    const auto found = refused(
        "account,symbol,size,entry,equity\na,DOGE,1,,1\nb,BTC,x,,1\nc,BTC,1,,2\nc,ETH,1,,3\nd,BTC,1,,\n");
    REQUIRE(found.size() == 3);
    CHECK(found[0].format().find("desk.csv:2:3: error: symbol = DOGE: there is no such asset\n    (known: BTC, "
                                 "BTC/USDT:USDT, BTC-PERP, ETH, kETH") == 0);
    CHECK(found[1].line == 3);
    CHECK(found[2].message == "line 4 says 2 of this account");
    const auto without = refused("account,symbol,size,equity\nd,BTC,1,\n");
    REQUIRE(without.size() == 1);
    CHECK(without[0].message == "must be given in one row of the account");
    CHECK(refused("account,symbol,side,size,equity\na,BTC,long,-1,1\n").size() == 1);
    CHECK(refused("account,symbol,side,size,equity\na,BTC,up,1,1\n").size() == 1);
}

TEST_CASE("accounts files: aliases of several units scale quantities and prices") {
    const ExplicitAccounts wide = accounts("account,equity,BTC/USDT:USDT,kETH,entry_kETH\na,100,1,2,8000\n");
    CHECK(wide.position == std::vector<double>{1.0, 2000.0});
    CHECK(wide.entry == std::vector<double>{100.0, 8.0});
    CHECK(refused("account,equity,BTC,BTC-PERP\na,100,1,2\n").size() == 1);
    const auto twice = mistakes(with("aliases = { kETH = 1000 }", "aliases = [\"BTC-PERP\"]", desk()), {},
                                accounts_file("account,equity,BTC\na,1,1\n"));
    REQUIRE(twice.size() == 1);
    CHECK(twice[0].message == "\"BTC-PERP\" is asset BTC already");
}

TEST_CASE("accounts files: rows of one side add up at their average entry") {
    const ExplicitAccounts rows = accounts(
        "account,symbol,size,entry,wallet_balance\na,BTC,1,80,50\na,BTC-PERP,3,120,\n");
    CHECK(rows.position[0] == 4.0);
    CHECK(rows.entry[0] == doctest::Approx(110.0));
    CHECK(rows.equity[0] == doctest::Approx(50.0 + 20.0 - 60.0));
    CHECK(refused("account,symbol,size,entry,equity\na,BTC,1,80,50\na,BTC-PERP,3,120,\n", isolated).size() == 1);
}

TEST_CASE("accounts files: long and short of one asset is refused, or netted where the cohort says so") {
    const std::string hedged = "account,symbol,size,entry,wallet_balance\na,BTC,3,80,50\na,BTC,-1,120,\n";
    const auto found = refused(hedged);
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 3);
    CHECK(found[0].message.find("both_sides = \"net\"") != std::string::npos);
    CHECK(refused(hedged, isolated + net).size() == 1);
    const LoadedScenario loaded = load(hedged, net);
    const ExplicitAccounts& rows = *loaded.scenario.cohorts[0].explicit_accounts;
    CHECK(rows.position[0] == 2.0);
    CHECK(rows.entry[0] == 80.0);                                 // of the side that stays
    CHECK(rows.equity[0] == doctest::Approx(50.0 + 60.0 + 20.0)); // what both sides have gained
    CHECK(loaded.told.front().find("1 position netted against its opposite") != std::string::npos);
    // Wealth at 50: 130 - 2 x 50.
    CHECK(shortfall("account,symbol,size,entry,wallet_balance\na,BTC,3,80,-50\na,BTC,-1,120,\n", net) ==
          doctest::Approx(70.0));
}
