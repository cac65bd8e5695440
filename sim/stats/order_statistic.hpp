// Quantiles of samples.
#pragma once

#include <vector>

namespace plunge {

/// The quantile of the empirical distribution: the smallest value that at least the share `probability` of the values
/// does not exceed, an order statistic (type 1 of Hyndman & Fan 1996, Am. Stat. 50, 361-365).
/// \param sorted  ascending, without NaN. \return NaN where it is empty.
double order_statistic(const std::vector<double>& sorted, double probability);

} // namespace plunge
