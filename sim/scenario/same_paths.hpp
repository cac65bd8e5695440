// Whether two scenarios have the same index paths, world by world.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace plunge {

/// What keeps world k of one from having the index path of world k of the other, in words: `run.seed is 1 and 2`. Empty
/// where nothing does: seed, antithetic pairs, steps, the assets with their prices and what they follow, the price
/// process and the shocks are the same. Venues, accounts and behaviour may differ: they do not move the index.
std::vector<std::string> path_differences(const Scenario& a, const Scenario& b);

} // namespace plunge
