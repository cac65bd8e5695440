// The random scenarios know every registered model.
#include <cstdint>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "models/behaviour/registry.hpp"
#include "models/impact/registry.hpp"
#include "models/liquidation/registry.hpp"
#include "models/margin/registry.hpp"
#include "models/mark/registry.hpp"
#include "models/network/registry.hpp"
#include "models/price/registry.hpp"
#include "models/waterfall/registry.hpp"
#include "tests/differential/random_scenario.hpp"

namespace {

using namespace plunge;

template <class List, class Chosen> void note(List list, const Chosen& chosen, std::set<std::string>& seen) {
    visit_choice(list, chosen, [&]<class Model>(const auto&) { seen.insert(std::string(Model::name)); });
}

template <class List> void check_all_seen(List list, const std::set<std::string>& seen) {
    for_each_model(list, [&]<class Model>() {
        const std::string name(Model::name);
        CHECK_MESSAGE(seen.count(name) == 1, name, " is never drawn");
    });
}

} // namespace

TEST_CASE("random scenarios: every registered model of every family is drawn") {
    std::set<std::string> seen;
    for (std::uint64_t k = 0; k < 400; ++k) {
        const Scenario scenario = oracle::random_scenario(k);
        note(PriceModels{}, scenario.prices, seen);
        note(NetworkModels{}, scenario.network, seen);
        for (const Venue& venue : scenario.venues) {
            note(MarkModels{}, venue.mark, seen);
            note(ImpactModels{}, venue.impact, seen);
            note(MarginModels{}, venue.margin, seen);
            note(LiquidationModels{}, venue.liquidation, seen);
            for (const WaterfallChoice& layer : venue.waterfall) note(WaterfallModels{}, layer, seen);
        }
        for (const Cohort& cohort : scenario.cohorts) note(BehaviourModels{}, cohort.behaviour, seen);
    }
    check_all_seen(PriceModels{}, seen);
    check_all_seen(MarkModels{}, seen);
    check_all_seen(ImpactModels{}, seen);
    check_all_seen(MarginModels{}, seen);
    check_all_seen(LiquidationModels{}, seen);
    check_all_seen(WaterfallModels{}, seen);
    check_all_seen(BehaviourModels{}, seen);
    check_all_seen(NetworkModels{}, seen);
}
