// Scenarios drawn at random over every rule, volatile enough that most of them break something.
#pragma once

#include <cstdint>

#include "sim/scenario/scenario.hpp"

namespace plunge::oracle {

/// Scenario number `k`; depends on `k` alone. Every tenth belongs to an adversarial family.
Scenario random_scenario(std::uint64_t k);

} // namespace plunge::oracle
