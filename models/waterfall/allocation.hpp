// Sharing an amount among claimants, each with a cap.
#pragma once

#include <vector>

namespace plunge {

/// Shares `total` in proportion to `weight`, nobody above `cap`; what a cap cuts off is shared again among the rest.
/// \return one amount per claimant; their sum is min(total, sum of caps of claimants with weight).
std::vector<double> allocate_pro_rata(double total, const std::vector<double>& weight, const std::vector<double>& cap);

} // namespace plunge
