#include "sim/engine/round/settlement.hpp"

#include <algorithm>
#include <cmath>

#include "sim/engine/round/measure.hpp"

namespace plunge {

bool Settlement::route(VenueParts& venue, Round& round, std::size_t step, bool deleverages) {
    venue.losses.begin_turn(step);
    round.close_list();
    for (const Order& order : round.orders) {
        venue.losses.add_notional(order.fraction * order.gross);
        if (!(order.collateral_share > 0.0)) continue;
        for (std::size_t a = 0; a < assets_; ++a) {
            venue.losses.add_notional(order.collateral_share * venue.accounts.collateral(order.row, a) *
                                      venue.books.mark()[a]);
        }
    }
    if (venue.model.liquidation.offset > 0.0) offsetting_.apply(venue, round);
    if (deleverages && venue.losses.waterfall().adl() != nullptr) deleveraging_.apply(venue, round);
    round.release_rows();
    add_up_for_the_book(venue, round);
    venue.books.quote(quantity_, quote_);
    if (quote_.filled.everything()) return true;
    for (std::size_t a = 0; a < assets_ && !venue.model.carries(); ++a) {
        if (quote_.filled.share[a] < 1.0) round.set_filled(a, quote_.filled.share[a]);
    }
    std::erase_if(round.orders, [&](const Order& order) { return !is_taken(venue, round, order); });
    return !round.orders.empty();
}

void Settlement::settle(VenueParts& venue, const Round& round, std::size_t step) {
    from_book_ = 0.0;
    std::fill(delivered_.begin(), delivered_.end(), 0.0);
    for (const Order& order : round.orders) settle_row(venue, round, order, step);
    venue.ledger.pay(Party::clearing, Party::accounts, from_book_);
    for (std::size_t a = 0; a < assets_; ++a) {
        venue.ledger.deliver(a, Party::accounts, Party::clearing, delivered_[a]);
    }
    venue.books.commit(quote_, venue.ledger);
}

void Settlement::add_up_for_the_book(const VenueParts& venue, const Round& round) {
    const bool carried = venue.model.carries();
    std::fill(quantity_.begin(), quantity_.end(), 0.0);
    for (const Order& order : round.orders) {
        for_each_asset(venue.accounts.held(order.row), assets_, [&](std::size_t a) {
            const double q = venue.accounts.position(order.row, a);
            if (!carried) quantity_[a] -= round.split(a, order.share_of(q) * q).to_book;
            if (order.collateral_share > 0.0) {
                quantity_[a] -= order.collateral_share * venue.accounts.collateral(order.row, a);
            }
        });
    }
}

bool Settlement::is_taken(const VenueParts& venue, const Round& round, const Order& order) const {
    bool asks = false;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double q = venue.accounts.position(order.row, a);
        const double closed = order.share_of(q) * q;
        if (round.split(a, closed).unfilled != closed) return true;
        const double sold = order.collateral_share * venue.accounts.collateral(order.row, a);
        if (quote_.filled.share[a] * sold != 0.0) return true;
        asks = asks || closed != 0.0 || sold != 0.0;
    }
    return !asks; // a debt with nothing behind it is settled whatever the book holds
}

// ---- one row -------------------------------------------------------------------------------------------------------

void Settlement::settle_row(VenueParts& venue, const Round& round, const Order& order, std::size_t step) {
    venue.accounts.edit(order.row, [&](Accounts::Edit& edit) {
        const Proceeds proceeds = close(venue, round, order, edit, step);
        edit.set_cash(proceeds.cash);
        if (venue.model.carries()) venue.ledger.pay(Party::carried, Party::accounts, proceeds.from_venue);
        if (order.by_keepers) {
            const double profit = proceeds.keepers_cash - order.repaid;
            edit.receive(order.repaid);
            venue.ledger.pay(Party::clearing, Party::outside, proceeds.keepers_cash);
            venue.ledger.pay(Party::outside, Party::accounts, order.repaid);
            venue.record.metrics.keeper_profit += profit;
        }
        if (venue.model.liquidation.fee > 0.0) charge_fee(venue, proceeds, edit);
        venue.record.metrics.adl_loss += std::max(0.0, proceeds.beyond_mark);
        const bool is_closed = !venue.accounts.has_position(order.row);
        if (!is_closed) {
            for_each_asset(venue.accounts.held(order.row), assets_, [&](std::size_t a) {
                if (earned_[a] != 0.0) edit.note_earned(a, earned_[a]);
            });
        }
        if (is_closed && (order.closes_whole() || order.by_keepers)) close_account(venue, order, edit);
        if (venue.accounts.keeps_realised()) note_closed(venue, round, order, edit);
    });
}

// What closing has brought, for losses of turns to come: at the price of whoever took it.
void Settlement::note_closed(const VenueParts& venue, const Round& round, const Order& order,
                             Accounts::Edit& edit) const {
    const std::vector<double>& mark = venue.books.mark();
    for (std::size_t a = 0; a < assets_; ++a) {
        if (closed_[a] == 0.0) continue;
        const Split split = round.split(a, closed_[a]);
        const bool at_mark = venue.model.carries() || order.by_keepers;
        edit.note_closed(a, split.to_book, at_mark ? mark[a] : quote_.price(a));
        edit.note_closed(a, split.to_opposite, mark[a]);
        edit.note_closed(a, split.to_winners, winners_price_[a]);
    }
}

