// Settling a turn: every share of its orders goes to opposite accounts, winners, the book or the venue, and every row
// is settled. sim/README.md, "A round at one venue", 4 and 5.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/deleveraging.hpp"
#include "sim/engine/round/offsetting.hpp"
#include "sim/engine/round/order.hpp"

namespace plunge {

class Settlement {
  public:
    explicit Settlement(std::size_t assets)
        : assets_{assets}, deleveraging_{assets}, quantity_(assets), delivered_(assets), closed_(assets), sold_(assets),
          notional_(assets), winners_price_(assets), earned_(assets) {}

    void begin_world() { deleveraging_.begin_world(); }

    /// Finds who takes what of the round's orders, by ascending row: opposite accounts and winners at once, the book's
    /// part is quoted. Orders of which nobody takes anything that they ask for are
    /// left out.
    /// \param deleverages  whether winners may have to take part of it  \return whether anything is left
    bool route(VenueParts& venue, Round& round, std::size_t step, bool deleverages);

    /// Settles every row of the round that was routed last. Prices move, marks do not yet.
    void settle(VenueParts& venue, const Round& round, std::size_t step);

  private:
    // What closing brings a row.
    struct Proceeds {
        double cash = 0.0;          // all that the row has after it
        double from_venue = 0.0;    // of it, for what the venue takes over
        double keepers_cash = 0.0;  // from the book, for loans
        double book_notional = 0.0; // traded on the book or taken over
        double wealth_left = 0.0;   // of what is not sold, at the turn's marks
        double beyond_mark = 0.0;   // from winners, more than at the mark
    };

    void note_closed(const VenueParts& venue, const Round& round, const Order& order, Accounts::Edit& edit) const;
    void add_up_for_the_book(const VenueParts& venue, const Round& round);
    bool is_taken(const VenueParts& venue, const Round& round, const Order& order) const;
    void settle_row(VenueParts& venue, const Round& round, const Order& order, std::size_t step);
    Proceeds close(VenueParts& venue, const Round& round, const Order& order, Accounts::Edit& edit, std::size_t step);
    void take_over(VenueParts& venue, std::size_t asset, double quantity, double price, std::size_t step) const;
    void charge_fee(VenueParts& venue, const Proceeds& proceeds, Accounts::Edit& edit) const;
    void close_account(VenueParts& venue, const Order& order, Accounts::Edit& edit);

    std::size_t assets_;
    Offsetting offsetting_;
    Deleveraging deleveraging_;
    std::vector<double> quantity_; // [A] for the book
    Quote quote_;
    double from_book_ = 0.0;            // paid to accounts in this turn
    std::vector<double> delivered_;     // [A] by them to the book
    std::vector<double> closed_;        // [A] of the row at hand: positions closed [base]
    std::vector<double> sold_;          // [A] collateral sold [base]
    std::vector<double> notional_;      // [A] what income is split by
    std::vector<double> winners_price_; // [A] the row's bankruptcy price, where winners take something
    std::vector<double> earned_;        // [A] by what was closed and sold
};

} // namespace plunge
