// From worlds to independent observations: an antithetic pair is one.
#pragma once

#include <vector>

namespace plunge {

/// The values that are not NaN.
std::vector<double> present_values(const std::vector<double>& values);

/// Means of the pairs (0, 1), (2, 3), ... of which both have a value.
std::vector<double> pair_means(const std::vector<double>& values);

/// Pairs' means where worlds are antithetic, else the values present.
std::vector<double> independent_values(const std::vector<double>& values, bool antithetic);

/// Cuts both to the worlds that both have, and makes NaN of what only one has a value for; an antithetic pair goes as a
/// whole.
void match_worlds(std::vector<double>& a, std::vector<double>& b, bool antithetic);

/// 1 where the value lies above `threshold`, else 0; NaN stays.
std::vector<double> above(const std::vector<double>& values, double threshold);

} // namespace plunge
