// The forced orders of one turn, as values: what each closes, and where it goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plunge {

/// A forced order of one row.
struct Order {
    std::uint32_t row = 0;
    double fraction = 0.0;         ///< of every position; of a loan's supplied assets
    double debt_fraction = 0.0;    ///< of every short position: of a loan's borrowed assets, else the same
    bool by_keepers = false;       ///< keepers settle at the mark, and trade on the book for themselves
    double repaid = 0.0;           ///< of the debt in quote, by keepers
    double collateral_share = 0.0; ///< of every collateral balance, sold on the book
    bool had_position = false;
    bool is_cut = false; ///< not short of margin, but above the leverage that is allowed now
    double equity = 0.0;
    double maintenance = 0.0;
    double gross = 0.0;
    double gross_left = 0.0; ///< of it, what is not closed against opposite accounts
    double wealth = 0.0;     ///< before haircuts, at the mark

    double share_of(double position) const { return position > 0.0 ? fraction : debt_fraction; }
    bool closes_whole() const { return (fraction == 1.0 && debt_fraction == 1.0) || !had_position; }
    void scale(double share) {
        fraction *= share;
        debt_fraction *= share;
        repaid *= share;
    }
    bool closes_something() const { return fraction > 0.0 || !had_position; }
};

/// Where a quantity that an order closes goes; the four add up to it.
struct Split {
    double to_opposite;    ///< accounts outside the turn, at the mark
    double to_winners;     ///< at the order's bankruptcy price
    double to_book;        ///< or taken over by the venue
    double unfilled = 0.0; ///< by the book: it stays with the row
};

/// The orders of a turn by ascending row, and which share of them who takes, by asset and side.
class Round {
  public:
    explicit Round(std::size_t assets)
        : assets_{assets}, opposite_(2 * assets), winners_(2 * assets), filled_(assets, 1.0) {}

    /// No orders, of so many rows.
    void begin(std::size_t rows) {
        orders.clear();
        if (is_in_.size() != rows) is_in_.assign(rows, 0);
    }
    /// The orders are complete: nothing of them is taken yet.
    void close_list() {
        for (const Order& order : orders) is_in_[order.row] = 1;
        if (!is_split_) return;
        is_split_ = false;
        for (double& share : opposite_) share = 0.0;
        for (double& share : winners_) share = 0.0;
        for (double& share : filled_) share = 1.0;
    }
    /// Rows of the turn are rows like all others again.
    void release_rows() {
        for (const Order& order : orders) is_in_[order.row] = 0;
    }
    bool has(std::uint32_t row) const { return is_in_[row] != 0; }
    const std::vector<std::uint8_t>& rows() const { return is_in_; } ///< per row: not zero where it has an order

    /// Share of the orders of an asset and side that is closed against opposite accounts, and of the rest that is
    /// closed against winners.
    void set_opposite(std::size_t asset, double side, double share) {
        opposite_[place(asset, side)] = share;
        is_split_ = true;
    }
    void set_winners(std::size_t asset, double side, double share) {
        winners_[place(asset, side)] = share;
        is_split_ = true;
    }

    /// Share of what goes to the book that it fills, of either side.
    void set_filled(std::size_t asset, double share) {
        filled_[asset] = share;
        is_split_ = true;
    }

    /// \param quantity  that an order closes [base, signed like the position]
    Split split(std::size_t asset, double quantity) const {
        if (!is_split_) return {0.0, 0.0, quantity};
        const std::size_t i = place(asset, quantity);
        const double to_opposite = quantity * opposite_[i];
        const double left = quantity - to_opposite;
        const double to_book = left * (1.0 - winners_[i]);
        const double filled = filled_[asset] * to_book;
        return {to_opposite, left * winners_[i], filled, to_book - filled};
    }
    /// What opposite accounts leave of a quantity.
    double left_of(std::size_t asset, double quantity) const {
        if (!is_split_) return quantity;
        return quantity - quantity * opposite_[place(asset, quantity)];
    }

    std::vector<Order> orders;

  private:
    std::size_t place(std::size_t asset, double side) const { return side > 0.0 ? asset : assets_ + asset; }

    std::size_t assets_;
    std::vector<double> opposite_; // [2 x A], long then short
    std::vector<double> winners_;
    std::vector<double> filled_; // [A]
    bool is_split_ = false;      // not all goes to the book, or not all that does is filled
    std::vector<std::uint8_t> is_in_;
};

} // namespace plunge
