// What a sweep says: every metric at every point, its difference to the scenario itself, and Sobol indices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/stats/column.hpp"
#include "sim/stats/difference.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/provenance.hpp"
#include "sim/stats/sobol_indices.hpp"
#include "sim/stats/statistic.hpp"

namespace plunge {

/// A metric at one point. NaN where there is no estimate: less than two observations, or no value in any world. Of an
/// output that is a share or a quantile, `mean` is that number, and a quantile's standard errors are half the widths of
/// its intervals over the normal quantile of their confidence.
struct PointEstimate {
    std::uint64_t count = 0; ///< worlds that have a value
    double mean = 0.0;
    double standard_error = 0.0;
    double difference = 0.0; ///< of the means, point less base
    double difference_standard_error = 0.0;
    Interval difference_interval;
};

/// What of a metric is summed up at every point.
struct SweepOutput {
    std::size_t column = 0;
    Statistic statistic;
    std::string name; ///< the metric's, with `.share`, `.q99` behind it where it is no mean
};

struct SweepMetric {
    std::string name;
    std::string units;
    std::string long_name;
    std::uint64_t base_count = 0;
    MeanEstimate base;
    std::vector<PointEstimate> points;
    std::vector<SobolIndex> indices; ///< [factors]; of Saltelli's design alone
};

/// How a sweep is to be summed up.
struct SweepSettings {
    std::uint64_t worlds = 0; ///< of every point
    Dependence dependence = Dependence::none;
    double confidence = 0.95;         ///< of intervals
    std::uint64_t seed = 0;           ///< of the bootstrap
    std::size_t saltelli_factors = 0; ///< zero: not Saltelli's design
};

/// Estimates of every output. The first scenario is the base. Differences are paired, world by world, where `paired`
/// says that a point has the base's index paths, else Welch's of two samples (sim/stats/difference.hpp).
/// \param columns  with [(1 + points) x worlds] values.
/// \param paired   [points]
/// \throws std::invalid_argument where sizes do not fit.
std::vector<SweepMetric> summarize_sweep(const std::vector<Column>& columns, const std::vector<bool>& paired,
                                         const SweepSettings& settings, const std::vector<SweepOutput>& outputs);

/// The means of all columns.
std::vector<SweepMetric> summarize_sweep(const std::vector<Column>& columns, const std::vector<bool>& paired,
                                         const SweepSettings& settings);
std::vector<SweepOutput> mean_outputs(const std::vector<Column>& columns);

/// Of all columns the means, of some also how often and how bad: the share of worlds with auto-deleveraging and with
/// uncovered losses, the 99 % quantile of shortfall and of liquidated notional.
std::vector<SweepOutput> usual_outputs(const std::vector<Column>& columns);

/// Outputs by their names. \throws std::invalid_argument where one is of no column
std::vector<SweepOutput> outputs_named(const std::vector<Column>& columns, const std::vector<std::string>& names);

/// What the tables and the JSON of a sweep name beside its numbers.
struct SweepText {
    std::string title;  ///< of the scenario
    std::string sample; ///< grid, latin, saltelli, one-at-a-time
    std::uint64_t seed = 0;
    std::vector<std::string> factors;
    std::vector<std::vector<std::string>> keys;   ///< of each factor
    std::vector<std::vector<std::string>> values; ///< [points][factors]; empty: as the scenario has it
    std::vector<bool> paired;                     ///< [points]
    bool metrics_chosen = false;                  ///< print all of them, not only the main ones
    std::string left_out;                         ///< what no interval holds, as a sentence; empty: nothing
};

/// Tables for a terminal of 80 columns where the factors leave room: a line per point with means and standard errors,
/// the same of differences, indices. Many points are left to the file.
std::string format_sweep(const SweepText& text, const std::vector<SweepMetric>& metrics, const SweepSettings& settings,
                         bool colour = false);

/// Everything as JSON; what is not finite is null.
std::string sweep_json(const SweepText& text, const std::vector<SweepMetric>& metrics, const SweepSettings& settings,
                       const Provenance& from);

} // namespace plunge
