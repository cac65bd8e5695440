// Runs the worlds of a scenario in parallel.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/driver/parallel_blocks.hpp"
#include "sim/engine/engine_options.hpp"
#include "sim/engine/market.hpp"
#include "sim/stats/run_result.hpp"

namespace plunge {

struct RunOptions {
    unsigned threads = 0;                                         ///< 0: as many as the machine has
    EngineOptions engine = {};                                    ///< results do not depend on it
    const std::atomic<bool>* stop = nullptr;                      ///< set from outside: finish what was begun, then end
    std::function<void(std::uint64_t worlds_done)> progress = {}; ///< called now and then, from one thread at a time
    /// Numbers of worlds, ascending, at which `enough` is asked about all worlds so far. The run ends at the first that
    /// is enough, and its result is that of a run of so many worlds.
    std::vector<std::uint64_t> checkpoints = {};
    std::function<bool(std::span<const WorldResult> worlds)> enough = {};
};

/// Simulates every world. The result depends on the market alone: not on threads, not on timing.
/// \throws LedgerError where money was not conserved; std::bad_alloc; what `options.progress` throws. The first
/// exception of any thread ends the run: the others finish their block of worlds, at most 16.
RunResult run_worlds(const Market& market, const RunOptions& options);

} // namespace plunge
