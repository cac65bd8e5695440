// How much memory a run will need, known before anything is allocated.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace plunge {

struct MemoryEstimate {
    double population_bytes = 0.0; ///< rows, once and once per thread
    double path_bytes = 0.0;       ///< per thread
    double results_bytes = 0.0;    ///< per-world results, and once more in the file while it is made
    double traces_bytes = 0.0;     ///< worlds kept whole, likewise twice
    double bands_bytes = 0.0;      ///< quantiles per step, per thread
    double inputs_bytes = 0.0;     ///< files that the scenario names, and the tables read from them
    std::string largest_key;       ///< the scenario key behind the largest part

    double total() const {
        return population_bytes + path_bytes + results_bytes + traces_bytes + bands_bytes + inputs_bytes;
    }
};

MemoryEstimate estimate_memory(const Scenario& scenario, unsigned threads);

/// Bytes that a run may take unless the user says otherwise: four fifths of the machine's memory, or of what the
/// container it runs in may use.
double default_memory_limit();

/// The smallest of `bytes` and of the numbers that the files begin with. A file that cannot be read or begins with no
/// number (`max`: no limit) counts for nothing.
double smallest_limit(double bytes, const std::vector<std::string>& limit_files);

/// "1.2 GB", powers of 1000.
std::string format_bytes(double bytes);

} // namespace plunge
