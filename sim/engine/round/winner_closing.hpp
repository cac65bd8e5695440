// Closes positions of winners: against orders of a turn, or against what the venue carries.
#pragma once

#include <cstddef>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"
#include "sim/engine/round/winners.hpp"

namespace plunge {

class WinnerClosing {
  public:
    explicit WinnerClosing(std::size_t assets) : winners_{assets} {}

    void begin_world() { winners_.begin_world(); }

    /// Marks have moved, or a turn begins.
    void observe(const VenueParts& venue) { winners_.observe(venue); }

    /// Closes winners' positions opposite to the side at its price, as far as the venue's rule lets it. \return how
    /// much [base]
    double close(VenueParts& venue, const Round& round, const ClosedSide& closed);

  private:
    void take(VenueParts& venue, const ClosedSide& closed, const AdlCandidate& winner, double quantity);

    Winners winners_;
    AutoDeleveraging::Work work_;
};

} // namespace plunge
