// What a run leaves behind, before it is written: per-world results in world order, quantiles per step, traces.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/world_result.hpp"
#include "sim/engine/world_trace.hpp"

namespace plunge {

/// Quantiles across worlds of one quantity at every step.
struct StepBand {
    std::string name; ///< price, liquidated_notional, fund_balance, open_interest, depth_multiplier
    std::string units;
    std::string long_name;
    bool per_asset = false;
    std::vector<double> quantiles; ///< [T+1 x Q], or [T+1 x A x Q] where per_asset
};

/// What became of an account that the scenario lists, over all worlds.
struct AccountSummary {
    std::size_t cohort = 0;
    std::uint64_t liquidated_worlds = 0;  ///< in which it was liquidated
    std::uint64_t liquidations = 0;       ///< events, all worlds together
    std::uint64_t deleveraged_worlds = 0; ///< in which it was deleveraged or charged with others' losses
    double mean_loss = not_a_number;      ///< in the worlds in which it was liquidated [quote]
    double largest_loss = not_a_number;
};

struct RunResult {
    std::vector<WorldResult> worlds; ///< worlds 0 .. n-1, whole
    std::vector<StepBand> bands;
    std::vector<std::pair<std::uint64_t, WorldTrace>> traces; ///< (world, its trace), ascending
    std::vector<AccountSummary> accounts;                     ///< of explicit cohorts, in their order
    std::vector<double> initial_open_interest;                ///< [V x A], quote, before the first step
    std::uint64_t worlds_requested = 0;
    bool interrupted = false; ///< `worlds` is a complete prefix of what was requested
    double seconds = 0.0;     ///< wall time of the simulation; not part of the result file
};

} // namespace plunge
