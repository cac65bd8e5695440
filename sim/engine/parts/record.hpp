// What is noted of a venue in one world: its metrics, its cohorts', the totals of the step at hand, its cascades.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/engine/world_result.hpp"

namespace plunge {

/// What has happened in the step at hand.
struct StepTotals {
    double notional = 0.0; ///< liquidated
    double shortfall = 0.0;
    double adl_notional = 0.0;
    std::uint64_t rounds = 0;
    std::uint64_t margin_calls = 0;
    std::uint32_t liquidations = 0;
};

/// What was closed of an asset by force so far.
struct AssetTotals {
    double liquidated_long = 0.0; ///< at the mark [quote]
    double liquidated_short = 0.0;
    double adl_notional = 0.0;
    double adl_base = 0.0;
    double adl_money = 0.0; ///< at the prices that winners got
};

/// Runs of steps with forced liquidations, as they grow.
class CascadeTracker {
  public:
    /// \param gap_steps  liquidations further apart belong to different cascades
    CascadeTracker(std::uint32_t venue, std::size_t gap_steps, bool keeps)
        : venue_{venue}, gap_steps_{gap_steps}, keeps_{keeps} {}

    void begin_world() {
        for (Cascade& left : finished_) take_back(left);
        finished_.clear();
        running_ = false;
    }

    /// A step with liquidations: the running cascade goes on, or the next begins.
    /// \param price_at_start, price  [A] traded, before and after the step's rounds
    void observe(std::uint32_t step, const StepTotals& totals, const std::vector<double>& price_at_start,
                 const std::vector<double>& price, VenueMetrics& metrics);

    /// Ends the running cascade, if there is one.
    void end(VenueMetrics& metrics);

    /// Appends the world's cascades to `out`; what they leave behind is used again.
    void hand_over(std::vector<Cascade>& out);
    /// Takes one whose memory may be used again.
    void take_back(Cascade& used) { spare_.push_back(std::move(used)); }

  private:
    std::uint32_t venue_;
    std::size_t gap_steps_;
    bool keeps_;
    std::vector<Cascade> finished_;
    std::vector<Cascade> spare_;
    bool running_ = false;
    Cascade cascade_;
    std::vector<double> start_price_; // [A]
};

struct Record {
    /// \param keeps_contagion  of several assets
    Record(std::uint32_t venue, std::size_t asset_count, std::size_t cohort_count, std::size_t cascade_gap_steps,
           bool keeps_cascades, bool keeps_contagion)
        : cascades{venue, cascade_gap_steps, keeps_cascades}, cohorts(cohort_count), assets(asset_count),
          contagion(keeps_contagion ? asset_count * asset_count : 0) {}

    void begin_world() {
        metrics = {};
        step = {};
        if (!liquidated.empty()) std::fill(contagion.begin(), contagion.end(), 0.0);
        cohorts.assign(cohorts.size(), {});
        assets.assign(assets.size(), {});
        liquidated.clear();
        seconds_from_call = 0.0;
        cascades.begin_world();
    }

    /// A step has ended: what is known only then. Before the next begins.
    void end_step(std::size_t t, const std::vector<double>& price_at_start, const std::vector<double>& price);

    VenueMetrics metrics;
    StepTotals step;
    CascadeTracker cascades;
    std::vector<CohortMetrics> cohorts;    ///< of this venue's accounts
    std::vector<AssetTotals> assets;       ///< [A]
    std::vector<double> contagion;         ///< [A x A] lost in, sold of; empty where it is not kept
    std::vector<std::uint32_t> liquidated; ///< the row of every liquidation
    std::vector<std::uint32_t> called;     ///< per row: the step of its last margin call; empty until there is one
    double seconds_from_call = 0.0;        ///< to the first liquidations of rows in call, their sum
};

} // namespace plunge
