// Refusing what cannot fit, before anything is allocated.
#pragma once

#include <string>

#include "sim/scenario/load.hpp"

namespace plunge {

/// \param limit  as typed after --memory-limit ("8GB"); empty for the default
/// \throws ScenarioError where the scenario would need more, with the estimate, the limit and the key to change.
void check_memory(const LoadedScenario& loaded, unsigned threads, const std::string& limit);

/// Bytes of a size such as "500MB" or "8GB". \throws ScenarioError
double parse_size(const std::string& text);

} // namespace plunge
