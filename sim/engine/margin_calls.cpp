// Phase 5 of a step: margin calls go out, top-ups come in.
#include <algorithm>

#include "models/margin/any_rule.hpp"
#include "models/random/philox.hpp"
#include "sim/engine/row_flags.hpp"
#include "sim/engine/venue_state.hpp"

namespace plunge {

namespace {

// Of the maintenance margin: less than this that is missing is rounding.
constexpr double smallest_top_up = 1e-9;

} // namespace

bool VenueState::stays_in_call(std::uint32_t row, const double* mark) const {
    return rows_.has_position(row) &&
           is_short_of(model_.rule, rows_.view(row), model_.warning * margin_factor_, mark, assets_);
}

// A call that goes out or is over, or money that arrives.
std::size_t VenueState::first_call_event(std::size_t t, std::size_t limit, const LookAhead& ahead,
                                         const IndexPath& path) {
    if (!top_ups_due_.empty()) {
        const std::size_t due = top_ups_due_.front().first;
        limit = std::min(limit, due > t ? due - t : 0);
    }
    for (const std::uint32_t row : in_call_) {
        for (std::size_t k = 0; k < limit; ++k) {
            for (std::size_t a = 0; a < assets_; ++a) mark_now_[a] = ahead.mark(venue_, a)[k];
            if (!stays_in_call(row, mark_now_.data())) limit = k;
        }
    }
    return first_trigger(warning_search_, t, limit, ahead, path, row_in_call);
}

void VenueState::call_margins(std::size_t t, const IndexPath& path) {
    if (!(model_.warning > 0.0)) return;
    std::erase_if(in_call_, [&](std::uint32_t row) {
        const bool stays = stays_in_call(row, prices_.mark.data());
        if (!stays) row_flags_[row] &= static_cast<std::uint8_t>(~row_in_call);
        return !stays;
    });
    std::vector<std::uint32_t> below;
    search(warning_search_, t, path, below);
    for (const std::uint32_t row : below) {
        if ((row_flags_[row] & row_in_call) != 0) continue;
        touch(row); // so that the flag is undone with the row
        row_flags_[row] |= row_in_call;
        in_call_.push_back(row);
        ++metrics_.margin_calls;
        ++step_margin_calls_;
        const TopUpModel& top_up = market_.top_ups()[start_->cohort[row]];
        if (!top_up.active) continue;
        const PhiloxWords words = philox_words({.seed = market_.scenario().run.seed,
                                                .world = lineage_->world_at(t),
                                                .stream = Stream::behaviour,
                                                .lane = static_cast<std::uint8_t>(venue_)},
                                               static_cast<std::uint32_t>(t), row);
        if (uniform_open(words[0], words[1]) >= top_up.params.probability) continue;
        const std::pair<std::size_t, std::uint32_t> due{t + top_up.delay_steps, row};
        top_ups_due_.insert(std::upper_bound(top_ups_due_.begin(), top_ups_due_.end(), due), due);
    }
    std::size_t arrived = 0;
    for (; arrived < top_ups_due_.size() && top_ups_due_[arrived].first <= t; ++arrived) {
        const std::uint32_t row = top_ups_due_[arrived].second;
        if (!rows_.has_position(row)) continue;
        const TopUp::Params& params = market_.top_ups()[start_->cohort[row]].params;
        const MarginState state = margin_state(model_.rule, rows_.view(row), margin_factor_, prices_.mark.data(),
                                               assets_);
        const double allowed = params.limit * start_->initial_wealth[row] - paid_in_[row];
        const double amount = std::min(params.target * state.maintenance - state.equity, allowed);
        if (!(amount > smallest_top_up * state.maintenance)) continue;
        touch(row);
        rows_.cash[row] += amount;
        paid_in_[row] += amount;
        ledger_.deposits += amount;
        ledger_.gross_flows += amount;
        ++metrics_.top_ups;
        metrics_.top_up_amount += amount;
        row_changed(row);
    }
    top_ups_due_.erase(top_ups_due_.begin(), top_ups_due_.begin() + static_cast<std::ptrdiff_t>(arrived));
}

} // namespace plunge
