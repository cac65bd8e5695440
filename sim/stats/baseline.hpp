// A baseline: the statistics of a run in a small file, for later runs to be held against.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/section_digests.hpp"
#include "sim/stats/column.hpp"
#include "sim/stats/observations.hpp"

namespace plunge {

/// What made a result.
struct RunIdentity {
    std::string title;
    std::string plunge_version;
    std::string git_commit;
    std::string created;
    std::uint64_t seed = 0;
    std::uint64_t worlds = 0;
    Dependence dependence = Dependence::none;
    std::string scenario_sha256;
    std::string results_sha256;
    std::vector<SectionDigest> sections; ///< of the scenario
};

struct BaselineSettings {
    /// Probability that a check of the same model cries wolf, all its tests together: a fresh seed every night for a
    /// year does so with probability 3.6 %.
    double family_error = 1e-4;
    double tolerance = 0.0;          ///< relative shift that passes even where it is seen
    std::vector<std::string> ignore; ///< metrics that are left out

    friend bool operator==(const BaselineSettings& a, const BaselineSettings& b) = default;
};

/// A place in the distribution, as a share of worlds above a value.
struct BaselineQuantile {
    std::string name; ///< q95
    double value = 0.0;
    std::uint64_t above = 0;     ///< worlds above it
    std::optional<double> error; ///< standard error of that share where worlds are not independent

    friend bool operator==(const BaselineQuantile& a, const BaselineQuantile& b) = default;
};

struct MetricBaseline {
    std::string name;
    std::uint64_t worlds = 0;       ///< with a value
    std::optional<double> constant; ///< where all of them have the same; then nothing below is set
    double mean = 0.0;
    double standard_error = 0.0; ///< over what is independent: worlds, pairs or replications
    std::uint64_t nonzero = 0;   ///< worlds
    std::optional<double> nonzero_error;
    std::vector<BaselineQuantile> quantiles;
    std::optional<double> tolerance; ///< instead of the settings'
    std::vector<double> blocks;      ///< means of consecutive blocks of worlds, or of replications; empty where some
                                     ///< world has no value

    friend bool operator==(const MetricBaseline& a, const MetricBaseline& b) = default;
};

struct Baseline {
    RunIdentity run;
    BaselineSettings settings;
    std::vector<MetricBaseline> metrics;
};

struct NamedProbability {
    std::string_view name;
    double probability;
};
/// The order statistics that are kept; those that fall together with one before are left out.
inline constexpr std::array<NamedProbability, 4> baseline_quantiles{
    {{"q05", 0.05}, {"q50", 0.50}, {"q95", 0.95}, {"q99", 0.99}}};

/// Blocks of worlds whose means are kept, where there are at least twice as many worlds: a later run of the same worlds
/// is compared block by block, which takes away what both have in common, at 32 numbers a metric. Quasi-random worlds
/// are compared replication by replication.
inline constexpr std::size_t baseline_blocks = 32;

/// The statistics of one column.
MetricBaseline measure(const Column& column, Dependence dependence);

/// The statistics of all columns but those that settings leave out.
Baseline make_baseline(RunIdentity run, BaselineSettings settings, const std::vector<Column>& columns);

/// Readable TOML; numbers read back to the same bits.
std::string write_baseline(const Baseline& baseline);

/// \param path  what error messages call the file. \throws ScenarioError with every mistake and its place.
Baseline read_baseline(const std::string& text, const std::string& path);

} // namespace plunge
