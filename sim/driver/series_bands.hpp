// Counts worlds' step series into the quantile bands of a run.
#pragma once

#include <span>
#include <vector>

#include "sim/driver/run_result.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/world.hpp"
#include "sim/stats/step_bands.hpp"

namespace plunge {

/// The bands of one thread's worlds; merged, those of all.
class SeriesBands {
  public:
    /// \param initial_open_interest  of all venues and assets [quote]
    SeriesBands(const Market& market, double initial_open_interest);

    /// Counts a block of worlds: the more at once, the longer a histogram stays in cache once it is fetched.
    void count(std::span<const StepSeries> worlds);

    void merge(const SeriesBands& other);

    /// The quantiles that the scenario asks for, in the order of the file.
    std::vector<StepBand> read(const Market& market) const;

  private:
    void count(StepBands& bands, std::span<const StepSeries> worlds, std::vector<double> StepSeries::*values,
               std::size_t offset);

    std::size_t steps_;            // T + 1
    std::vector<StepBands> price_; // per asset
    StepBands open_interest_;
    StepBands depth_multiplier_; // no places where depth is constant
    RunBands liquidated_notional_;
    RunBands fund_balance_;
    std::vector<double> tile_; // scratch
};

} // namespace plunge
