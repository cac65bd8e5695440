// Reductions to a lower leverage, some time after their announcement.
#pragma once

#include <algorithm>
#include <string_view>

#include "sim/engine/acts/act.hpp"
#include "sim/engine/round/settlement.hpp"

namespace plunge {

class LeverageCutting {
  public:
    static constexpr Phase phase = Phase::alone;
    static constexpr std::string_view name = "Leverage cuts";

    explicit LeverageCutting(const VenueParts& venue) : round_{venue.assets}, settlement_{venue.assets} {}

    void begin_world(VenueParts& venue) {
        due_ = never;
        announce(venue, venue.model.cut_at_step, LeverageCutTrigger::time);
    }
    std::size_t steps_until_change(std::size_t t) const { return t < due_ ? due_ - t : never; }
    std::size_t first_step(const Window& window, const VenueParts& venue) const {
        return window.first >= due_ && !venue.session.halted() ? 0 : window.limit;
    }
    void hear(const VenueParts::Announcement& heard, const VenueParts& venue) {
        announce(venue, heard.step,
                 heard.signal == Signal::halt ? LeverageCutTrigger::halt : LeverageCutTrigger::margin_raise);
    }
    bool act(const Now& now, VenueParts& venue);

  private:
    // One that is pending comes first.
    void announce(const VenueParts& venue, std::size_t t, LeverageCutTrigger trigger) {
        if (!venue.model.leverage_cut || venue.model.leverage_cut->trigger != trigger) return;
        due_ = std::min(due_, t + venue.model.cut_grace_steps);
    }

    std::size_t due_ = never; // step of the announced reduction
    Round round_;
    Settlement settlement_;
};

} // namespace plunge
