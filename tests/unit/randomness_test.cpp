// What differs from world to world: whether worlds can differ at all, and what intervals over them hold.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/market.hpp"
#include "sim/scenario/randomness.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::parse;
using scenario_test::with;

namespace {

const std::string one_sided = with("positions = { BTC = 1.0 }", "positions = { BTC = 1.0 }\nlong_share = 1.0");

std::string accounts_from_file() {
    return with("accounts = 100\nequity = 1_000\nleverage = 10\npositions = { BTC = 1.0 }",
                "accounts_from = \"a.csv\"");
}

LoadedScenario with_accounts(const std::string& text, const std::vector<std::string>& overrides = {}) {
    return parse(text, overrides, [](const std::string&) { return "account,equity,BTC,ETH\nalice,1000,1,0\n"; });
}

} // namespace

TEST_CASE("randomness: accounts are drawn for every world unless the scenario asks for one draw") {
    CHECK(parse(scenario_test::good).scenario.run.population == PopulationMode::resampled);
    CHECK_FALSE(left_out_of_intervals(parse(scenario_test::good).scenario));
    const Scenario shared = parse(scenario_test::good, {"run.population=\"shared\""}).scenario;
    CHECK(shared.run.population == PopulationMode::shared);
    REQUIRE(left_out_of_intervals(shared));
    CHECK(left_out_of_intervals(shared)->find("draw of the accounts") != std::string::npos);
}

TEST_CASE("randomness: accounts that are the same in all worlds are made once, and leave nothing out") {
    const Scenario explicit_accounts = with_accounts(accounts_from_file()).scenario;
    CHECK(explicit_accounts.run.population == PopulationMode::shared);
    CHECK_FALSE(left_out_of_intervals(explicit_accounts));
    const Scenario alike = parse(one_sided).scenario; // constant equity and leverage, one side, one asset
    CHECK(alike.run.population == PopulationMode::shared);
    CHECK_FALSE(draws_accounts(alike));
}

TEST_CASE("randomness: anything that is drawn of an account counts, a law without spread does not") {
    const auto drawn = [](const std::string& part, const std::string& replacement) {
        return draws_accounts(parse(with(part, replacement, one_sided)).scenario);
    };
    CHECK(drawn("long_share = 1.0", "long_share = 0.9"));
    CHECK_FALSE(drawn("long_share = 1.0", "long_share = 0"));
    CHECK(drawn("equity = 1_000", "equity = { lognormal = { median = 1_000, sigma = 0.1 } }"));
    CHECK_FALSE(drawn("equity = 1_000", "equity = { lognormal = { median = 1_000, sigma = 0 } }"));
    CHECK(drawn("leverage = 10", "leverage = { uniform = { min = 9, max = 10 } }"));
    CHECK(drawn("positions = { BTC = 1.0 }", "positions = { dirichlet = 1.0 }"));
    CHECK(drawn("positions = { BTC = 1.0 }", "positions = { pick = { BTC = 0.5, ETH = 0.5 } }"));
    CHECK(drawn("long_share = 1.0", "long_share = 1.0\nentry = { lookback = \"1d\" }"));
}

TEST_CASE("randomness: worlds in which nothing is drawn are found, and it is said why") {
    const std::string still = with("volatility = 0.6", "volatility = 0", one_sided);
    REQUIRE(why_worlds_are_equal(parse(still).scenario));
    CHECK(*why_worlds_are_equal(parse(still).scenario) ==
          "no price is random, the accounts are the same in all worlds, and nothing else is drawn");
    CHECK_FALSE(why_worlds_are_equal(parse(one_sided).scenario)); // paths differ

    const std::string replayed = with("model = \"gbm\"\nvolatility = 0.6", "model = \"replay\"\nfile = \"a.csv\"");
    const auto history = [](const std::string&) {
        return std::string("time,BTC,ETH\n1700000000,100000,4000\n1700003600,90000,3500\n");
    };
    CHECK_FALSE(why_worlds_are_equal(parse(replayed, {}, history).scenario)); // accounts are drawn per world
    const auto shared = why_worlds_are_equal(parse(replayed, {"run.population=\"shared\""}, history).scenario);
    REQUIRE(shared);
    CHECK(shared->find("prices are replayed") == 0);
    CHECK(shared->find("\"shared\" draws the accounts once") != std::string::npos);
}

