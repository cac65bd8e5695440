// How large an insurance fund has to be, far into the tail: sizing by importance sampling.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/driver/fund_sizing.hpp"
#include "sim/driver/importance.hpp"
#include "sim/stats/weighted_tail.hpp"

namespace plunge {

/// Worlds of the last stage run again with the fund that was found.
struct WeightedFundCheck {
    double fund = 0.0;
    std::uint64_t run = 0;
    double probability = 0.0;    ///< of the event, weighted
    std::uint64_t differing = 0; ///< worlds of which their critical fund says otherwise
};

struct TailSizing {
    SizingOptions options;
    double ample = 0.0;
    FoundLaws laws;
    std::vector<WeightedValue> critical; ///< per world; infinite where no fund prevents the event
    IntervalEstimate fund;               ///< quantile of the critical fund at `survive`
    double relative_error = 0.0;         ///< of the probability that a world needs more
    double effective_worlds = 0.0;       ///< beyond the fund: (sum w)^2 / sum w^2
    bool precise = true;                 ///< the precision asked for is reached
    std::vector<WeightedFundCheck> checks;
    bool interrupted = false; ///< `critical` is what was finished; nothing is checked
};

/// The quantile of critical funds, as size_fund() has it, from worlds drawn from laws under which large draws on the
/// fund are common (sim/driver/importance.hpp).
/// \throws std::invalid_argument where the fund's size acts on the market before it is empty (draw_is_critical()): a
/// world's critical fund is then not its draw, and the search has no score
TailSizing size_fund_tail(const Scenario& scenario, const SizingOptions& options);

} // namespace plunge
