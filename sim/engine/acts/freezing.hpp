// Collateral held at a venue that has become insolvent is out of reach.
#pragma once

#include <cstddef>

#include "sim/engine/parts/venue_parts.hpp"

namespace plunge {

/// Freezes what rows of `venue` hold at the venue with number `insolvent`. What they owe without a position is a
/// shortfall in their venue's next round.
void freeze_collateral(VenueParts& venue, std::size_t insolvent);

} // namespace plunge
