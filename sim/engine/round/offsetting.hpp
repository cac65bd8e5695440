// Closing orders against opposite accounts at the mark, before anything goes to the book.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"

namespace plunge {

class Offsetting {
  public:
    /// Asset by asset, long orders before short ones: every opposite position outside the turn whose account is solvent
    /// gives the same share of itself, at most the venue's `offset`, and every order gets the same share of what it
    /// closes.
    void apply(VenueParts& venue, Round& round);

  private:
    double find_opposite(VenueParts& venue, const Round& round, std::size_t asset, double side);
    void close_opposite(VenueParts& venue, std::size_t asset, double share);

    std::vector<std::uint32_t> opposite_; // rows
};

} // namespace plunge
