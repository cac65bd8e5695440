// The accounts of a venue in one world: what they hold now, what has happened to them, and how that is undone.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/common/asset_bits.hpp"
#include "models/common/tolerances.hpp"
#include "models/contract/coins.hpp"
#include "models/contract/linear.hpp"
#include "sim/engine/parts/row_flags.hpp"
#include "sim/engine/population.hpp"
#include "sim/engine/trigger_search.hpp"

namespace plunge {

/// Rows that have, or have had in this world, a long or a short position in an asset; ascending.
struct Holders {
    std::vector<std::uint32_t> row;
    std::vector<double> entry; ///< entry price of each
};

/// Rows are read here and changed through edit() alone, which sees to it that the change can be undone, that the
/// searches hear of it, and that open interest, debts and what accounts have gained together stay true.
class Accounts {
  public:
    class Edit;

    /// \param haircut  [A] share of a collateral's value that margin ignores
    explicit Accounts(const std::vector<double>& haircut) : haircut_{haircut}, assets_{haircut.size()} {}

    /// Tells `search` of every change from now on; it must outlive the accounts.
    void watch(TriggerSearch& search) { watchers_.push_back(&search); }

    // ---- a world's life --------------------------------------------------------------------------------------------

    /// Takes the rows of a population, which must outlive the worlds that start from it.
    void bind(const AccountRows& start);

    /// Whether realised() is to be known: it takes a number per row and asset.
    void keep_realised(bool keeps) { keeps_realised_ = keeps; }

    /// Back to the population's rows, from whatever the last world left.
    void restore();

    /// Changes a row: `change` gets an Edit of it.
    template <class Change> void edit(std::uint32_t row, Change&& change);

    // ---- what rows hold --------------------------------------------------------------------------------------------

    std::size_t size() const { return rows_.size(); }
    std::size_t assets() const { return assets_; }
    const AccountRows& rows() const { return rows_; }
    MarginView view(std::uint32_t row) const { return rows_.view(row); }
    double cash(std::uint32_t row) const { return rows_.cash_of(row); }
    double position(std::uint32_t row, std::size_t asset) const { return rows_.position[row * assets_ + asset]; }
    double collateral(std::uint32_t row, std::size_t asset) const {
        return rows_.has_collateral() ? rows_.collateral[row * assets_ + asset] : 0.0;
    }
    double entry(std::uint32_t row, std::size_t asset) const {
        return (entry_.empty() ? start_->entry : entry_)[row * assets_ + asset];
    }
    /// Assets of which the row has, or has had in this world, a position or collateral.
    AssetBits held(std::uint32_t row) const { return rows_.held[row]; }
    bool has_position(std::uint32_t row) const { return rows_.has_position(row); }
    bool has_collateral() const { return rows_.has_collateral(); } ///< any row of the venue
    std::uint32_t cohort(std::uint32_t row) const { return start_->cohort[row]; }
    std::uint32_t owner(std::uint32_t row) const { return start_->owner[row]; }
    double initial_wealth(std::uint32_t row) const { return start_->initial_wealth[row]; }
    /// What closing its positions in an asset has brought the row over their entry price, in this world [quote]; zero
    /// where nobody asks for it.
    double realised(std::uint32_t row, std::size_t asset) const {
        return realised_.empty() ? 0.0 : realised_[row * assets_ + asset];
    }
    bool keeps_realised() const { return keeps_realised_; }
    double paid_in(std::uint32_t row) const { return paid_in_.empty() ? 0.0 : paid_in_[row]; } ///< by top-ups

