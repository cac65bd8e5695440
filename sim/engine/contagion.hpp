// What institutions owe one another falls due at the end of a world in which somebody was hurt. sim/README.md, "The end
// of a world".
#pragma once

#include <deque>
#include <vector>

#include "sim/engine/venue_engine.hpp"

namespace plunge {

/// How the institutions clear; zero where no member paid and no venue is insolvent.
NetworkMetrics clear_obligations(const Market& market, const std::deque<VenueEngine>& venues,
                                 const std::vector<InstitutionState>& institutions);

} // namespace plunge
