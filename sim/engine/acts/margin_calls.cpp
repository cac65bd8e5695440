#include "sim/engine/acts/margin_calls.hpp"

#include <algorithm>

#include "models/common/tolerances.hpp"
#include "models/random/philox.hpp"

namespace plunge {

// A call that goes out or is over, or money that arrives.
std::size_t MarginCalls::first_step(const Window& window, VenueParts& venue) {
    if (!venue.margins.warns()) return window.limit;
    std::size_t limit = window.limit;
    if (!due_.empty())
        limit = std::min(limit, due_.front().first > window.first ? due_.front().first - window.first : 0);
    for (const std::uint32_t row : in_call_) {
        for (std::size_t k = 0; k < limit; ++k) {
            for (std::size_t a = 0; a < venue.assets; ++a) mark_[a] = window.ahead.mark(venue.venue, a)[k];
            if (!stays_in_call(venue, row, mark_.data())) limit = k;
        }
    }
    return venue.margins.warning.first_step(window.first, limit, window.ahead, window.path, venue.books, venue.accounts,
                                            row_in_call);
}

bool MarginCalls::stays_in_call(const VenueParts& venue, std::uint32_t row, const double* mark) const {
    return venue.accounts.has_position(row) && venue.margins.is_warned(venue.accounts.view(row), mark, venue.assets);
}

bool MarginCalls::act(const Now& now, VenueParts& venue) {
    if (!venue.margins.warns()) return false;
    end_calls(venue);
    venue.margins.warning.find(now.step, now.path, venue.books, venue.accounts, below_);
    for (const std::uint32_t row : below_) {
        if (!venue.accounts.has(row, row_in_call)) call(now, venue, row);
    }
    take_arrivals(now, venue);
    return false;
}

void MarginCalls::end_calls(VenueParts& venue) {
    std::erase_if(in_call_, [&](std::uint32_t row) {
        const bool stays = stays_in_call(venue, row, venue.books.mark().data());
        if (!stays) venue.accounts.lower(row, row_in_call);
        return !stays;
    });
}

void MarginCalls::call(const Now& now, VenueParts& venue, std::uint32_t row) {
    venue.accounts.raise(row, row_in_call);
    std::vector<std::uint32_t>& called = venue.record.called;
    if (called.size() != venue.accounts.size()) called.resize(venue.accounts.size());
    called[row] = static_cast<std::uint32_t>(now.step);
    in_call_.push_back(row);
    ++venue.record.metrics.margin_calls;
    ++venue.record.step.margin_calls;
    const TopUpModel& top_up = venue.market.top_ups()[venue.accounts.cohort(row)];
    if (!top_up.active) return;
    const PhiloxWords words = philox_words({.seed = venue.market.scenario().run.seed,
                                            .world = venue.lineage->world_at(now.step),
                                            .stream = Stream::behaviour,
                                            .lane = static_cast<std::uint8_t>(venue.venue)},
                                           static_cast<std::uint32_t>(now.step), row);
    if (uniform_open(words[0], words[1]) >= top_up.params.probability) return;
    const std::pair<std::size_t, std::uint32_t> due{now.step + top_up.delay_steps, row};
    due_.insert(std::upper_bound(due_.begin(), due_.end(), due), due);
}

void MarginCalls::take_arrivals(const Now& now, VenueParts& venue) {
    std::size_t arrived = 0;
    for (; arrived < due_.size() && due_[arrived].first <= now.step; ++arrived) {
        if (venue.accounts.has_position(due_[arrived].second)) top_up(venue, due_[arrived].second);
    }
    due_.erase(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(arrived));
}

void MarginCalls::top_up(VenueParts& venue, std::uint32_t row) const {
    const TopUp::Params& params = venue.market.top_ups()[venue.accounts.cohort(row)].params;
    const MarginState state = venue.margins.state(venue.accounts.view(row), venue.books.mark());
    const double allowed = params.limit * venue.accounts.initial_wealth(row) - venue.accounts.paid_in(row);
    const double amount = std::min(params.target * state.maintenance - state.equity, allowed);
    if (!(amount > tolerance::top_up * state.maintenance)) return;
    venue.accounts.edit(row, [&](Accounts::Edit& edit) { edit.pay_in(amount); });
    venue.ledger.pay(Party::outside, Party::accounts, amount);
    ++venue.record.metrics.top_ups;
    venue.record.metrics.top_up_amount += amount;
}

} // namespace plunge