    /// Cash and the value of everything at `price` [A], before haircuts.
    double wealth(std::uint32_t row, const std::vector<double>& price) const { return worth(row, price).wealth; }
    /// Sum of the notionals of all positions.
    double gross(std::uint32_t row, const std::vector<double>& price) const { return worth(row, price).gross; }
    /// Wealth and gross notional at once, and how much of the wealth moves with prices at most.
    struct Worth {
        double wealth;
        double gross;
        double exposed; ///< gross notional and the value of collateral
    };
    Worth worth(std::uint32_t row, const std::vector<double>& price) const {
        const double* position = rows_.position.data() + row * assets_;
        const double* collateral = rows_.has_collateral() ? rows_.collateral.data() + row * assets_ : nullptr;
        Worth sum{cash(row), 0.0, 0.0};
        double of_collateral = 0.0;
        for_each_asset(held(row), assets_, [&](std::size_t a) {
            sum.wealth += LinearContract::value(position[a], price[a]);
            sum.gross += LinearContract::notional(position[a], price[a]);
            if (collateral == nullptr) return;
            const double coins = Coins::value(collateral[a], price[a]);
            sum.wealth += coins;
            of_collateral += coins;
        });
        sum.exposed = sum.gross + of_collateral;
        return sum;
    }
    double collateral_value(std::uint32_t row, const std::vector<double>& price) const;
    /// Unrealised profit of all positions together.
    double gain(std::uint32_t row, const std::vector<double>& price) const;
    /// Whether it could give anything: has more than what rounding leaves of nothing.
    bool is_solvent(std::uint32_t row, const std::vector<double>& price) const { return has_left(worth(row, price)); }
    static bool has_left(const Worth& worth) {
        return worth.wealth > 0.0 && worth.wealth > tolerance::wealth * worth.gross;
    }

    /// What is lost on an asset since the start of the world, at this price of now and that of then: on the position,
    /// on what has been closed of it, on collateral. Negative is a gain.
    double lost_on(std::uint32_t row, std::size_t asset, double price_then, double price) const {
        const std::size_t i = row * assets_ + asset;
        double lost = LinearContract::value(start_->position[i], price_then) -
                      LinearContract::value(rows_.position[i], price);
        if (rows_.has_collateral()) {
            lost += Coins::value(start_->collateral[i], price_then) - Coins::value(rows_.collateral[i], price);
        }
        return earned_.empty() ? lost : lost - earned_[i];
    }

    /// The larger side of an asset's open positions [base].
    double open_base(std::size_t asset) const { return std::max(long_base_[asset], short_base_[asset]); }
    /// All positions and collateral in an asset together, longs less shorts [base], and all cash.
    double net_base(std::size_t asset) const { return start_net_base_[asset] + base_gained_[asset]; }
    double total_cash() const { return start_cash_ + cash_gained_; }
    /// \param side  positive: longs; negative: shorts
    const Holders& holders(std::size_t asset, double side);
    /// Grows whenever somebody joins the holders of a side.
    std::size_t listings() const { return listings_; }

    // ---- what has happened to rows ---------------------------------------------------------------------------------

    bool has(std::uint32_t row, std::uint8_t flag) const { return (flags_[row] & flag) != 0; }
    const std::vector<std::uint8_t>& flags() const { return flags_; }
    void raise(std::uint32_t row, std::uint8_t flag) {
        touch(row);
        flags_[row] |= flag;
    }
    void lower(std::uint32_t row, std::uint8_t flag) { flags_[row] &= static_cast<std::uint8_t>(~flag); }
    /// Raises a row's flag and its account's. \return whether it is the first of the account's rows
    bool raise_for_owner(std::uint32_t row, std::uint8_t flag);

    /// Rows without positions that owe money and were not struck off.
    std::vector<std::uint32_t>& debts() { return debts_; }
    const std::vector<std::uint32_t>& debts() const { return debts_; }

    /// The row of every change in this world so far.
    const std::vector<std::uint32_t>& edited() const { return edited_; }

    /// Rows that differ from the population's.
    const std::vector<std::uint32_t>& touched() const { return touched_; }

    // ---- what all hold more than at the start, and the size of the balances that were moved ------------------------

    double cash_gained() const { return cash_gained_; }
    double cash_touched() const { return cash_touched_; }
    double base_gained(std::size_t asset) const { return base_gained_[asset]; }
    struct Moved {
        double held = 0.0;
        double moved = 0.0;
    };
    /// The same, row by row: what the sums of changes must agree with.
    Moved cash_moved() const;
    Moved base_moved(std::size_t asset) const;

  private:
    void touch(std::uint32_t row) {
        if (is_touched_[row] != 0) return;
        is_touched_[row] = 1;
        touched_.push_back(row);
        cash_touched_ += std::fabs(cash(row));
    }
    void changed(std::uint32_t row, double cash_before);
    void move_position(std::uint32_t row, std::size_t asset, double quantity);
    void move_collateral(std::uint32_t row, std::size_t asset, double quantity);
    void open_position(std::uint32_t row, std::size_t asset, double quantity, double price);
    void realise(std::uint32_t row, std::size_t asset, double quantity, double price);
    void note_holder(std::uint32_t row, std::size_t asset);
    void list_holders();

