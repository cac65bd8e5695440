// Writing the worlds of a rare event. The format is described in output/README.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "output/result_info.hpp"
#include "output/storage.hpp"
#include "sim/stats/column.hpp"
#include "sim/stats/interval.hpp"
#include "sim/stats/weighted_summary.hpp"

namespace plunge {

/// Everything that the file of a rare event holds.
struct RareContent {
    const ResultInfo& info;
    std::string event;  ///< in words
    std::string method; ///< splitting, importance, crude
    IntervalEstimate probability;
    double confidence = 0.95; ///< of its interval
    double relative_error = 0.0;
    std::uint64_t worlds_simulated = 0;
    std::string how;                    ///< of the method, in words
    std::vector<std::string> remarks;   ///< on what the estimate is worth
    const std::vector<Column>& columns; ///< every metric of the worlds in the event
    const WorldWeights& weights;
};

/// `results_sha256` of the worlds in an event, written or not.
std::string rare_digest(const std::vector<Column>& columns, const WorldWeights& weights);

/// Writes it, whole or not at all. Equal arguments give equal bytes.
/// \throws OutputError if the file cannot be written.
void write_rare(const std::string& path, const RareContent& content, bool overwrite,
                Storage storage = Storage::contiguous);

} // namespace plunge
