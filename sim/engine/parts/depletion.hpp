// How fast a venue's accounts lose what they have, and how much stands behind what is open. sim/README.md, "Metrics".
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "sim/engine/look_ahead.hpp"
#include "sim/engine/parts/accounts.hpp"
#include "sim/engine/world_result.hpp"

namespace plunge {

class Depletion {
  public:
    /// \param venue, assets  whose marks a look ahead has; \param steps  of a world
    Depletion(std::size_t venue, std::size_t assets, std::size_t steps)
        : venue_{venue}, assets_{assets}, equity_(steps + 1 + LookAhead::longest) {}

    /// The start of a world, at `mark`. \param layers  what the pots hold; \param has_pots  whether there are any
    void begin_world(const Accounts& accounts, const std::vector<double>& mark, double layers, bool has_pots);

    /// A step as it ended. \param paid_in  by holders, since the start
    void observe(std::size_t t, const Accounts& accounts, const std::vector<double>& mark, double layers,
                 double paid_in);

    /// `count` steps from `t` on in which nothing happened, as they were looked at.
    void observe_quiet(std::size_t t, std::size_t count, const LookAhead& ahead, const Accounts& accounts,
                       double layers, double paid_in);

    /// \param steps  of the world, \param hour  steps of an hour, at least one
    void end_world(std::size_t steps, std::size_t hour, VenueMetrics& metrics);

  private:
    bool counts(double open_interest) const { return open_interest >= least_open_; }
    static double leverage(double open_interest, double equity);
    void note(double open_interest, double equity, double layers);

    std::size_t venue_;
    std::size_t assets_;
    std::vector<double> equity_; // Q(t), and room for whole vectors
    std::vector<double> peak_;   // scratch
    bool has_pots_ = false;
    double least_open_ = 0.0; // open interest at which steps count
    double leverage_at_start_ = 0.0;
    double max_leverage_ = 0.0;
    double cover_at_start_ = not_a_number;
    double min_cover_ = not_a_number;
};

} // namespace plunge
