// Summaries of worlds that stand for different shares of all worlds.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/stats/summary.hpp"

namespace plunge {

/// What the values of a column weigh.
struct WorldWeights {
    std::vector<double> weight;
    /// The independent draw that each comes from, ascending: worlds of one draw depend on one another.
    std::vector<std::uint64_t> draw;
};

/// Summary of a column of which value i has weight w_i: mean sum w x / sum w over the worlds that have a value, and
/// quantiles, the smallest values up to which at least their share of the weight lies. With e_d the sum of w (x - mean)
/// over draw d and m draws that have a value, the standard error is
///
///   sqrt(m / (m - 1) sum e_d^2) / sum w,
///
/// that of a plain mean where weights are equal; NaN below two draws. A mean of so many ratios has a bias of order 1/m.
/// Source: Cochran (1977), Sampling Techniques, 3rd ed., section 6.4, the ratio estimator and its variance; Hesterberg
/// (1995), Technometrics 37, 185, the same with likelihood ratios.
/// \throws std::invalid_argument where sizes differ.
ColumnSummary summarize_weighted(const Column& column, const WorldWeights& weights);

} // namespace plunge
