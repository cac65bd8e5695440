// Winners in reach: who is asked for profit times leverage only when a bound on it says that it may matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"

namespace plunge {

/// The longs or the shorts of one asset that a turn closes.
struct ClosedSide {
    std::size_t asset = 0;
    double side = 1.0;    ///< of the orders' positions
    double ordered = 0.0; ///< all that is closed [base]
    double needed = 0.0;  ///< what winners are to take of it [base]
    double price = 0.0;   ///< mean of the bankruptcy prices
};

/// A row's exposure over wealth, seen once, bounds its leverage at other marks: where no price has moved by more than a
/// share d since, gross notional has grown by that share at most, and wealth has fallen by d times the exposure. Rows
/// that changed since, and those whose bound reaches the score that took the last winners, are asked exactly, so the
/// answer is that of asking all.
class Winners {
  public:
    explicit Winners(std::size_t assets) : cutoff_(2 * assets) {}

    void begin_world() { is_new_ = true; }

    /// Marks have moved, or a turn begins.
    void observe(const VenueParts& venue);

    /// Candidates of rows outside the round with a profitable position opposite to the side: all that the rule can
    /// reach, by ascending row.
    const std::vector<AdlCandidate>& find(VenueParts& venue, const Round& round, const ClosedSide& closed);

    /// The lowest score of the side that was taken.
    void note_cutoff(std::size_t asset, double side, double score) { cutoff(asset, side) = score; }

  private:
    struct Seen {
        double exposure = 0.0;                                   // over wealth
        double moved = -std::numeric_limits<double>::infinity(); // path_ when it was
        std::uint32_t edits = 0;
    };

    double collect(VenueParts& venue, const Round& round, const ClosedSide& closed, double least);
    double& cutoff(std::size_t asset, double side) { return cutoff_[2 * asset + (side > 0.0 ? 0 : 1)]; }

    bool is_new_ = true;
    std::vector<Seen> seen_;     // [N]
    std::vector<double> mark_;   // [A] when last observed
    double path_ = 0.0;          // sum of the largest log moves between observations
    std::vector<double> cutoff_; // [2 x A]
    std::vector<AdlCandidate> candidates_;
};

} // namespace plunge
