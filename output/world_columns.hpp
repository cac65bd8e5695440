// The per-world results as named columns in a fixed order: what the file holds, and what its digest is taken over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sim/scenario/scenario.hpp"
#include "sim/sha256.hpp"
#include "sim/stats/run_result.hpp"

namespace plunge {

/// One dataset of per-world results. One of the two spans holds the values, row-major, worlds first; NaN has one bit
/// pattern (that of std::numeric_limits), whatever operation has made it.
struct WorldColumn {
    std::string group; ///< worlds, venues/<name>/worlds, cohorts
    std::string_view name;
    std::string_view units;
    std::string_view long_name;
    std::string_view second; ///< the dimension after worlds: asset, cohort, or empty
    bool integer = false;
    std::span<const std::uint64_t> counts;
    std::span<const double> numbers;

    const void* data() const { return integer ? static_cast<const void*>(counts.data()) : numbers.data(); }
    std::size_t size() const { return integer ? counts.size() : numbers.size(); }
};

/// Calls `visit` for every column: /worlds (metrics of all venues together, amplification, the counterfactual's where
/// recorded, metrics per asset), then each venue's in the scenario's order, then the cohorts'. One column exists at a
/// time: the spans are valid during the call only.
void visit_world_columns(const Scenario& scenario, const RunResult& result,
                         const std::function<void(const WorldColumn&)>& visit);

/// Feeds a dataset to the digest: its path, a zero byte, and the values' bytes, little endian.
void hash_dataset(Sha256& hash, const std::string& path, const void* values, std::size_t bytes);
void hash_column(Sha256& hash, const WorldColumn& column);

/// `results_sha256`: the digest of all columns in order. Equal digests mean equal results, bit for bit.
std::string results_digest(const Scenario& scenario, const RunResult& result);

} // namespace plunge
