// Auto-deleveraging: how much of a turn goes to the book, and who takes the rest. Section 6 of the model, "When ADL
// acts".
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"
#include "sim/engine/round/winner_closing.hpp"

namespace plunge {

class Deleveraging {
  public:
    explicit Deleveraging(std::size_t assets)
        : quantity_(assets), sold_(assets), closed_(assets), sides_(2 * assets), winners_{assets} {}

    void begin_world() { winners_.begin_world(); }

    /// Finds the share of the orders that the layers before auto-deleveraging can stand on the book, closes the rest
    /// against winners, and says in the round what they took; what they cannot take is left to the book.
    void apply(VenueParts& venue, Round& round);

  private:
    // A turn as the search for the share that goes to the book sees it: what stays the same whatever that is.
    struct Plan {
        std::vector<double> quantity; // [A] that the book would get of all orders if winners took nothing [base]
        std::vector<double> sold;     // [A] collateral, that it gets anyway
        // Orders of which nothing is left: what their cash is below zero is a shortfall.
        std::vector<std::uint32_t> row;
        std::vector<double> cash;           // if winners took all of them [quote]
        std::vector<std::size_t> lines_end; // one past the last line
        bool sells = false;                 // collateral
        // Lines: what the book or winners take of an order in an asset, and what is sold of its collateral.
        std::vector<std::uint32_t> asset;
        std::vector<double> line_quantity; // [base, signed]
        std::vector<double> from_winners;  // what they would pay, at the order's bankruptcy price [quote]
        std::vector<double> line_sold;     // [base]

        void clear(std::size_t assets);
    };

    double book_share(VenueParts& venue, const Round& round);
    void plan(const VenueParts& venue, const Round& round);
    void find_shortfall(VenueParts& venue, double share);
    void split_by_asset(VenueParts& venue, std::size_t order, double amount);

    Plan plan_;
    std::vector<double> quantity_; // [A] that the book gets in the trial
    Quote trial_;
    std::vector<double> gain_; // per line, of the book's price over the bankruptcy price [quote]
    Loss loss_;                // of the trial
    std::vector<double> sold_; // [A] of the row at hand
    std::vector<double> closed_;
    std::vector<ClosedSide> sides_; // [2 x A], asset by asset, longs first
    WinnerClosing winners_;
};

} // namespace plunge
