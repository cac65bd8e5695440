// Which scenarios a sweep runs: one point after the other, each the scenario with some keys changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/scenario/factor.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {

enum class SweepSample {
    grid,          ///< every value of every factor with every value of the others
    latin,         ///< Latin hypercube
    saltelli,      ///< the design from which Sobol indices are estimated
    one_at_a_time, ///< every value of one factor, the others as the scenario has them
};

struct SweepPlan {
    SweepSample sample = SweepSample::grid;
    std::vector<Factor> factors;
    std::size_t rows = 0; ///< of a sample: --points
    std::size_t points = 0;
    std::vector<std::size_t> shape;               ///< of a grid the number of values of every factor, else {points}
    std::vector<std::vector<std::string>> values; ///< [points][factors]; empty: as the scenario has it

    /// `key=value` for every key that a point changes, as after --set.
    std::vector<std::string> overrides(std::size_t point) const;

    /// "point 3 of 12: depth = 1e6; fee = 0.01", points counted from 1.
    std::string describe(std::size_t point) const;
};

/// The number of points that a plan will have; infinite rather than wrapped around.
double count_points(const std::vector<Factor>& factors, SweepSample sample, std::size_t rows);

/// \param rows  of a Latin hypercube its points; of Saltelli's design the rows, with factors + 2 points each.
/// \param seed  of the samples; a grid has none.
/// \throws ScenarioError where a factor does not fit the sample: a grid has no place for ranges, nor have samples for
/// steps. Lists are factors of both; a sample takes all values alike.
SweepPlan make_plan(std::vector<Factor> factors, SweepSample sample, std::size_t rows, std::uint64_t seed);

/// Reads the scenarios of a sweep from one text. Files that they name are read once, so that all points see the same.
/// May be used from several threads at a time.
class PointReader {
  public:
    /// \param before, after  overrides of all points, on both sides of their own.
    PointReader(const LoadedScenario& base, std::vector<std::string> before, std::vector<std::string> after);
    ~PointReader();
    PointReader(const PointReader&) = delete;
    PointReader& operator=(const PointReader&) = delete;

    /// \throws ScenarioError with all mistakes of the point.
    LoadedScenario read(const std::vector<std::string>& overrides) const;

    /// All files that scenarios read so far have named.
    std::vector<InputFile> inputs() const;

  private:
    struct Files;
    std::string text_;
    std::string path_;
    std::vector<std::string> before_;
    std::vector<std::string> after_;
    std::unique_ptr<Files> files_;
};

/// What is known of a point before it is run.
struct PointInfo {
    std::string sha256;        ///< scenario_sha256 of the run that would be the same
    bool same_paths = false;   ///< its worlds have the index paths of the scenario's own
    double memory_bytes = 0.0; ///< of its market and one thread's worlds
    bool draws = false;        ///< its worlds differ from each other
};

/// Reads every point's scenario. \throws ScenarioError with the mistakes of the first point that has any, and how many
/// others have some. A mistake too: other metrics, another number of worlds or other pairs than the base has; two
/// points of a grid that are the same scenario.
std::vector<PointInfo> check_points(const SweepPlan& plan, const PointReader& reader, const LoadedScenario& base,
                                    unsigned threads);

} // namespace plunge
