// Which program made which results from what.
#pragma once

#include <cstdint>
#include <string>

namespace plunge {

/// Stands in every JSON, so that a number can be traced to the run it is from.
struct Provenance {
    std::string plunge_version;
    std::string git_commit;
    std::uint64_t seed = 0;
    std::string scenario_sha256; ///< of scenario and inputs
    std::string results_sha256;  ///< of the values that the answer rests on
};

} // namespace plunge
