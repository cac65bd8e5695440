#include "sim/engine/parts/record.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "models/random/elementary.hpp"

namespace plunge {

void CascadeTracker::observe(std::uint32_t step, const StepTotals& totals, const std::vector<double>& price_at_start,
                             const std::vector<double>& price, VenueMetrics& metrics) {
    if (running_ && step - cascade_.last_step - 1 > gap_steps_) end(metrics);
    if (!running_) {
        running_ = true;
        cascade_.venue = venue_;
        cascade_.first_step = step;
        cascade_.rounds = cascade_.accounts = 0;
        cascade_.notional = cascade_.shortfall = 0.0;
        start_price_ = price_at_start;
    }
    cascade_.last_step = step;
    cascade_.rounds += static_cast<std::uint32_t>(totals.rounds);
    cascade_.accounts += totals.liquidations;
    cascade_.notional += totals.notional;
    cascade_.shortfall += totals.shortfall;
    cascade_.price_move = price; // until it ends
}

void CascadeTracker::end(VenueMetrics& metrics) {
    if (!running_) return;
    running_ = false;
    for (std::size_t a = 0; a < start_price_.size(); ++a) {
        cascade_.price_move[a] = det_log(cascade_.price_move[a] / start_price_[a]);
    }
    ++metrics.cascades;
    metrics.largest_cascade_notional = std::max(metrics.largest_cascade_notional, cascade_.notional);
    if (!keeps_) return;
    if (spare_.empty()) {
        finished_.push_back(cascade_);
        return;
    }
    finished_.push_back(std::move(spare_.back()));
    spare_.pop_back();
    finished_.back() = cascade_;
}

void CascadeTracker::hand_over(std::vector<Cascade>& out) {
    std::move(finished_.begin(), finished_.end(), std::back_inserter(out));
    finished_.clear();
}

void CascadeTracker::take_back(std::vector<Cascade>& used) {
    std::move(used.begin(), used.end(), std::back_inserter(spare_));
    used.clear();
}

void Record::end_step(std::size_t t, const std::vector<double>& price_at_start, const std::vector<double>& price) {
    metrics.max_rounds = std::max(metrics.max_rounds, step.rounds);
    if (step.liquidations == 0) return;
    metrics.peak_step_notional = std::max(metrics.peak_step_notional, step.notional);
    if (std::isnan(metrics.first_liquidation_step)) metrics.first_liquidation_step = static_cast<double>(t);
    cascades.observe(static_cast<std::uint32_t>(t), step, price_at_start, price, metrics);
}

} // namespace plunge
