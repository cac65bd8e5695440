// Winners in reach: who is asked for profit times leverage only when a bound on it says that it may matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"
#include "sim/engine/round/winner_bounds.hpp"

namespace plunge {

/// The longs or the shorts of one asset that a turn closes, or what the venue carries of it.
struct ClosedSide {
    std::size_t asset = 0;
    double side = 1.0;    ///< of the orders' positions
    double ordered = 0.0; ///< all that is closed [base]
    double needed = 0.0;  ///< what winners are to take of it [base]
    double price = 0.0;   ///< mean of the bankruptcy prices, or of what the venue took positions over for
    bool is_carried = false;
};

/// Rows are asked exactly in the order of their bounds, those of whom nothing is known first, until nobody else can
/// rank before those who give what is needed; so the answer is that of asking all.
class Winners {
  public:
    explicit Winners(std::size_t assets) : bounds_{assets}, cutoff_(2 * assets) {}

    void begin_world() { is_new_ = true; }

    /// Marks have moved, or a turn begins.
    void observe(const VenueParts& venue);

    /// Candidates of rows outside the round with a profitable position opposite to the side: all that the rule can
    /// reach, by ascending row.
    const std::vector<AdlCandidate>& find(VenueParts& venue, const Round& round, const ClosedSide& closed);

    /// The lowest score of the side that was taken.
    void note_cutoff(std::size_t asset, double side, double score) { cutoff(asset, side) = score; }

  private:
    struct Asked {
        double score;
        AdlCandidate candidate;
        bool operator<(const Asked& other) const { return score < other.score; }
    };

    void forget_changed(const Accounts& accounts);
    std::optional<AdlCandidate> ask(const VenueParts& venue, const Round& round, const ClosedSide& closed,
                                    std::uint32_t row);
    bool rank(VenueParts& venue, const Round& round, const ClosedSide& closed, double least);
    double& cutoff(std::size_t asset, double side) { return cutoff_[2 * asset + (side > 0.0 ? 0 : 1)]; }

    bool is_new_ = true;
    WinnerBounds bounds_;
    std::size_t edits_seen_ = 0;               // of the accounts' log
    std::vector<double> cutoff_;               // [2 x A]
    std::vector<WinnerBounds::Bound> waiting_; // a heap: who may be asked next
    std::vector<Asked> asked_;                 // a heap: who ranks next of those asked
    std::vector<AdlCandidate> candidates_;
};

} // namespace plunge
