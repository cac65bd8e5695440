// One world, stepped the slow and obvious way: the reference that the engine is compared with.
//
// Written from the model and from sim/README.md alone. Every round looks at every account, every price is computed
// anew from the state, nothing is cached, pruned or reused. Where the two disagree, one of them is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/world_result.hpp"
#include "sim/engine/world_trace.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/differential/slow_formulas.hpp"

namespace plunge::oracle {

/// One account row at the start. Entry costs are in cash: wealth = cash + sum (position + collateral) * price.
struct OracleRow {
    double cash = 0.0;
    Vector position;   ///< [assets], signed base
    Vector collateral; ///< [assets], base
    Vector entry;      ///< [assets], entry price
    std::size_t cohort = 0;
    std::size_t owner = 0; ///< unique within the venue
};

/// One row's positions were closed by force.
struct OracleEvent {
    std::size_t step = 0;
    std::size_t round = 0; ///< from 1
    std::size_t venue = 0;
    std::size_t row = 0;
    double fraction = 0.0; ///< of every position, after the throughput's cut
};

/// How often the rarer rules acted, so that a test can show that it has met them.
struct RuleCounts {
    std::size_t multi_round_steps = 0;
    std::size_t partial_closes = 0;
    std::size_t throughput_cuts = 0;
    std::size_t adl_rounds = 0;
    std::size_t adl_split_rounds = 0; ///< 0 < l < 1
    std::size_t winners_ran_out = 0;
    std::size_t collateral_sales = 0;
    std::size_t sales_in_progress = 0; ///< rows without positions that sold on
    std::size_t sequential_turns = 0;
    std::size_t round_limit_hits = 0;
    std::size_t loans_repaid = 0;  ///< by keepers, in part or whole
    std::size_t keeper_limits = 0; ///< rounds in which they left some for want of profit
    std::size_t adl_overshoots = 0;
    std::size_t adl_capped = 0; ///< a winner gave less than its position because of max_share
    std::size_t segregated_payments = 0;
    std::size_t own_contributions = 0; ///< a member paid for its own accounts
    std::size_t assessments = 0;
    std::size_t member_defaults = 0;
    std::size_t contagion = 0;
    std::size_t frozen_rows = 0;
    std::size_t offset_rounds = 0;        ///< orders closed against opposite accounts
    std::size_t leverage_cuts = 0;        ///< steps in which some account was reduced
    std::size_t own_sales = 0;            ///< steps in which a venue sold what it carried
    std::size_t cancelled_takeovers = 0;  ///< a venue took over the opposite of what it carried
    std::size_t rounds_after_silence = 0; ///< a venue found rows again because another had moved its marks
    std::size_t carried_deleveraged = 0;  ///< steps in which winners took over what a venue carried
    std::size_t drawdown_triggers = 0;    ///< a fall of the insurance funds brought auto-deleveraging
    std::size_t drawdown_stops = 0;
    std::size_t earlier_losses = 0; ///< shortfalls of rows that had realised a loss before, at a segregated fund
    std::size_t by_position = 0;    ///< losses socialized by size of positions
    std::size_t unfilled = 0;       ///< turns, and sales by venues, of which a book did not fill all
};

struct OracleOutcome {
    WorldResult result;
    WorldTrace trace;
    std::vector<OracleEvent> events; ///< in order of (step, round, venue), rows in order of settlement
    RuleCounts counts;
    /// Rounding has begun to decide: a row has paid all it had into a socialized loss (its wealth is zero but for the
    /// last bits), closes what is left of it after tens of partial closes, two different rows tie in priority, or the
    /// split between book and winners is ill-conditioned.
    /// Nothing after `compare_until` says anything about either implementation.
    bool tied = false;
    std::size_t compare_until = 0;    ///< last step before that
    bool counterfactual_tied = false; ///< the same of the run without impact
    double gross_flows = 0.0;         ///< sum of the sizes of all payments, the scale of money comparisons
};

/// Log moves of the index since t = 0, [T+1 x A]: the price process and the scripted shocks.
Vector index_path(const Scenario& scenario, std::uint64_t world);

/// The same from log returns of the assets that the process drives, [driven x steps].
Vector index_moves(const Scenario& scenario, std::uint64_t world, const Vector& returns);

class Oracle {
  public:
    /// \param rows  per venue, in population order.
    Oracle(const Scenario& scenario, std::vector<std::vector<OracleRow>> rows);

    /// \param log_moves  [T+1 x A], index log price less its value at t = 0.
    /// \param rounding  not zero: average prices differ in their last bit, in a pattern of that number.
    OracleOutcome run(std::uint64_t world, const Vector& log_moves, std::uint64_t rounding = 0) const;

  private:
    const Scenario& scenario_;
    std::vector<std::vector<OracleRow>> rows_;
};

} // namespace plunge::oracle
