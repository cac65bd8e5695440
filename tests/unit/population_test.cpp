// Accounts drawn from cohorts: their law, whatever they are drawn beside, and how they become rows.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/margin/any_rule.hpp"
#include "sim/engine/market.hpp"
#include "tests/unit/scenario_test_text.hpp"
#include "tests/verification/statistics.hpp"

using namespace plunge;

namespace {

// The small scenario with other cohorts, each account of which is drawn per world.
Market market_of(const std::string& cohorts) {
    std::string text = scenario_test::good.substr(0, scenario_test::good.find("[[cohort]]"));
    text.insert(text.find("[run]\n") + 6, "population = \"resampled\"\nseed = 20251010\n");
    return Market(scenario_test::parse(text + cohorts).scenario);
}

std::string cohort(const std::string& name, std::size_t accounts, const std::string& rest) {
    return "[[cohort]]\nname = \"" + name + "\"\naccounts = " + std::to_string(accounts) + "\n" + rest + "\n";
}

bool same(const AccountRows& a, const AccountRows& b) {
    return a.cash == b.cash && a.position == b.position && a.entry == b.entry && a.collateral == b.collateral &&
           a.weight == b.weight && a.initial_wealth == b.initial_wealth && a.cohort == b.cohort && a.owner == b.owner &&
           a.owners == b.owners && a.cut_at_opening == b.cut_at_opening;
}

} // namespace

TEST_CASE("population: a world's accounts are the same drawn alone and drawn into the memory of another world's") {
    const Market market = market_of(
        cohort("picks", 700,
               "equity = { lognormal = { median = 2_000, sigma = 1.5 } }\n"
               "leverage = { lognormal = { median = 10, sigma = 0.7, max = 50 } }\n"
               "positions = { pick = { BTC = 0.6, ETH = 0.4 } }\nentry = { lookback = \"3d\" }") +
        cohort("isolated", 333,
               "equity = 500\nleverage = 5\npositions = { dirichlet = 0.7 }\nmargin = \"isolated\"\n"
               "direction = \"position\"\nfree_wallet = 0.2\nentry = { lookback = \"1d\" }\n"
               "collateral = { USD = 0.5, BTC = 0.5 }"));
    PopulationSource source(market);
    for (const std::uint64_t world : {3U, 1U, 4U, 1U, 5U}) {
        CAPTURE(world);
        CHECK(same(source.of(world).venues[0], market.population(world)->venues[0]));
    }
    CHECK_FALSE(same(market.population(1)->venues[0], market.population(2)->venues[0]));
}

TEST_CASE("population: an account does not depend on how many others its cohort has, nor on other cohorts' numbers") {
    const std::string rest = "equity = { lognormal = { median = 2_000, sigma = 1.5 } }\nleverage = 4\n"
                             "positions = { BTC = 0.5, ETH = -0.5 }\nentry = { lookback = \"3d\" }";
    const auto few = market_of(cohort("first", 10, rest) + cohort("second", 70, rest)).population(2);
    const auto many = market_of(cohort("first", 99, rest) + cohort("second", 71, rest)).population(2);
    for (std::size_t i = 0; i < 10; ++i) CHECK(few->venues[0].cash[i] == many->venues[0].cash[i]);
    for (std::size_t i = 0; i < 70; ++i) CHECK(few->venues[0].cash[10 + i] == many->venues[0].cash[99 + i]);
}

TEST_CASE("population: every cohort has draws of its own, however many there are") {
    std::string cohorts;
    constexpr std::size_t count = 600;
    for (std::size_t c = 0; c < count; ++c) {
        cohorts += cohort("c" + std::to_string(c), 1,
                          "equity = { lognormal = { median = 2_000, sigma = 1.5 } }\nleverage = 3\n"
                          "positions = { BTC = 1 }");
    }
    const auto population = market_of(cohorts).population(0);
    const std::set<double> different(population->venues[0].initial_wealth.begin(),
                                     population->venues[0].initial_wealth.end());
    CHECK(different.size() == count);
}

