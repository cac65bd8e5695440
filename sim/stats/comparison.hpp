// Two runs beside each other: the difference of every metric with its interval, B minus A.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/stats/column.hpp"
#include "sim/stats/difference.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/provenance.hpp"
#include "sim/stats/quantile_difference.hpp"

namespace plunge {

/// One of the two runs.
struct ComparedRun {
    std::string file;
    std::string title;
    std::uint64_t worlds = 0;
    std::uint64_t worlds_requested = 0;
    Dependence dependence = Dependence::none;
    std::vector<Column> columns;
    Provenance provenance = {};
};

/// The quantiles whose differences are reported: the bad end.
inline constexpr std::array<double, 2> compared_probabilities{0.95, 0.99};
inline constexpr std::array<double, 2> compared_low_probabilities{0.05, 0.01};

/// Whether small values of a metric are the bad ones: minima, balances, and times until something happens.
bool small_is_bad(std::string_view metric);

/// Worlds in which a metric is above zero.
struct ShareDifference {
    double a = 0.0; ///< shares of worlds
    double b = 0.0;
    Interval interval;    ///< of b - a
    double p_value = 1.0; ///< of equal shares
};

enum class Verdict {
    compared,
    same,      ///< no world differs
    rounding,  ///< differences within 1e-12 of the largest value: sums in another order
    no_values, ///< less than two observations on a side
};

struct MetricComparison {
    std::string name;
    std::string units;
    std::string long_name;
    Verdict verdict = Verdict::compared;
    std::uint64_t worlds_a = 0; ///< that count: with a value, and where paired with one in both runs
    std::uint64_t worlds_b = 0;
    std::uint64_t differing = 0; ///< paired: worlds that differ
    MeanDifference mean;
    double relative = 0.0;                     ///< difference over the size of A's mean; NaN where that is zero
    double effect_size = 0.0;                  ///< Cohen's d; NaN where neither run varies
    double p_adjusted = 1.0;                   ///< Holm, over all metrics compared
    double variance_ratio = 1.0;               ///< paired: variance of the difference over that of independent runs
    std::vector<QuantileDifference> quantiles; ///< low ones where small_is_bad()
    std::optional<ShareDifference> share;      ///< where a metric is above zero in some worlds and not in others
};

struct Comparison {
    bool paired = false;
    double confidence = 0.95;
    std::vector<std::string> reasons; ///< why paired, or why not
    std::uint64_t worlds_a = 0;       ///< looked at: where paired, the worlds that both runs have
    std::uint64_t worlds_b = 0;
    std::vector<MetricComparison> metrics; ///< in the order of A
    std::vector<std::string> only_in_a;
    std::vector<std::string> only_in_b;
};

/// Compares the columns that both runs have. Antithetic pairs, and replications of quasi-random worlds, count as one
/// observation. \param paired  world k of one run belongs to world k of the other; the caller knows
Comparison compare_runs(const ComparedRun& a, const ComparedRun& b, bool paired, double confidence);

/// Tables for a terminal of 80 columns.
std::string format_comparison(const Comparison& comparison, const ComparedRun& a, const ComparedRun& b,
                              bool colour = false);

/// The same as JSON; what is not finite is null.
std::string comparison_json(const Comparison& comparison, const ComparedRun& a, const ComparedRun& b);

} // namespace plunge
