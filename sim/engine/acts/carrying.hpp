// The venue sells what is due of the positions that it has taken over, and has winners take what it cannot bear.
#pragma once

#include <string_view>
#include <vector>

#include "sim/engine/acts/act.hpp"
#include "sim/engine/round/carried_deleveraging.hpp"

namespace plunge {

class Carrying {
  public:
    static constexpr Phase phase = Phase::alone;
    static constexpr std::string_view name = "Sells what is due";

    explicit Carrying(const VenueParts& venue) : deleveraging_{venue.assets}, quantity_(venue.assets) {}

    void begin_world(const VenueParts& /*venue*/) { deleveraging_.begin_world(); }

    std::size_t first_step(const Window& window, const VenueParts& venue) const {
        return venue.inventory.empty() || venue.session.halted() ? window.limit : 0;
    }
    bool act(const Now& now, VenueParts& venue);
    void end_step(VenueParts& venue) const;
    void end_world(VenueParts& venue) const;

  private:
    bool sell(VenueParts& venue, const std::vector<double>& due);

    CarriedDeleveraging deleveraging_;
    std::vector<double> quantity_; // [A] for the book
    Quote quote_;
};

} // namespace plunge
