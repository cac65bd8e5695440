// Writing the result of a sweep. The format is described in output/README.md.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "output/result_info.hpp"
#include "output/storage.hpp"
#include "sim/driver/sweep_plan.hpp"
#include "sim/stats/column.hpp"
#include "sim/stats/sweep_summary.hpp"

namespace plunge {

/// Everything that a sweep's file holds.
struct SweepContent {
    const ResultInfo& info;               ///< of the base: the scenario itself
    const std::vector<InputFile>& inputs; ///< of all points
    const SweepPlan& plan;
    const std::vector<PointInfo>& points;
    const std::vector<Column>& columns; ///< [(1 + points) x worlds], the base first
    const std::vector<SweepMetric>& metrics;
    const SweepSettings& settings;
    bool metrics_chosen = false; ///< by the user, rather than all of them
};

/// Names that the file uses itself; a factor cannot have them.
std::vector<std::string> names_in_sweep_files();

/// The name of a sample: grid, latin, saltelli, one-at-a-time.
std::string sample_name(SweepSample sample);

/// Writes a sweep's file, whole or not at all. Equal arguments give equal bytes. \return its results_sha256.
/// \throws OutputError if the file cannot be written.
std::string write_sweep(const std::string& path, const SweepContent& content, bool overwrite,
                        Storage storage = Storage::contiguous);

} // namespace plunge
