// Whether excesses are those of a generalized Pareto distribution, and from which of many thresholds on they are.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/stats/generalized_pareto.hpp"

namespace plunge {

/// The Anderson-Darling statistic of excesses under a distribution that was fitted to them, F(y_(1)) <= ... <=
/// F(y_(n)):
///
///   A^2 = -n - (1 / n) sum_i (2 i - 1) (log F(y_(i)) + log(1 - F(y_(n + 1 - i))))
///
/// \param sorted  positive, ascending. \return infinity where one lies outside the distribution's support
double anderson_darling(const std::vector<double>& sorted, const GeneralizedPareto& fitted);

/// P(A^2 >= statistic) where the excesses are generalized Pareto and both parameters are their maximum likelihood
/// estimates. From a table of the limit for many excesses, in which A^2 is a weighted sum of chi-squared variables with
/// weights that depend on the shape alone; finite samples come near it from 30 or so on.
/// Source: Choulakian & Stephens (2001), Technometrics 43, 478, whose table 2 this one agrees with to 0.003.
double anderson_darling_p_value(double statistic, double xi);

/// ForwardStop: how many hypotheses of an ordered list, the first ones, are rejected. With p_1, p_2, ... their p-values
/// it is the largest k with
///
///   -(1 / k) sum_(i <= k) log(1 - p_i) <= rate,
///
/// which keeps the expected share of wrong ones among those rejected below `rate`.
/// Source: G'Sell, Wager, Chouldechova & Tibshirani (2016), J. R. Stat. Soc. B 78, 423; for thresholds of a tail:
/// Bader, Yan & Zhang (2018), Ann. Appl. Stat. 12, 310. p-values of nested thresholds depend on one another; the latter
/// find the rate kept all the same.
std::size_t forward_stop(const std::vector<double>& p_values, double rate);

} // namespace plunge
