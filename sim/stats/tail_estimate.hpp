// The tail of a list of losses: a quantile and the mean beyond it, from the sample and from the one tail that fits it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/stats/interval.hpp"
#include "sim/stats/peaks_over_threshold.hpp"
#include "sim/stats/quantile_interval.hpp"

namespace plunge {

struct TailQuestion {
    double probability = 0.99;
    double confidence = 0.95;
    std::optional<double> threshold; ///< one's own, instead of the one that the test chooses
};

/// Whether there is a tail to tell figures from.
enum class TailFit {
    chosen,       ///< the lowest threshold from which on a generalized Pareto tail is not rejected
    own,          ///< the threshold that was asked for; whether it fits is said beside it
    too_few,      ///< less than `fewest_exceedances` losses beyond any threshold, or all alike
    infinite,     ///< some losses are infinite
    inside,       ///< the quantile lies among the bulk of losses, or below the threshold that was asked for
    rejected,     ///< at every threshold
    contradicted, ///< the chosen tail is not where the sample is
};

/// Share of wrongly rejected thresholds that ForwardStop allows.
inline constexpr double threshold_error_rate = 0.1;

/// What a fitted tail says at a probability, beside the distribution-free interval there.
struct TailCheck {
    double fitted = 0.0;
    QuantileEstimate sample;

    bool agrees() const { return sample.value.low <= fitted && fitted <= sample.value.high; }
};

struct TailEstimate {
    TailQuestion question;
    QuantileEstimate sample;       ///< the quantile, with an interval that assumes nothing
    double sample_shortfall = 0.0; ///< mean of the worst share 1 - probability; no interval belongs to it
    std::uint64_t zeros = 0;       ///< losses that are nothing
    TailFit fit = TailFit::too_few;
    std::optional<PeaksOverThreshold> tail; ///< of `chosen` and `own`
    IntervalEstimate value_at_risk;         ///< by the tail, where there is one
    IntervalEstimate expected_shortfall;
    std::vector<TailCheck> checks;        ///< of the chosen tail, at 99 %
    std::vector<ThresholdRow> thresholds; ///< that were tried, ascending
    std::size_t rejected = 0;             ///< of these, the first ones

    bool extrapolated() const { return sample.ranks.high == 0; } ///< the sample gives no upper end
};

/// Thresholds are tried from low to high, and the first ones at which a generalized Pareto tail is rejected are left
/// (Anderson-Darling, ForwardStop; sim/stats/pareto_test.hpp). The next one is taken, if what it says ten losses from
/// the end, and at the quantile asked for, lies within the sample's own 99 % interval there.
/// Source: Bader, Yan & Zhang (2018), Ann. Appl. Stat. 12, 310.
/// \param sorted  ascending, independent, without NaN, not empty
TailEstimate estimate_tail(const std::vector<double>& sorted, const TailQuestion& question);

/// Why there are no figures of a tail, or which one they are of, in one sentence. \param losses  "worlds", "losses"
std::string tail_sentence(const TailEstimate& estimate, const std::string& losses);

/// A line per threshold that was tried; those rejected have no quantiles.
std::string threshold_lines(const TailEstimate& estimate);

} // namespace plunge
