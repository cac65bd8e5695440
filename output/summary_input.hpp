// What a summary is made from, taken from a result file.
#pragma once

#include "output/reader.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {

/// The same as from the run itself: `plunge show` prints what `plunge run` printed.
SummaryInput summary_input(const Reader& reader);

} // namespace plunge
