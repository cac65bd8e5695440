// The summary of a run: means with standard errors, quantiles, and the shares of worlds in which something happened.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/stats/column.hpp"
#include "sim/stats/interval.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/provenance.hpp"
#include "sim/stats/run_result.hpp"

namespace plunge {

/// Liquidated notional sold of one asset for losses in another, mean over worlds.
struct ContagionSummary {
    std::vector<std::string> assets;
    std::vector<double> mean;           ///< [A x A] lost in, sold of [quote]
    std::vector<double> without_impact; ///< the same in the counterfactual; empty where it was not recorded

    /// What of a matrix lies off its diagonal, as a share; NaN where it is zero.
    static double share_between_assets(const std::vector<double>& matrix);
};

/// The mean of matrices, one a world; an empty one is zero. \param size  cells of each
std::vector<double> mean_matrix(std::span<const WorldResult> worlds, std::vector<double> WorldResult::*matrix,
                                std::size_t size);

/// An account that the scenario lists, with its name and its cohort's.
struct NamedAccount {
    std::string label;
    std::string cohort;
    AccountSummary summary;
};

/// What a summary is made from; a run in memory and a result file both give one (the file's is in output/).
struct SummaryInput {
    std::string title;
    std::uint64_t worlds = 0;
    std::uint64_t worlds_requested = 0;
    Dependence dependence = Dependence::none;
    double initial_fund_balance = 0.0;  ///< all venues together [quote]
    double initial_open_interest = 0.0; ///< all venues and assets together [quote]
    std::uint64_t fund_exhausted = 0;   ///< worlds in which a venue that had a fund ran out of it
    double cascade_threshold = 0.0; ///< of liquidated notional; zero: endogenous liquidations make a cascade [quote]
    std::optional<ContagionSummary> contagion; ///< where it was recorded
    std::vector<NamedAccount> accounts;        ///< that the scenario lists
    std::vector<Column> columns;               ///< all venues together; per asset as `metric.SYMBOL`
    bool deterministic = false;                ///< the world is the only one that there could be
    std::string left_out;                      ///< what no interval holds, as a sentence; empty: nothing is left out
};

/// Of the worlds of a run with these settings.
Dependence dependence_of(const RunSettings& run);

SummaryInput summary_input(const Scenario& scenario, const RunResult& result);

/// Whether results hold who was liquidated for losses in what: of several assets, unless the scenario says no.
bool keeps_contagion(const Scenario& scenario);

/// The names of the accounts that the scenario lists, cohort by cohort.
std::vector<std::string> account_labels(const Scenario& scenario);

/// Every metric of these worlds, as the summary names them.
std::vector<Column> world_columns(const Scenario& scenario, std::span<const WorldResult> worlds);

/// Counts the worlds in which some venue's insurance fund, not empty at the start, was at zero.
/// \param initial  [venues]
/// \param minima   [venues][worlds], lowest balances
std::uint64_t count_fund_exhausted(const std::vector<double>& initial, const std::vector<std::vector<double>>& minima);

/// The probabilities of ColumnSummary::quantiles.
inline constexpr std::array<double, 5> summary_probabilities{0.01, 0.05, 0.50, 0.95, 0.99};

struct ColumnSummary {
    std::string name;
    std::string units;
    std::string long_name;
    std::uint64_t count = 0;   ///< worlds that have a value
    std::uint64_t missing = 0; ///< worlds with NaN; they are left out of everything below
    double mean = not_a_number;
    double standard_error = not_a_number; ///< of the mean; NaN below two independent values
    double smallest = not_a_number;
    double largest = not_a_number;
    std::array<double, 5> quantiles{};
};

/// \param dependence  the standard error is taken over what is independent: worlds, antithetic pairs, of which only
///                    whole ones count, or replications of quasi-random worlds.
ColumnSummary summarize_column(const Column& column, Dependence dependence = Dependence::none);

/// The probabilities of values and liquidations at risk.
inline constexpr std::array<double, 2> risk_probabilities{0.95, 0.99};

/// A share of worlds with its Wilson score interval at 95 % (Wilson 1927, J. Am. Stat. Assoc. 22, 209-212). It takes
/// worlds as independent: with antithetic pairs and quasi-random worlds it is approximate. NaN where nothing is drawn:
/// a share of one certain world has no interval.
struct Share {
    std::string name;
    std::string long_name;
    std::uint64_t count = 0;
    std::uint64_t worlds = 0;
    double share = not_a_number;
    double low = 0.0;
    double high = 1.0;
};

/// \throws std::invalid_argument if `count` exceeds `worlds`.
Share make_share(std::string name, std::string long_name, std::uint64_t count, std::uint64_t worlds);

/// A quantile over worlds under the name that risk managers know it by, with its distribution-free interval; like that
/// of a share it takes worlds as independent.
struct RiskMeasure {
    std::string name;
    std::string long_name;
    std::string metric; ///< whose quantile it is
    double probability = 0.0;
    IntervalEstimate value; ///< at 95 %
};

struct Summary {
    std::string title;
    std::uint64_t worlds = 0;
    std::uint64_t worlds_requested = 0;
    double initial_fund_balance = 0.0;
    double initial_open_interest = 0.0;
    std::vector<Share> shares;
    std::vector<RiskMeasure> risks;
    std::optional<ContagionSummary> contagion;
    std::vector<NamedAccount> accounts;
    std::vector<ColumnSummary> columns;
    bool deterministic = false;
    std::string left_out;
};

Summary summarize(const SummaryInput& input);

/// A table for a terminal of 80 columns. Quantities that are zero in every world are named in one line.
/// \param title   of the names
/// \param colour  headings in bold, by ANSI escapes.
std::string format_columns(const std::vector<ColumnSummary>& columns, const std::string& title, bool colour = false);

/// The same below the worlds and the shares of them.
std::string format_summary(const Summary& summary, bool colour = false);

/// The same as JSON, every column included; NaN is null.
std::string summary_json(const Summary& summary, const Provenance& from);

/// A number in at most eight characters, three significant digits: 1.23M, 0.0123, -45.6k, 12; NaN is "-".
std::string format_number(double value);

} // namespace plunge
