// Stresses: what is changed, what is left alone, and what does not apply.
#include "sim/driver/stress.hpp"

#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "models/impact/linear.hpp"
#include "models/impact/square_root.hpp"
#include "models/price/gbm.hpp"
#include "models/price/merton.hpp"
#include "models/price/replay.hpp"
#include "sim/engine/market.hpp"
#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

Scenario load(const std::string& path, const std::vector<std::string>& overrides = {}) {
    return load_scenario((scenario_test::source_folder() / path).string(), overrides).scenario;
}

const Stress& named(const std::vector<Stress>& all, const std::string& name) {
    for (const Stress& stress : all) {
        if (stress.name == name) return stress;
    }
    throw std::runtime_error("there is no stress " + name);
}

} // namespace

TEST_CASE("stresses: a linear book, Merton prices") {
    const Scenario scenario = load("tests/scenarios/busy.toml");
    const auto all = stresses(scenario);
    REQUIRE(all.size() == 6);
    const auto& impact = named(all, "impact x 2").scenario;
    REQUIRE(impact);
    CHECK(impact->venues[0].impact.get<LinearImpact::Params>().depth[0] == 2e5);
    CHECK(!named(all, "depth / 2").scenario); // the same as the impact doubled
    const auto& volatile_ = named(all, "volatility x 1.5").scenario;
    REQUIRE(volatile_);
    CHECK(volatile_->prices.get<Merton::Params>().volatility[0] == doctest::Approx(1.2));
    const auto& correlated = named(all, "correlation to 1").scenario;
    REQUIRE(correlated);
    const SquareMatrix& correlation = correlated->prices.get<Merton::Params>().correlation;
    CHECK(correlation(0, 1) == doctest::Approx(0.8 + 0.99 * 0.2));
    CHECK(correlation(0, 0) == doctest::Approx(1.0));
    const auto& tails = named(all, "joint tails").scenario;
    REQUIRE(tails);
    CHECK(tails->prices.get<Merton::Params>().tails->dof == 4.0);
    for (const Stress& stress : all) {
        if (!stress.scenario) continue;
        CHECK(stress.scenario->run.seed == scenario.run.seed);
        CHECK_NOTHROW(Market(*stress.scenario));
    }
}

TEST_CASE("stresses: square-root books have a prefactor and a daily volume") {
    Scenario scenario = load("tests/scenarios/busy.toml");
    for (Asset& asset : scenario.assets) asset.daily_volume = 1e8;
    scenario.venues[0].impact = SquareRootImpact::Params{.prefactor = 1.5, .volatility = {}};
    const auto all = stresses(scenario);
    CHECK(named(all, "impact x 2").scenario->venues[0].impact.get<SquareRootImpact::Params>().prefactor == 3.0);
    CHECK(named(all, "depth / 2").scenario->assets[1].daily_volume == 5e7);
}

TEST_CASE("stresses: one draw of the accounts for all worlds is drawn once more, accounts per world are not") {
    Scenario scenario = load("tests/scenarios/busy.toml");
    scenario.run.population = PopulationMode::shared;
    const auto all = stresses(scenario);
    const auto& others = named(all, "other accounts").scenario;
    REQUIRE(others);
    CHECK(others->run.seed == scenario.run.seed);
    CHECK(Market(*others).population(0)->venues[0].cash != Market(scenario).population(0)->venues[0].cash);
    scenario.run.population = PopulationMode::resampled;
    CHECK(!named(stresses(scenario), "other accounts").scenario);
    CHECK(named(stresses(scenario), "other accounts").meaning.find("in the interval") != std::string::npos);
    scenario.cohorts.clear();
    CHECK(named(stresses(scenario), "other accounts").meaning.find("no account") != std::string::npos);
}

TEST_CASE("stresses: what does not apply says why") {
    Scenario scenario = load("tests/scenarios/busy.toml");
    scenario.prices.get<Merton::Params>().tails = Tails{3.0};
    CHECK(!named(stresses(scenario), "joint tails").scenario);
    scenario.prices = Replay::Params{};
    const auto replayed = stresses(scenario);
    for (const char* name : {"volatility x 1.5", "correlation to 1", "joint tails"}) {
        CHECK(!named(replayed, name).scenario);
        CHECK(named(replayed, name).meaning.find("replayed") != std::string::npos);
    }
    CHECK(named(replayed, "impact x 2").scenario);
    Gbm::Params one_asset;
    one_asset.volatility.values = {0.5};
    scenario.prices = one_asset;
    scenario.assets.resize(1);
    CHECK(!named(stresses(scenario), "correlation to 1").scenario);
    CHECK(!named(stresses(scenario), "joint tails").scenario);
}