TEST_CASE("population: assets are picked and sides taken as often as the cohort says") {
    constexpr std::size_t n = 40'000;
    const Market market = market_of(cohort("picks", n,
                                           "equity = 1_000\nleverage = 5\nlong_share = 0.3\n"
                                           "positions = { pick = { BTC = 0.6, ETH = 0.4 } }"));
    const auto population = market.population(0);
    const AccountRows& rows = population->venues[0];
    double bitcoin = 0.0;
    double longs = 0.0;
    double both = 0.0;
    for (std::size_t row = 0; row < n; ++row) {
        const double* q = rows.positions_of(row);
        REQUIRE((q[0] == 0.0) != (q[1] == 0.0));
        CHECK(std::fabs(q[0] * 100'000.0 + q[1] * 4'000.0) == doctest::Approx(5'000.0).epsilon(1e-12));
        bitcoin += q[0] != 0.0 ? 1.0 : 0.0;
        longs += q[0] + q[1] > 0.0 ? 1.0 : 0.0;
        both += q[0] > 0.0 ? 1.0 : 0.0;
    }
    test::check_probability("BTC", 0.6, bitcoin, n);
    test::check_probability("long", 0.3, longs, n);
    test::check_probability("long BTC", 0.18, both, n);
}

// With little leverage everybody survives: entry prices then are those of a walk of uniform age, correlated as the
// process is (here not at all: the two assets' moves share their age alone).
TEST_CASE("population: entry prices scatter like the process over an age uniform in the lookback") {
    constexpr std::size_t n = 40'000;
    const Market market = market_of(cohort("old", n,
                                           "equity = 1_000\nleverage = 0.1\nlong_share = 1.0\n"
                                           "positions = { BTC = 0.5, ETH = 0.5 }\nentry = { lookback = \"30d\" }"));
    const auto population = market.population(0);
    const AccountRows& rows = population->venues[0];
    const double sigma = 0.6;
    const double span = 30.0 * seconds_per_day / seconds_per_year;
    const double drift = 0.5 * sigma * sigma * span;
    std::vector<double> move[2];
    std::vector<double> product;
    for (std::size_t row = 0; row < n; ++row) {
        for (std::size_t a = 0; a < 2; ++a) {
            move[a].push_back(std::log(market.initial_price()[a] / rows.entry[2 * row + a]));
        }
        product.push_back(move[0].back() * move[1].back());
    }
    for (std::size_t a = 0; a < 2; ++a) {
        test::check_estimate("mean", -0.5 * drift, test::estimate(move[a]));
        const double square = 0.5 * sigma * sigma * span + drift * drift / 3.0;
        test::check_estimate("square", square, test::estimate(move[a], [](double x) { return x * x; }));
    }
    test::check_estimate("product", drift * drift / 3.0, test::estimate(product));
}

TEST_CASE("population: whoever holds one asset has entered at the marginal law of its move") {
    constexpr std::size_t n = 40'000;
    const Market market = market_of(cohort("old", n,
                                           "equity = 1_000\nleverage = 0.1\nlong_share = 1.0\n"
                                           "positions = { pick = { ETH = 1 } }\nentry = { lookback = \"30d\" }"));
    const auto population = market.population(0);
    const AccountRows& rows = population->venues[0];
    const double span = 30.0 * seconds_per_day / seconds_per_year;
    std::vector<double> move;
    for (std::size_t row = 0; row < n; ++row) move.push_back(std::log(4'000.0 / rows.entry[2 * row + 1]));
    // A mixture of normals over the age, by the middle points of 400 pieces.
    const auto mixture = [&](double x) {
        double sum = 0.0;
        for (int k = 0; k < 400; ++k) {
            const double variance = 0.36 * span * (k + 0.5) / 400.0;
            sum += test::normal_cdf((x + 0.5 * variance) / std::sqrt(variance));
        }
        return sum / 400.0;
    };
    move.resize(4'000);
    CHECK(test::kolmogorov_smirnov(move, mixture) < test::kolmogorov_limit);
}

TEST_CASE("population: nobody starts short of margin where entries scatter, and all of those drawn are there") {
    for (const std::string margin : {"cross", "isolated"}) {
        CAPTURE(margin);
        const Market market = market_of(
            cohort("wild", 3'000,
                   "equity = { lognormal = { median = 2_000, sigma = 1.5 } }\nleverage = 40\n"
                   "long_share = 0.5\ndirection = \"position\"\nmargin = \"" +
                       margin + "\"\npositions = { BTC = 0.5, ETH = 0.5 }\nentry = { lookback = \"3d\" }"));
        const auto population = market.population(0);
        const AccountRows& rows = population->venues[0];
        CHECK(rows.owners == 3'000);
        CHECK(rows.size() == (margin == "cross" ? 3'000 : 6'000));
        std::size_t short_rows = 0;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            short_rows += breaches(market.venues()[0].rule, rows.view(row), 1.0, market.initial_price().data(), 2);
        }
        CHECK(short_rows == 0);
    }
}
