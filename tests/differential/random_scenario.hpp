// Scenarios drawn at random over every rule, volatile enough that most of them break something.
#pragma once

#include <cstdint>

#include "sim/scenario/scenario.hpp"

namespace plunge::oracle {

/// Scenario number `k`; depends on `k` alone. Every tenth belongs to an adversarial family.
Scenario random_scenario(std::uint64_t k);

/// Which random scenarios a test runs: PLUNGE_DIFFERENTIAL_SCENARIOS of them (600 where it is not set), from number
/// PLUNGE_DIFFERENTIAL_FIRST on.
struct ScenarioRange {
    std::uint64_t first = 0;
    std::uint64_t count = 600;
};
ScenarioRange scenario_range();

} // namespace plunge::oracle
