// Losses that are still open when a world ends: counted, part of the whole loss, and borne by a fund that survives.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/fund_sizing.hpp"
#include "sim/driver/run.hpp"
#include "sim/engine/world.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

// 100 coins on 200 of equity: the price halves, and a venue that may sell for one unit of money a step cannot close
// them.
const std::string slow_venue = R"([scenario]
name = "insolvent and still open"
[run]
worlds = 4
horizon = "10min"
[[asset]]
symbol = "BTC"
price = 100
[prices]
model = "gbm"
volatility = 0
[[prices.shock]]
at = "1min"
return = -0.5
[[venue]]
name = "v"
mark = "index"
[venue.impact]
shape = "linear"
depth = 1e15
[venue.margin]
rule = "flat"
rate = 0.005
[venue.liquidation]
policy = "full"
throughput = 1.0
[[venue.waterfall]]
layer = "insurance_fund"
balance = 1e6
[[cohort]]
name = "c"
accounts_from = "accounts.csv"
)";

Scenario scenario_of(const std::string& text, const std::string& accounts = "account,equity,BTC\nx,200,100\n") {
    return scenario_test::parse(text, {}, [&](const std::string&) { return accounts; }).scenario;
}

std::string with_waterfall(const std::string& layers) {
    const std::string fund = "[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = 1e6\n";
    return scenario_test::with(fund, layers, slow_venue);
}

VenueMetrics run_one(const Scenario& scenario) {
    const Market market(scenario);
    WorldEngine engine(market);
    WorldResult result;
    engine.run(0, result);
    return result.venues.at(0);
}

double fund_needed(const Scenario& scenario, FundEvent event) {
    SizingOptions options;
    options.question.event = event;
    options.survive = 0.5;
    options.worlds = options.max_worlds = 4;
    options.threads = 1;
    const SizedFund sizing = size_fund(scenario, options);
    for (const FundCheck& check : sizing.checks) CHECK(check.agrees());
    return sizing.answer.value.point;
}

} // namespace

