// From worlds to independent observations: an antithetic pair is one, and so is a replication of quasi-random worlds.
#pragma once

#include <cstdint>
#include <vector>

namespace plunge {

/// How the worlds of a run hang together.
enum class Dependence {
    none,         ///< every world is an observation
    pairs,        ///< worlds 2k and 2k + 1 are antithetic: their mean is one
    replications, ///< world k has a point of replication k mod 16 of a Sobol sequence: replications are observations
};

/// The values that are not NaN.
std::vector<double> present_values(const std::vector<double>& values);

/// Means of the pairs (0, 1), (2, 3), ... of which both have a value.
std::vector<double> pair_means(const std::vector<double>& values);

/// One number per replication that has a value: the mean m of all values plus what the replication moves it by,
///     m + (R n_r / n) (m_r - m),
/// with m_r the mean and n_r the number of its values, n of all and R replications. These numbers average to m, and are
/// the replications' means where those have the same number of values; else their spread is that of a ratio of two
/// sums, to first order.
std::vector<double> replication_values(const std::vector<double>& values);

/// Values present, pairs' means or replications' numbers.
std::vector<double> independent_values(const std::vector<double>& values, Dependence dependence);

/// How many those are, where all worlds have a value.
std::uint64_t count_observations(std::uint64_t worlds, Dependence dependence);

/// Cuts both to the worlds that both have, and makes NaN of what only one has a value for; an antithetic pair goes as a
/// whole.
void match_worlds(std::vector<double>& a, std::vector<double>& b, Dependence dependence);

/// 1 where the value lies above `threshold`, else 0; NaN stays.
std::vector<double> above(const std::vector<double>& values, double threshold);

} // namespace plunge
