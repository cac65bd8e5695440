// Value at risk: a quantile of a sample, with an interval that assumes nothing about the distribution.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/stats/interval.hpp"

namespace plunge {

/// Places in a sorted sample, counted from 1.
struct QuantileRanks {
    std::uint64_t point = 0;
    std::uint64_t low = 0;  ///< 0: so small a sample has no lower end
    std::uint64_t high = 0; ///< 0: so small a sample has no upper end
    double coverage = 0.0;  ///< probability that the interval covers the quantile, at least
};

/// Ranks of the quantile and of its interval in a sample of `count` independent values. The number of values at or
/// below the quantile is binomial, so that
///
///   P(x_(low) <= quantile <= x_(high)) >= P(low <= B <= high - 1),   B ~ Bin(count, probability)
///
/// with equality for a continuous distribution; an atom only raises it. Each end may be wrong with half of what
/// `confidence` leaves; the ranks are the closest that keep this.
/// Source: Thompson (1936), Ann. Math. Stat. 7, 122; also David & Nagaraja (2003), Order Statistics.
/// \throws std::invalid_argument unless count > 0 and both numbers lie inside (0, 1).
QuantileRanks quantile_ranks(std::uint64_t count, double probability, double confidence);

/// The quantile of a sample as those ranks give it.
struct QuantileEstimate {
    double probability = 0.0;
    double confidence = 0.0;
    std::uint64_t count = 0;
    QuantileRanks ranks;
    IntervalEstimate value;
};

/// \param sorted  ascending, independent, without NaN; infinite values may stand at its end
QuantileEstimate estimate_quantile(const std::vector<double>& sorted, double probability, double confidence);

/// The smallest sample whose largest value is an upper bound of the quantile that fails with probability `failure` at
/// most: the smallest n with probability^n <= failure. 59 for 0.95 and 0.05.
/// Source: Wilks (1941), Ann. Math. Stat. 12, 91.
std::uint64_t sample_for_upper_bound(double probability, double failure);

} // namespace plunge