TEST_CASE("randomness: a basis that moves and calls answered by chance make worlds differ") {
    std::string still = with("volatility = 0.6", "volatility = 0", one_sided);
    const std::string wrapped = with("[prices]",
                                     "[[asset]]\nsymbol = \"WBTC\"\nprice = 100_000\nunderlying = \"BTC\"\n"
                                     "basis = { volatility = 0.1, half_life = \"1d\" }\n[prices]",
                                     still);
    CHECK_FALSE(why_worlds_are_equal(parse(wrapped).scenario));
    const auto answering = [&](const std::string& probability) {
        std::string text = with("rate = 0.005", "rate = 0.005\nwarning = 2", still);
        text += "behaviour = { model = \"top_up\", probability = " + probability + " }\n";
        return why_worlds_are_equal(parse(text).scenario).has_value();
    };
    CHECK_FALSE(answering("0.5"));
    CHECK(answering("1.0"));
}

TEST_CASE("randomness: one world of equal ones is neither a pair nor a point of a sequence, and traced as world 0") {
    const std::string still = with("volatility = 0.6", "volatility = 0", one_sided) + "[record]\ntraces = [3, 7]\n";
    const LoadedScenario one = with_one_world(parse(still, {"run.antithetic=true"}));
    CHECK(one.scenario.run.worlds == 1);
    CHECK_FALSE(one.scenario.run.antithetic);
    CHECK(one.scenario.record.traces == std::vector<std::uint64_t>{0});
    const LoadedScenario again = parse(one.effective); // what a result file holds can be read
    CHECK(again.scenario.run.worlds == 1);
    CHECK(again.scenario.record.traces == std::vector<std::uint64_t>{0});
    CHECK(again.sha256 == one.sha256);
}

TEST_CASE("randomness: run.population_seed draws other accounts on the same paths, and is run.seed where left out") {
    const auto market = [](const std::vector<std::string>& overrides) {
        return Market(parse(with("equity = 1_000", "equity = { lognormal = { median = 1_000, sigma = 1 } }"), overrides)
                          .scenario);
    };
    const Market plain = market({"run.seed=5"});
    const Market same = market({"run.seed=5", "run.population_seed=5"});
    const Market others = market({"run.seed=5", "run.population_seed=6"});
    const Market moved = market({"run.seed=6", "run.population_seed=5"});
    CHECK(plain.population(3)->venues[0].cash == same.population(3)->venues[0].cash);
    CHECK(plain.population(3)->venues[0].cash != others.population(3)->venues[0].cash);
    CHECK(plain.population(3)->venues[0].cash == moved.population(3)->venues[0].cash);
}

TEST_CASE("randomness: more venues than the counters of draws tell apart are refused") {
    const std::size_t start = scenario_test::good.find("[[venue]]");
    const std::string venue = scenario_test::good.substr(start, scenario_test::good.find("[[cohort]]") - start);
    std::string text = scenario_test::good;
    std::string more;
    for (int v = 0; v < 256; ++v) more += with("\"perp\"", "\"perp" + std::to_string(v) + "\"", venue);
    text = with("positions = { BTC = 1.0 }", "positions = { BTC = 1.0 }\nvenue = \"perp\"", text);
    text.insert(text.find("[[cohort]]"), more);
    const auto found = scenario_test::mistakes(text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].key == "venue");
    CHECK(found[0].message.find("there are 257: at most 256") != std::string::npos);
}

TEST_CASE("randomness: more accounts than rows can be numbered are refused, cohort by cohort and together") {
    CHECK(scenario_test::mistakes(with("accounts = 100", "accounts = 5_000_000_000")).size() == 1);
    const std::string two = with("accounts = 100", "accounts = 3_000_000_000") +
                            "[[cohort]]\nname = \"more\"\naccounts = 3_000_000_000\nequity = 1\nleverage = 2\n"
                            "positions = { BTC = 1.0 }\n";
    const auto found = scenario_test::mistakes(two);
    REQUIRE(found.size() == 1);
    CHECK(found[0].message.find("at most 4e+09") != std::string::npos);
}
