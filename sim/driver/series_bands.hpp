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
    /// \param series  what a world leaves
    /// \param steps  T + 1
    SeriesBands(const StepSeries& series, std::size_t steps);

    /// Counts a block of worlds: the more at once, the less often a histogram is fetched. Several threads may count at
    /// once: they follow one another from step to step.
    void count(std::span<const StepSeries> worlds);

    /// The quantiles that the scenario asks for, in the order of the file.
    std::vector<StepBand> read(const std::vector<double>& probabilities) const;

  private:
    struct Track {
        const SeriesColumn* column;
        Quiet quiet;
        std::variant<RunBands, StepBands> bands; // the latter of what moves
    };

    std::size_t steps_; // T + 1
    std::vector<Track> tracks_;
    std::uint64_t worlds_ = 0;
    std::mutex mutex_; // of changes and worlds
};

} // namespace plunge
