// What `plunge size --method importance` prints.
#pragma once

#include <string>

#include "sim/driver/fund_tail.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {

/// For a terminal of 80 columns. \param sizing  of at least one turn of worlds
std::string format_tail_sizing(const LoadedScenario& loaded, const TailSizing& sizing, bool colour);

/// Everything as JSON; what is infinite is null.
std::string tail_sizing_json(const LoadedScenario& loaded, const TailSizing& sizing, const Provenance& from);

} // namespace plunge
