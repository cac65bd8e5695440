// Auto-deleveraging of what the venue carries: positions that it has taken over and whose loss its layers could not
// bear. sim/README.md, "What a venue does by itself", 1.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"
#include "sim/engine/round/winner_closing.hpp"

namespace plunge {

class CarriedDeleveraging {
  public:
    explicit CarriedDeleveraging(std::size_t assets)
        : round_{assets}, loses_(assets), quantity_(assets), winners_{assets} {}

    void begin_world() { winners_.begin_world(); }

    /// Finds the share of what is carried at a loss that the venue can keep, and closes the rest against winners at
    /// what it was taken over for. \param due  [A] of what is carried, sold in this step  \return whether any was
    /// closed
    bool apply(VenueParts& venue, const std::vector<double>& due);

  private:
    void find_loss(const VenueParts& venue, const std::vector<double>& due, double share);

    Round round_;                     // without orders: everybody may be a winner
    std::vector<std::uint8_t> loses_; // [A] carried at a loss
    std::vector<double> quantity_;    // [A] that the book gets in the trial
    Quote trial_;
    Loss loss_; // of the trial
    WinnerClosing winners_;
};

} // namespace plunge
