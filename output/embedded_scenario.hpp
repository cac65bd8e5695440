// The scenario that a result file carries.
#pragma once

#include "output/reader.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {

/// Reads `scenario_effective` and the inputs kept beside it. \throws ScenarioError where this version does not accept
/// it.
LoadedScenario embedded_scenario(const Reader& reader);

} // namespace plunge
