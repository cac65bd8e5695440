// Branches of worlds: the parent's random numbers up to a step, new ones after it.
#include <doctest/doctest.h>

#include "sim/engine/lineage.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/path.hpp"
#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

std::string scenario_with(const std::string& prices) {
    return scenario_test::with("model = \"gbm\"\nvolatility = 0.6", prices,
                               scenario_test::with("symbol = \"ETH\"\nprice = 4_000",
                                                   "symbol = \"wBTC\"\nprice = 99_000\nunderlying = \"BTC\"\n"
                                                   "basis = { volatility = 0.4, half_life = \"30min\" }"));
}

IndexPath path_of(const Market& market, const Lineage& lineage) {
    IndexPath path;
    path.generate(market, lineage);
    return path;
}

// Log return of step t.
double step_of(const IndexPath& path, std::size_t asset, std::size_t t) {
    return path.price(asset, t) / path.price(asset, t - 1);
}

} // namespace

TEST_CASE("lineage: names the world that drives a step") {
    const Lineage own(7);
    CHECK(own.root() == 7);
    CHECK(own.world_at(1) == 7);
    const Lineage child = own.branched(10, 8).branched(20, 9);
    CHECK(child.root() == 7);
    CHECK(child.world_at(10) == 7);
    CHECK(child.world_at(11) == 8);
    CHECK(child.world_at(20) == 8);
    CHECK(child.world_at(21) == 9);
    const Lineage earlier = child.branched(15, 10); // what came after step 15 is forgotten
    CHECK(earlier.world_at(15) == 8);
    CHECK(earlier.world_at(16) == 10);
    CHECK(earlier.world_at(500) == 10);
    const Lineage anew = child.branched(0, 11); // the same accounts on a path of its own
    CHECK(anew.root() == 7);
    CHECK(anew.world_at(1) == 11);
}

TEST_CASE("lineage: a branch has its parent's path up to its step, to the bit, and its own world's moves after it") {
    for (const std::string prices :
         {"model = \"gbm\"\nvolatility = 0.6", "model = \"gbm\"\nvolatility = 0.6\ntails = { dof = 4 }",
          "model = \"merton\"\nvolatility = 0.6\njumps = { rate = 90_000, mean = -0.01, stddev = 0.02 }",
          "model = \"garch\"\nvolatility = 0.6\nalpha = 0.3\nbeta = 0.6\nstudent = { dof = 5 }"}) {
        const bool remembers = prices.find("garch") != std::string::npos;
        CAPTURE(prices);
        const Market market(scenario_test::parse(scenario_with(prices)).scenario);
        const IndexPath parent = path_of(market, Lineage(3));
        const IndexPath other = path_of(market, Lineage(4));
        for (const std::size_t step : {0U, 1U, 7U, 8U, 13U, 64U, 119U, 120U}) {
            CAPTURE(step);
            const IndexPath child = path_of(market, Lineage(3).branched(step, 4));
            for (std::size_t a = 0; a < 2; ++a) {
                for (std::size_t t = 0; t <= step; ++t) REQUIRE(child.price(a, t) == parent.price(a, t));
            }
            for (std::size_t t = step + 1; t <= 120 && !remembers; ++t) {
                REQUIRE(step_of(child, 0, t) == doctest::Approx(step_of(other, 0, t)).epsilon(1e-12));
            }
            if (step < 120) CHECK(child.price(1, 120) != parent.price(1, 120));
        }
        const IndexPath grandchild = path_of(market, Lineage(3).branched(50, 4).branched(90, 5));
        const IndexPath child = path_of(market, Lineage(3).branched(50, 4));
        for (std::size_t t = 0; t <= 90; ++t) REQUIRE(grandchild.price(1, t) == child.price(1, t));
        CHECK(grandchild.price(0, 91) != child.price(0, 91));
    }
}
