// What a result file says about the run that made it, beside its results.
#pragma once

#include <string>

#include "sim/scenario/load.hpp"

namespace plunge {

/// Version of the file format: raised when a reader of the version before could misread a file.
inline constexpr unsigned result_format_version = 1;

struct ResultInfo {
    std::string plunge_version;
    std::string git_commit;
    std::string command; ///< the command line
    std::string created; ///< ISO 8601; the caller derives it from SOURCE_DATE_EPOCH where that is set
    const LoadedScenario& scenario;
};

} // namespace plunge
