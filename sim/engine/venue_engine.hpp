// One venue in one world: its parts, and the acts that change them, each at its time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/acts/list.hpp"
#include "sim/engine/parts/venue_parts.hpp"

namespace plunge {

class VenueEngine {
  public:
    /// \param market  must outlive the engine
    VenueEngine(const Market& market, std::uint32_t number, Search search);

    /// Puts everything back to the start.
    void begin_world(const Population& population, const Lineage& lineage, bool impact,
                     std::vector<InstitutionState>& institutions);

    // ---- steps in which nothing happens ----------------------------------------------------------------------------

    /// Steps from `t` on for which all rules stay as they are.
    std::size_t steps_until_change(std::size_t t) const;

    /// The first of the steps looked at in which this venue has something to do: an account to call or to liquidate,
    /// money that arrives, a breaker that trips; window.limit where there is none.
    std::size_t first_event(Window window);

    /// Lets so many steps go by.
    void pass(std::size_t count);

    // ---- steps in which something happens --------------------------------------------------------------------------

    void begin_step();
    /// The acts of a phase, in their order; whether any traded.
    bool act(Phase phase, const Now& now);
    /// After all phases but the review.
    void end_step(std::size_t t);

    void end_world(std::size_t steps, const IndexPath& path);

    const VenueParts& parts() const { return parts_; }
    VenueParts& parts() { return parts_; }

  private:
    void deliver_signals();

    VenueParts parts_;
    Acts acts_;
};

} // namespace plunge
