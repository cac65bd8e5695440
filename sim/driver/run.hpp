// Runs the worlds of a scenario in parallel.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "sim/driver/run_result.hpp"
#include "sim/engine/engine_options.hpp"
#include "sim/engine/market.hpp"

namespace plunge {

struct RunOptions {
    unsigned threads = 0;                                    ///< 0: as many as the machine has
    EngineOptions engine = {};                               ///< results do not depend on it
    const std::atomic<bool>* stop = nullptr;                 ///< set from outside: finish what was begun, then end
    std::function<void(std::uint64_t worlds_done)> progress; ///< called now and then, from one thread at a time
};

/// Threads that `requested` means on this machine.
unsigned thread_count(unsigned requested);

/// Simulates every world. The result depends on the market alone: not on threads, not on timing.
/// \throws LedgerError where money was not conserved; std::bad_alloc; what `options.progress` throws. The first
/// exception of any thread ends the run: the others finish their block of worlds, at most 16.
RunResult run_worlds(const Market& market, const RunOptions& options);

} // namespace plunge
