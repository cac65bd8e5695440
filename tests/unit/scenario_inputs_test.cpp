#include <doctest/doctest.h>

#include "models/price/replay.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::good;
using scenario_test::mistakes;
using scenario_test::parse;
using scenario_test::with;

namespace {

const std::string with_accounts = with("accounts = 100\nequity = 1_000\nleverage = 10\npositions = { BTC = 1.0 }\n",
                                       "accounts_from = \"desk.csv\"\n");

InputReader file_of(const std::string& text) {
    return [text](const std::string& /*path*/) { return text; };
}

} // namespace

TEST_CASE("accounts from a CSV: columns are found by name, blanks take their defaults") {
    const std::string csv = "\xEF\xBB\xBF# the desk\r\nequity, account ,ETH,BTC,entry_BTC,collateral_ETH\r\n\r\n"
                            "1e6,\"a, b\",-10,0.5,99_000,\r\n";
    const auto found = mistakes(with_accounts, {}, file_of(csv));
    REQUIRE(found.size() == 1);
    CHECK(found[0].format() == "desk.csv:4:20: error: entry_BTC = 99_000: must be a finite number");

    const std::string mended =
        "equity,account,ETH,BTC,entry_BTC,collateral_ETH\n1e6,\"a, b\",-10,0.5,99000,\n2e6,c,,1,,3\n";
    const LoadedScenario loaded = parse(with_accounts, {}, file_of(mended));
    const Cohort& cohort = loaded.scenario.cohorts[0];
    REQUIRE(cohort.explicit_accounts);
    const ExplicitAccounts& accounts = *cohort.explicit_accounts;
    CHECK(cohort.accounts == 2);
    CHECK(accounts.label == std::vector<std::string>{"a, b", "c"});
    CHECK(accounts.equity == std::vector<double>{1e6, 2e6});
    CHECK(accounts.position == std::vector<double>{0.5, -10.0, 1.0, 0.0});
    CHECK(accounts.entry == std::vector<double>{99'000.0, 4000.0, 100'000.0, 4000.0});
    CHECK(accounts.collateral == std::vector<double>{0.0, 0.0, 0.0, 3.0});
    REQUIRE(loaded.inputs.size() == 1);
    CHECK(loaded.inputs[0].path == "desk.csv");
    CHECK(loaded.inputs[0].text == mended);
}

TEST_CASE("accounts from a CSV: a file full of mistakes is reported up to a point") {
    std::string csv = "account,equity,BTC\n";
    for (int i = 0; i < 1000; ++i) csv += "x" + std::to_string(i) + ",-1,\n";
    const auto found = mistakes(with_accounts, {}, file_of(csv));
    REQUIRE(found.size() == 20);
    CHECK(found.back().message.find("further mistakes") != std::string::npos);
}

TEST_CASE("replay: the table has the assets' columns in the scenario's order, and starts where told") {
    const std::string text = with("model = \"gbm\"\nvolatility = 0.6",
                                  "model = \"replay\"\nfile = \"day.csv\"\nstart = 2025-10-10T21:00:00Z");
    const std::string csv = "time,ETH,SOL,BTC\n1760126400000,10,1,100\n1760130000000,9,1,90\n1760133600000,8,1,80\n";
    const Scenario s = parse(text, {}, file_of(csv)).scenario;
    const auto& replay = s.prices.get<Replay::Params>();
    CHECK(replay.start_seconds == 1'760'130'000.0);
    CHECK(replay.table.seconds.size() == 3);
    CHECK(replay.table.closes == std::vector<double>{100, 10, 90, 9, 80, 8});

    const auto too_short = mistakes(with("horizon = \"1h\"", "horizon = \"61min\"", text), {}, file_of(csv));
    REQUIRE(too_short.size() == 1);
    CHECK(too_short[0].key == "prices.file");
}

TEST_CASE("digest: depends on the scenario, the overrides and every input") {
    const auto accounts = [](const std::string& csv) { return parse(with_accounts, {}, file_of(csv)).sha256; };
    const std::string plain = parse(good).sha256;
    CHECK(plain.size() == 64);
    CHECK(parse(good).sha256 == plain);
    CHECK(parse(good + "# a comment\n").sha256 != plain);
    CHECK(parse(good, {"run.worlds=11"}).sha256 != plain);
    CHECK(accounts("account,equity,BTC\na,1,1\n") != accounts("account,equity,BTC\na,1,2\n"));
}
