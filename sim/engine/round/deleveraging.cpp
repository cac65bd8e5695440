#include "sim/engine/round/deleveraging.hpp"

#include <algorithm>
#include <cmath>

#include "models/common/tolerances.hpp"
#include "sim/engine/round/largest_share.hpp"
#include "sim/engine/round/measure.hpp"

namespace plunge {

void Deleveraging::apply(VenueParts& venue, Round& round) {
    const double share = book_share(venue, round);
    if (share == 1.0) return;
    winners_.observe(venue);
    for (ClosedSide& sum : sides_) {
        sum.needed = (1.0 - share) * sum.ordered;
        if (!(sum.needed > 0.0)) continue;
        sum.price /= sum.ordered;
        double taken = winners_.close(venue, round, sum);
        const bool nothing_left_over = std::fabs(taken - sum.needed) <= tolerance::quantity * sum.needed;
        if (nothing_left_over) taken = sum.needed;
        const bool all = !(taken < sum.ordered * (1.0 - tolerance::quantity));
        round.set_winners(sum.asset, sum.side, all ? 1.0 : (1.0 - share) * (taken / sum.needed));
    }
}

// ---- the share that goes to the book -------------------------------------------------------------------------------

// The largest l <= 1 that the book fills with S(l) <= K, S the shortfall if that share of every order goes to it and K
// what the layers before auto-deleveraging can pay of it.
double Deleveraging::book_share(VenueParts& venue, const Round& round) {
    venue.losses.forget_claims(); // nothing moves while the share is sought: who is solvent is looked up at most once
    plan(venue, round);
    return largest_share([&](double share) {
        find_shortfall(venue, share);
        const bool is_filled = venue.model.carries() || trial_.filled.missing <= tolerance::unfilled_sought;
        return is_filled && loss_.amount <= venue.losses.payable_before_adl(loss_, venue.accounts, venue.books.mark(),
                                                                            round.rows()) +
                                                venue.losses.rounding_room();
    });
}

void Deleveraging::Plan::clear(std::size_t assets) {
    quantity.assign(assets, 0.0);
    sold.assign(assets, 0.0);
    for (auto* numbers : {&cash, &line_quantity, &from_winners, &line_sold}) numbers->clear();
    row.clear();
    lines_end.clear();
    asset.clear();
    sells = false;
}

// What of the orders stays the same whatever share of them goes to the book, and what is closed on each side.
void Deleveraging::plan(const VenueParts& venue, const Round& round) {
    const Accounts& accounts = venue.accounts;
    plan_.clear(venue.assets);
    for (std::size_t a = 0; a < venue.assets; ++a) {
        sides_[2 * a] = {a, 1.0};
        sides_[2 * a + 1] = {a, -1.0};
    }
    for (const Order& order : round.orders) {
        bool collateral_left = false;
        double cash = accounts.cash(order.row);
        const std::size_t first = plan_.asset.size();
        for_each_asset(accounts.held(order.row), venue.assets, [&](std::size_t a) {
            const double position = accounts.position(order.row, a);
            const double collateral = accounts.collateral(order.row, a);
            collateral_left = collateral_left || (order.collateral_share < 1.0 && collateral != 0.0);
            const double sold = order.collateral_share * collateral;
            if (position == 0.0 && sold == 0.0) return;
            const double closed = order.fraction * position;
            const double q = round.left_of(a, closed);
            const double price = q != 0.0 ? bankruptcy_price(venue, order, a) : 0.0;
            const double from_winners = LinearContract::value(q, price);
            cash += from_winners + LinearContract::value(closed - q, venue.books.mark()[a]);
            plan_.quantity[a] += q;
            plan_.sold[a] += sold;
            plan_.sells = plan_.sells || sold != 0.0;
            ClosedSide& side = sides_[2 * a + (q > 0.0 ? 0 : 1)];
            side.ordered += std::fabs(q);
            side.price += std::fabs(from_winners); // their sum, for the mean
            plan_.asset.push_back(static_cast<std::uint32_t>(a));
            plan_.line_quantity.push_back(q);
            plan_.from_winners.push_back(from_winners);
            plan_.line_sold.push_back(sold);
        });
        if (order.closes_whole() && !collateral_left) {
            plan_.row.push_back(order.row);
            plan_.cash.push_back(cash);
            plan_.lines_end.push_back(plan_.asset.size());
        } else { // it cannot fall short
            plan_.asset.resize(first);
            for (auto* lines : {&plan_.line_quantity, &plan_.from_winners, &plan_.line_sold}) lines->resize(first);
        }
    }
}

// S(l), into loss_: of the rows that would be left with nothing if the share `share` of every order went to the book.
void Deleveraging::find_shortfall(VenueParts& venue, double share) {
    const bool carried = venue.model.carries();
    for (std::size_t a = 0; a < venue.assets; ++a) {
        quantity_[a] = (carried ? 0.0 : -share * plan_.quantity[a]) - plan_.sold[a];
    }
    venue.books.quote(quantity_, trial_);
    const double* price = (carried ? venue.books.mark() : trial_.execution.average_price).data();
    gain_.resize(plan_.asset.size());
    for (std::size_t line = 0; line < gain_.size(); ++line) {
        gain_[line] = LinearContract::value(plan_.line_quantity[line], price[plan_.asset[line]]) -
                      plan_.from_winners[line];
    }
    const bool splits = venue.losses.waterfall().asks_for_assets();
    loss_.amount = 0.0;
    if (splits) loss_.by_asset.assign(venue.assets, 0.0);
    std::size_t line = 0;
    for (std::size_t order = 0; order < plan_.row.size(); ++order) {
        double gain = 0.0;
        double sold = 0.0;
        for (; line < plan_.lines_end[order]; ++line) {
            gain += gain_[line];
            if (plan_.sells) {
                sold += Coins::value(plan_.line_sold[line], trial_.price(plan_.asset[line]));
            }
        }
        const double shortfall = std::max(0.0, -(plan_.cash[order] + share * gain + sold));
        loss_.amount += shortfall;
        if (splits && shortfall > 0.0) split_by_asset(venue, order, shortfall);
    }
}

void Deleveraging::split_by_asset(VenueParts& venue, std::size_t order, double amount) {
    const std::uint32_t row = plan_.row[order];
    std::fill(sold_.begin(), sold_.end(), 0.0);
    for (std::size_t line = order > 0 ? plan_.lines_end[order - 1] : 0; line < plan_.lines_end[order]; ++line) {
        sold_[plan_.asset[line]] = plan_.line_sold[line];
    }
    for (std::size_t a = 0; a < venue.assets; ++a) closed_[a] = venue.accounts.position(row, a);
    venue.losses.split_by_asset(venue.accounts, row, venue.books.mark(), {closed_.data(), sold_.data()}, amount,
                                loss_.by_asset);
}

} // namespace plunge
