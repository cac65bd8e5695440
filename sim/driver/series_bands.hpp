// Counts worlds' step series into the quantile bands of a run.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <variant>
#include <vector>

#include "sim/engine/step_series.hpp"
#include "sim/stats/run_result.hpp"
#include "sim/stats/step_bands.hpp"

namespace plunge {

/// The bands of all threads' worlds.
class SeriesBands {
  public:
    /// \param steps  T + 1
    SeriesBands(const StepScales& scales, std::size_t steps);

    /// Counts a block of worlds: the more at once, the less often a histogram is fetched. Several threads may count at
    /// once: they follow one another from step to step.
    void count(std::span<const StepSeries> worlds);

    /// The quantiles that the scenario asks for, in the order of the file.
    std::vector<StepBand> read(const std::vector<double>& probabilities);

  private:
    void count(std::variant<StepBands, RunBands>& bands, const std::vector<StepValue>& values) const;

    std::size_t steps_;            // T + 1
    std::vector<StepBands> price_; // per asset
    StepBands open_interest_;
    StepBands depth_multiplier_;                            // of no steps where depth is constant
    std::vector<std::variant<StepBands, RunBands>> events_; // of event_bands(); those that stay are runs
    std::uint64_t worlds_ = 0;
    std::mutex mutex_; // of events and worlds
};

} // namespace plunge
