// Runs the worlds of many scenarios as if they were one run's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/driver/parallel_blocks.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/stats/column.hpp"

namespace plunge {

struct SweepOptions {
    unsigned threads = 0;                    ///< 0: as many as the machine has
    const std::atomic<bool>* stop = nullptr; ///< set from outside: finish what was begun, then end
    BlockProgress progress = {};             ///< called now and then, from one thread at a time
};

struct SweepResult {
    std::vector<Column> columns; ///< as asked for, with [scenarios x worlds] values
    std::uint64_t worlds_done = 0;
    bool interrupted = false; ///< not all worlds were run: values are incomplete
    double seconds = 0.0;
};

/// Runs `worlds` worlds of each of `scenarios` scenarios. All worlds of all scenarios are one list that threads take
/// blocks from, so that a hundred scenarios of ten worlds keep every core as busy as one of a thousand. A scenario's
/// market is built by the thread that comes to it first and goes with its last world.
///
/// A world's values are those of run_worlds() on the same scenario, bit for bit, and depend on nothing else.
/// \param scenario_of  gives a scenario by its number, from any thread. Each has the metrics of `columns`.
/// \param columns      what to keep of every world, by name, of world_columns().
/// \throws LedgerError, std::bad_alloc, what `scenario_of` throws; the first of any thread ends the sweep.
SweepResult run_sweep(std::uint64_t scenarios, std::uint64_t worlds, std::vector<Column> columns,
                      const std::function<Scenario(std::uint64_t number)>& scenario_of, const SweepOptions& options);

} // namespace plunge
