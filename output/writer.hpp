// Writing a result file. The format is described in output/README.md.
#pragma once

#include <string>

#include "output/atomic_file.hpp" // check_output_path, to be asked before a run
#include "output/result_info.hpp"
#include "output/storage.hpp"
#include "sim/stats/run_result.hpp"

namespace plunge {

/// Writes the result file of a run. The file is made in memory, then written, brought to the disk and renamed: it is
/// whole or it is not there. Equal arguments give equal bytes.
/// \param result     worlds 0 .. n-1; every world with all venues, assets and cohorts of the scenario.
/// \param overwrite  replaces an existing file.
/// \return its results_sha256.
/// \throws OutputError if the file cannot be written; std::logic_error if `result` does not fit the scenario.
std::string write_results(const std::string& path, const ResultInfo& info, const RunResult& result, bool overwrite,
                          Storage storage = Storage::contiguous);

} // namespace plunge
