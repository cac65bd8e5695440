// A result held against a baseline: which statistics have moved, and what the check could have seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/stats/baseline.hpp"
#include "sim/stats/column.hpp"
#include "sim/stats/observations.hpp"

namespace plunge {

enum class CheckMode {
    same_results, ///< equal digests: every bit of every world
    same_program, ///< the same program, scenario, seed and worlds: nothing may differ, and something does
    statistical,  ///< something else: statistics are tested
};

/// One statistic of one metric, then and now.
struct StatisticCheck {
    std::string metric;
    std::string statistic; ///< mean, nonzero (share of worlds), q05 to q99, present (share of worlds), constant
    double baseline = 0.0;
    double now = 0.0;
    double relative = 0.0;        ///< shift over the size of the baseline's value; NaN where that is zero
    double standard_errors = 0.0; ///< the shift in standard errors of the difference
    double p_value = 1.0;         ///< NaN where nothing was tested
    double p_adjusted = 1.0;
    bool moved = false;
};

/// What the test of a mean can see.
struct PowerRow {
    std::string metric;
    double relative_error = 0.0;     ///< standard error of the difference over the size of the baseline's mean
    double degrees_of_freedom = 0.0; ///< of that error
    double tolerance = 0.0;
    double detectable = 0.0;    ///< relative shift found with `check_power`, tolerance included
    double worlds_needed = 0.0; ///< for `wanted_shift`, in each of the two runs; infinite where the tolerance hides it
};
inline constexpr double check_power = 0.8;
inline constexpr double wanted_shift = 0.02;

struct CheckReport {
    CheckMode mode = CheckMode::statistical;
    double family_error = 0.0;
    std::vector<StatisticCheck> statistics;
    std::vector<std::string> metrics; ///< that were looked at
    std::vector<std::string> missing; ///< of the baseline, and not in the result: counts as moved
    std::vector<std::string> added;   ///< in the result, and not of the baseline: said, no more
    std::vector<PowerRow> power;
    bool paired = false; ///< means were compared by blocks of the same worlds

    /// Names of metrics of which something moved, or which are missing.
    std::vector<std::string> moved() const;
    bool passed() const {
        return mode == CheckMode::same_results || (mode == CheckMode::statistical && moved().empty());
    }
};

/// Tests every statistic of the baseline. A null hypothesis is that a statistic has shifted by no more than its
/// tolerance; the tests of all are adjusted by Holm.
///
/// - mean: |shift| less tolerance over its standard error, two-sided by Student's t with Welch's degrees of freedom.
/// The
///   standard error is the larger of Welch's and the pooled one: they are equal at equal worlds, and where one run is
///   small and its own variance happens to be, the pooled one is what the hypothesis says.
///   Where both runs have the same worlds (`same_worlds`) and means of blocks of them: Student's t on the differences
///   of the blocks' means, which is right whether or not the worlds have anything in common and sees far more where
///   they have. What is within 1e-9 of the mean is rounding there and no shift.
/// - nonzero, present, constant: shares of worlds by Fisher's exact test, twice the smaller tail. Where a tolerance is
/// set
///   or worlds are pairs also by the normal test with the larger of the pooled and the pairs' error, and the larger
///   p-value counts.
/// - quantiles: the share of worlds above the baseline's value (moved by the tolerance), by the same tests: as many
/// should
///   lie above it as did. No density is needed, and ties do no harm.
///
/// But for blocks the two runs are taken as independent. Runs that share their worlds differ by less than that: then
/// p-values are too large and never too small.
/// \param same_worlds  seed and number of worlds are the baseline's
CheckReport check_statistics(const Baseline& baseline, const std::vector<Column>& columns, Dependence dependence,
                             bool same_worlds = false);

/// Holds the numbers themselves against each other: lists those that differ in any bit.
CheckReport check_exactly(const Baseline& baseline, const std::vector<Column>& columns, Dependence dependence);

/// What is said of the run beside the statistics.
struct CheckNote {
    std::string result_path;
    std::string baseline_path;
    RunIdentity run;      ///< of the result
    std::string relation; ///< a sentence: how result and baseline are related
};

/// Tables for a terminal of 80 columns; the last line says it all.
std::string format_check(const CheckReport& report, const Baseline& baseline, const CheckNote& note,
                         bool colour = false);
std::string check_json(const CheckReport& report, const Baseline& baseline, const CheckNote& note);

/// The table of shifts that are detected, alone.
std::string format_power(const CheckReport& report, std::uint64_t worlds, bool colour = false);

/// JUnit XML: one test suite, one test case a metric; a metric that moved fails with its lines of the table.
std::string check_junit(const CheckReport& report, const Baseline& baseline, const CheckNote& note);

} // namespace plunge
