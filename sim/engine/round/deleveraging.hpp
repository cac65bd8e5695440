// Auto-deleveraging: how much of a turn goes to the book, and who takes the rest. Section 6 of the model, "When ADL
// acts".
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"
#include "sim/engine/round/winners.hpp"

namespace plunge {

class Deleveraging {
  public:
    explicit Deleveraging(std::size_t assets) : quantity_(assets), sold_(assets), closed_(assets), winners_{assets} {}

    void begin_world() { winners_.begin_world(); }

    /// Finds the share of the orders that the layers before auto-deleveraging can stand on the book, closes the rest
    /// against winners, and says in the round what they took; what they cannot take is left to the book.
    void apply(VenueParts& venue, Round& round);

  private:
    // An order as the search for the share that goes to the book sees it: nothing of it moves while that is sought.
    struct PlannedOrder {
        std::uint32_t row = 0;
        double cash = 0.0;
        bool may_fall_short = false; // nothing is left of it: what its cash is below zero is a shortfall
        std::size_t lines_end = 0;   // one past its last line
    };
    struct PlannedLine {
        std::size_t asset = 0;
        double quantity = 0.0;         // that the book or winners take [base, signed]
        double bankruptcy_price = 0.0; // at which winners do
        double from_opposite = 0.0;    // what opposite accounts have paid for the rest [quote]
        double collateral_sold = 0.0;  // [base]
    };

    double book_share(VenueParts& venue, const Round& round);
    void plan(const VenueParts& venue, const Round& round);
    void find_shortfall(VenueParts& venue, double share);
    void sum_up_sides(const VenueParts& venue, const Round& round, double share);
    double take_from_winners(VenueParts& venue, const Round& round, const ClosedSide& closed);
    void take(VenueParts& venue, const ClosedSide& closed, const AdlCandidate& winner, double quantity);

    std::vector<PlannedOrder> orders_;
    std::vector<PlannedLine> lines_;
    std::vector<double> quantity_; // [A] that the book would get
    Execution trial_;
    Loss loss_;                // of the trial
    std::vector<double> sold_; // [A] of the row at hand
    std::vector<double> closed_;
    std::vector<ClosedSide> sides_;
    Winners winners_;
    AutoDeleveraging::Work work_;
};

} // namespace plunge