    const std::vector<double>& haircut_;
    std::size_t assets_;
    std::vector<TriggerSearch*> watchers_;
    const AccountRows* start_ = nullptr;
    AccountRows rows_;            // cash, position, collateral, weight; the rest is read from *start_
    std::vector<double> entry_;   // [N x A]; empty until a position is opened in this world
    std::vector<double> paid_in_; // [N]; empty until money is paid in
    std::vector<double> earned_;  // [N x A] by closing in parts; empty until something is
    bool keeps_realised_ = false;
    std::vector<double> realised_; // [N x A]; empty until something is realised that is kept
    std::vector<std::uint32_t> touched_;
    std::vector<std::uint8_t> is_touched_;
    std::vector<std::uint32_t> edited_;
    std::vector<std::uint8_t> flags_;
    std::vector<std::uint8_t> owner_flags_;
    std::vector<std::uint32_t> debts_;
    std::vector<double> start_long_base_; // [A], and what it is now: open interest by side
    std::vector<double> start_short_base_;
    std::vector<double> start_net_base_;
    double start_cash_ = 0.0;
    std::vector<double> long_base_;
    std::vector<double> short_base_;
    std::vector<Holders> holders_; // [2 x A], long then short
    bool listed_ = false;          // holders_ is true: it is made when it is asked for
    std::size_t listings_ = 0;
    bool opened_ = false; // a position in this world: holders and entry prices are not the population's
    double cash_gained_ = 0.0;
    double cash_touched_ = 0.0;       // what touched rows had
    std::vector<double> base_gained_; // [A]
};

/// A change of one row, inside Accounts::edit().
class Accounts::Edit {
  public:
    Edit(Accounts& accounts, std::uint32_t row) : accounts_{accounts}, row_{row} {}

    std::uint32_t row() const { return row_; }
    double cash() const { return accounts_.cash(row_); }
    double position(std::size_t asset) const { return accounts_.position(row_, asset); }
    double collateral(std::size_t asset) const { return accounts_.collateral(row_, asset); }

    void set_cash(double cash) { accounts_.rows_.cash[row_] = cash; }
    void receive(double amount) { accounts_.rows_.cash[row_] += amount; }
    void pay(double amount) { accounts_.rows_.cash[row_] -= amount; }

    /// Money that its holder brings in.
    void pay_in(double amount) {
        receive(amount);
        if (accounts_.paid_in_.empty()) accounts_.paid_in_.assign(accounts_.size(), 0.0);
        accounts_.paid_in_[row_] += amount;
    }

    /// Notes what closing or selling some of an asset has brought, for Accounts::lost_on(); cash is the caller's. Only
    /// of rows that keep a position, since nobody asks about others.
    void note_earned(std::size_t asset, double amount) {
        if (accounts_.earned_.empty()) accounts_.earned_.assign(accounts_.rows_.position.size(), 0.0);
        accounts_.earned_[row_ * accounts_.assets_ + asset] += amount;
    }

    /// Closes a position in part or whole: a quantity of the same sign, not larger, or zero. Cash is the caller's.
    void set_position(std::size_t asset, double quantity) { accounts_.move_position(row_, asset, quantity); }

    /// Notes that `quantity` (signed like the position) was closed at `price`.
    void note_closed(std::size_t asset, double quantity, double price) {
        if (accounts_.keeps_realised_) accounts_.realise(row_, asset, quantity, price);
    }

    /// Buys (positive) or sells at `price`: opens, adds to, closes or turns a position, and pays for it. What is opened
    /// has that entry price, what is added to the mean of both.
    void trade(std::size_t asset, double quantity, double price) {
        accounts_.open_position(row_, asset, quantity, price);
    }

    void set_collateral(std::size_t asset, double quantity) { accounts_.move_collateral(row_, asset, quantity); }

  private:
    Accounts& accounts_;
    std::uint32_t row_;
};

template <class Change> void Accounts::edit(std::uint32_t row, Change&& change) {
    touch(row);
    const double cash_before = cash(row);
    Edit edit(*this, row);
    change(edit);
    changed(row, cash_before);
}

} // namespace plunge