TEST_CASE("an insolvent account that is still open at the end is counted at prices as traded") {
    const VenueMetrics metrics = run_one(scenario_of(slow_venue));
    CHECK(metrics.shortfall == 0.0);
    CHECK(metrics.uncovered == 0.0);
    CHECK(metrics.insolvent == 0);
    CHECK(metrics.open_insolvent_accounts == 1);
    CHECK(metrics.open_insolvent_loss == doctest::Approx(4'800.0).epsilon(1e-9)); // 200 - 100 x 50
    CHECK(metrics.open_loss_unpaid == 0.0);                                       // the fund could pay it
    CHECK(metrics.loss_beyond_bankruptcy == metrics.open_insolvent_loss);
}

TEST_CASE("what pots could not pay of losses still open is said, in the order of the layers") {
    const auto unpaid = [](const std::string& layers) {
        return run_one(scenario_of(with_waterfall(layers))).open_loss_unpaid;
    };
    const std::string fund = "[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = 1_000\n";
    const std::string capital = "[[venue.waterfall]]\nlayer = \"venue_capital\"\nbalance = 500\n";
    const std::string haircuts = "[[venue.waterfall]]\nlayer = \"socialized_loss\"\nbase = \"equity\"\n";
    CHECK(unpaid("") == doctest::Approx(4'800.0));
    CHECK(unpaid(fund) == doctest::Approx(3'800.0));
    CHECK(unpaid(capital + fund) == doctest::Approx(3'300.0));
    CHECK(unpaid(fund + haircuts + capital) == doctest::Approx(3'800.0)); // what comes after accounts have paid is late
}

TEST_CASE("size: the fund bears what is still open, whatever it is to survive, and runs again say the same") {
    const std::string fund = "[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = 1_000\n";
    const std::string capital = "[[venue.waterfall]]\nlayer = \"venue_capital\"\nbalance = 300\n";
    CHECK(fund_needed(scenario_of(with_waterfall(fund)), FundEvent::uncovered) == doctest::Approx(4'800.0));
    CHECK(fund_needed(scenario_of(with_waterfall(capital + fund)), FundEvent::uncovered) == doctest::Approx(4'500.0));
    CHECK(fund_needed(scenario_of(with_waterfall(fund + "[[venue.waterfall]]\nlayer = \"adl\"\n")), FundEvent::adl) ==
          doctest::Approx(4'800.0));
    // Searched for, where the fund's size is no simple matter.
    const std::string segregated = "[[venue.waterfall]]\nlayer = \"insurance_fund\"\nbalance = 1\nsegregated = true\n";
    CHECK(fund_needed(scenario_of(with_waterfall(segregated)), FundEvent::uncovered) ==
          doctest::Approx(4'800.0).epsilon(2e-4));
}

TEST_CASE("inventory at a loss at the end is part of the whole loss and of the fund needed") {
    std::string text = scenario_test::with("throughput = 1.0", "execution = \"twap\"\ntwap_over = \"1h\"", slow_venue);
    text = scenario_test::with("return = -0.5\n", "return = -0.04\n[[prices.shock]]\nat = \"5min\"\nreturn = -0.1\n",
                               text);
    const Scenario scenario = scenario_of(text, "account,equity,BTC\nx,430,100\n");
    const VenueMetrics metrics = run_one(scenario);
    CHECK(metrics.liquidated_accounts == 1);
    CHECK(metrics.open_insolvent_accounts == 0);
    CHECK(metrics.shortfall > 0.0); // of what was sold after the second fall
    CHECK(metrics.inventory_left_loss == doctest::Approx(-metrics.inventory_left_profit));
    CHECK(metrics.inventory_left_loss > metrics.shortfall);
    CHECK(metrics.loss_beyond_bankruptcy == doctest::Approx(metrics.shortfall + metrics.inventory_left_loss));
    CHECK(fund_needed(scenario, FundEvent::uncovered) == doctest::Approx(metrics.loss_beyond_bankruptcy));
}

TEST_CASE("what becomes of listed accounts is counted over worlds, alike on any number of threads") {
    std::string text = scenario_test::with("volatility = 0\n", "volatility = 8\n", slow_venue);
    text = scenario_test::with("return = -0.5", "return = -0.01", text);
    text = scenario_test::with("throughput = 1.0\n", "", text);
    text = scenario_test::with("worlds = 4", "worlds = 60", text);
    const Scenario scenario = scenario_of(text, "account,equity,BTC\nweak,300,100\nsafe,30000,100\n");
    const Market market(scenario);
    RunOptions options;
    options.threads = 1;
    const RunResult one = run_worlds(market, options);
    REQUIRE(one.accounts.size() == 2);
    std::uint64_t worlds = 0;
    std::uint64_t liquidations = 0;
    double loss = 0.0;
    double largest = 0.0;
    for (const WorldResult& world : one.worlds) {
        worlds += world.venues[0].liquidated_accounts;
        liquidations += world.venues[0].liquidations;
        loss += world.cohorts[0].loss; // of those that were hit: the weak one alone
        largest = std::max(largest, world.cohorts[0].loss);
    }
    REQUIRE(worlds > 10);
    REQUIRE(worlds < 60);
    CHECK(one.accounts[0].liquidated_worlds == worlds);
    CHECK(one.accounts[0].liquidations == liquidations);
    CHECK(one.accounts[0].mean_loss == doctest::Approx(loss / static_cast<double>(worlds)).epsilon(1e-7));
    CHECK(one.accounts[0].largest_loss == largest);
    CHECK(one.accounts[1].liquidated_worlds == 0);
    CHECK(std::isnan(one.accounts[1].mean_loss));
    options.threads = 3;
    const RunResult three = run_worlds(market, options);
    CHECK(three.accounts[0].mean_loss == one.accounts[0].mean_loss);
    CHECK(three.accounts[0].largest_loss == one.accounts[0].largest_loss);
}
