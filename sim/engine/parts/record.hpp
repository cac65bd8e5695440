// What is noted of a venue in one world: its metrics, its cohorts', the totals of the step at hand, its cascades.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// Runs of steps with forced liquidations, as they grow.
class CascadeTracker {
  public:
    /// \param gap_steps  liquidations further apart belong to different cascades
    CascadeTracker(std::uint32_t venue, std::size_t gap_steps, bool keeps)
        : venue_{venue}, gap_steps_{gap_steps}, keeps_{keeps} {}

    void begin_world() {
        take_back(finished_);
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
    /// Takes cascades whose memory may be used again.
    void take_back(std::vector<Cascade>& used);

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
    Record(std::uint32_t venue, std::size_t cohort_count, std::size_t cascade_gap_steps, bool keeps_cascades)
        : cascades{venue, cascade_gap_steps, keeps_cascades}, cohorts(cohort_count) {}

    void begin_world() {
        metrics = {};
        step = {};
        cohorts.assign(cohorts.size(), {});
        cascades.begin_world();
    }

    /// A step has ended: what is known only then. Before the next begins.
    void end_step(std::size_t t, const std::vector<double>& price_at_start, const std::vector<double>& price);

    VenueMetrics metrics;
    StepTotals step;
    CascadeTracker cascades;
    std::vector<CohortMetrics> cohorts; ///< of this venue's accounts
};

} // namespace plunge