// Positions and collateral go where the round sends them. Sets what was closed and sold, and what income is split by.
Settlement::Proceeds Settlement::close(VenueParts& venue, const Round& round, const Order& order, Accounts::Edit& edit,
                                       std::size_t step) {
    const std::vector<double>& mark = venue.books.mark();
    const bool carried = venue.model.carries();
    Proceeds proceeds{.cash = edit.cash()};
    for (auto* amounts : {&closed_, &sold_, &notional_, &earned_}) std::fill(amounts->begin(), amounts->end(), 0.0);
    for_each_asset(venue.accounts.held(order.row), assets_, [&](std::size_t a) {
        const double q = edit.position(a);
        const double share = order.share_of(q);
        const double fill = quote_.price(a);
        const double filled = quote_.filled.share[a];
        const double notional_before = proceeds.book_notional;
        closed_[a] = share * q;
        sold_[a] = filled * (order.collateral_share * edit.collateral(a));
        if (q != 0.0 && share > 0.0) {
            const Split split = round.split(a, closed_[a]);
            const double price = carried ? mark[a] : fill;
            const double paid = LinearContract::value(split.to_book, price);
            (order.by_keepers ? proceeds.keepers_cash : proceeds.cash) += paid;
            earned_[a] = order.by_keepers ? LinearContract::value(split.to_book, mark[a]) : paid;
            if (split.to_opposite != 0.0) {
                const double received = LinearContract::value(split.to_opposite, mark[a]);
                proceeds.cash += received;
                earned_[a] += received;
            }
            if (split.to_winners != 0.0) {
                winners_price_[a] = bankruptcy_price(venue, order, a);
                const double received = LinearContract::value(split.to_winners, winners_price_[a]);
                proceeds.cash += received;
                earned_[a] += received;
                proceeds.beyond_mark += received - LinearContract::value(split.to_winners, mark[a]);
            }
            if (carried) {
                proceeds.from_venue += paid;
                if (split.to_book != 0.0) take_over(venue, a, split.to_book, price, step);
            } else {
                if (!order.by_keepers) from_book_ += paid;
                delivered_[a] += split.to_book;
            }
            proceeds.book_notional += LinearContract::notional(split.to_book, price);
            const bool all = share == 1.0 && split.unfilled == 0.0;
            edit.set_position(a, all ? 0.0 : q - split.to_book - split.to_winners - split.to_opposite);
        }
        proceeds.wealth_left += LinearContract::value(edit.position(a), mark[a]);
        if (sold_[a] != 0.0) {
            const double paid = Coins::value(sold_[a], fill);
            proceeds.cash += paid;
            from_book_ += paid;
            earned_[a] += paid;
            delivered_[a] += sold_[a];
            proceeds.book_notional += paid;
            const bool all = order.collateral_share == 1.0 && filled == 1.0;
            edit.set_collateral(a, all ? 0.0 : edit.collateral(a) - sold_[a]);
        }
        proceeds.wealth_left += Coins::value(edit.collateral(a), mark[a]);
        notional_[a] = proceeds.book_notional - notional_before;
    });
    return proceeds;
}

// The venue takes a position over. What cancels with what it holds is profit or loss at once.
void Settlement::take_over(VenueParts& venue, std::size_t asset, double quantity, double price,
                           std::size_t step) const {
    venue.ledger.deliver(asset, Party::accounts, Party::carried, quantity);
    const double profit = venue.inventory.take_over(asset, quantity, price, step);
    venue.note_carried_profit(asset, profit);
}

void Settlement::charge_fee(VenueParts& venue, const Proceeds& proceeds, Accounts::Edit& edit) const {
    const double fee = std::min(venue.model.liquidation.fee * proceeds.book_notional,
                                std::max(0.0, edit.cash() + proceeds.wealth_left));
    edit.pay(fee);
    venue.ledger.pay(Party::accounts, Party::clearing, fee);
    venue.losses.note_income(fee, notional_);
    venue.record.metrics.fees += fee;
}

// A row without positions: it sells on while it owes money and has collateral; a debt that is left is a shortfall; what
// is left of it may be the fund's.
void Settlement::close_account(VenueParts& venue, const Order& order, Accounts::Edit& edit) {
    const double cash = edit.cash();
    bool collateral_left = false;
    for (std::size_t a = 0; a < assets_ && venue.accounts.has_collateral(); ++a) {
        collateral_left = collateral_left || edit.collateral(a) != 0.0;
    }
    if (cash < 0.0 && !collateral_left) {
        venue.losses.note_shortfall(venue.accounts, order.row, venue.books.mark(), {closed_.data(), sold_.data()},
                                    -cash);
        venue.ledger.pay(Party::clearing, Party::accounts, -cash);
        edit.set_cash(0.0);
    } else if (cash >= 0.0 && order.had_position && !order.is_cut && venue.model.liquidation.surplus == Surplus::fund) {
        for (std::size_t a = 0; a < assets_; ++a) {
            notional_[a] = LinearContract::notional(closed_[a], venue.books.mark()[a]);
        }
        venue.losses.note_income(cash, notional_);
        venue.ledger.pay(Party::accounts, Party::clearing, cash);
        venue.record.metrics.surplus += cash;
        edit.set_cash(0.0);
    }
}

} // namespace plunge
