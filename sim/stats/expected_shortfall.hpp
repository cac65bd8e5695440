// Expected shortfall of a sample: the mean of its worst part.
#pragma once

#include <vector>

namespace plunge {

/// Mean of the worst share 1 - `probability` of the values, where the value at the edge counts with the part of it
/// that belongs: with k the rank of the quantile among n values,
///
///   ES = (sum_{i > k} x_(i) / n + (k / n - probability) x_(k)) / (1 - probability)
///
/// so that atoms are split and it never lies below the quantile.
/// Source: Acerbi & Tasche (2002), J. Bank. Finance 26, 1487.
/// No interval belongs to it: on heavy tails a normal one covers far too seldom. Use the one of a tail that is fitted,
/// see peaks_over_threshold.hpp.
/// \param sorted  ascending, without NaN. \return NaN where it is empty.
double expected_shortfall(const std::vector<double>& sorted, double probability);

} // namespace plunge
