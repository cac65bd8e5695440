// Many tests at once: p-values adjusted so that the chance of any false alarm is bounded.
#pragma once

#include <vector>

namespace plunge {

/// Adjusted p-values: with p sorted ascending, max over j <= i of min(1, (m - j + 1) p_(j)). Rejecting where they are
/// at most alpha keeps the probability of any false rejection at alpha, however the tests depend on one another. NaN is
/// no test: it stays and does not count in m. Source: Holm (1979), Scand. J. Stat. 6, 65.
std::vector<double> holm_adjusted(const std::vector<double>& p_values);

} // namespace plunge
