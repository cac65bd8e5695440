// Reading the files of a sweep and of a rare event, as far as `plunge show` needs them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "output/open_file.hpp"
#include "sim/stats/column.hpp"
#include "sim/stats/interval.hpp"
#include "sim/stats/sweep_summary.hpp"
#include "sim/stats/weighted_summary.hpp"

namespace plunge {

/// What summarize_sweep() and format_sweep() take.
struct SweepRecord {
    SweepText text;
    SweepSettings settings;
    std::vector<Column> columns; ///< [(1 + points) x worlds], the base first
    std::vector<SweepOutput> outputs;
};

/// \throws OutputError where the file is not that of a sweep.
SweepRecord read_sweep(const OpenFile& file);

struct RareRecord {
    std::string event; ///< in words
    std::string method;
    std::string how;
    std::vector<std::string> remarks;
    IntervalEstimate probability;
    double confidence = 0.0;
    double relative_error = 0.0;
    std::uint64_t worlds_simulated = 0;
    std::vector<Column> columns; ///< of the worlds in the event
    WorldWeights weights;
};

/// \throws OutputError where the file is not that of a rare event.
RareRecord read_rare(const OpenFile& file);

} // namespace plunge
