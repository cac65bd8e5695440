#include "sim/engine/round/deleveraging.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/common/tolerances.hpp"
#include "sim/engine/round/largest_share.hpp"
#include "sim/engine/round/measure.hpp"

namespace plunge {

void Deleveraging::apply(VenueParts& venue, Round& round) {
    const double share = book_share(venue, round);
    if (share == 1.0) return;
    // Asset by asset, long orders before short ones.
    sum_up_sides(venue, round, share);
    winners_.observe(venue);
    for (const ClosedSide& sum : sides_) {
        double taken = take_from_winners(venue, round, sum);
        const bool nothing_left_over = std::fabs(taken - sum.needed) <= tolerance::quantity * sum.needed;
        if (nothing_left_over) taken = sum.needed;
        const bool all = !(taken < sum.ordered * (1.0 - tolerance::quantity));
        round.set_winners(sum.asset, sum.side, all ? 1.0 : (1.0 - share) * (taken / sum.needed));
    }
}

// ---- the share that goes to the book -------------------------------------------------------------------------------

// The largest l <= 1 with S(l) <= K, S the shortfall if that share of every order goes to the book and K what the
// layers before auto-deleveraging can pay of it.
double Deleveraging::book_share(VenueParts& venue, const Round& round) {
    venue.losses.forget_claims(); // nothing moves while the share is sought: who is solvent is looked up at most once
    plan(venue, round);
    return largest_share([&](double share) {
        find_shortfall(venue, share);
        return loss_.amount <=
               venue.losses.payable_before_adl(loss_, venue.accounts, venue.books.mark(), round.rows()) +
                   venue.losses.rounding_room();
    });
}

// What of the orders stays the same whatever share of them goes to the book.
void Deleveraging::plan(const VenueParts& venue, const Round& round) {
    const Accounts& accounts = venue.accounts;
    orders_.clear();
    lines_.clear();
    for (const Order& order : round.orders) {
        bool collateral_left = false;
        for (std::size_t a = 0; a < venue.assets; ++a) {
            const double position = accounts.position(order.row, a);
            const double collateral = accounts.collateral(order.row, a);
            collateral_left = collateral_left || (order.collateral_share < 1.0 && collateral != 0.0);
            const double sold = order.collateral_share * collateral;
            if (position == 0.0 && sold == 0.0) continue;
            const double closed = order.fraction * position;
            const double q = round.left_of(a, closed);
            lines_.push_back({a, q, q != 0.0 ? bankruptcy_price(venue, order, a) : 0.0,
                              LinearContract::value(closed - q, venue.books.mark()[a]), sold});
        }
        orders_.push_back(
            {order.row, accounts.cash(order.row), order.closes_whole() && !collateral_left, lines_.size()});
    }
}

// S(l), into loss_: of the rows that would be left with nothing if the share `share` of every order went to the book.
void Deleveraging::find_shortfall(VenueParts& venue, double share) {
    const bool carried = venue.model.carries();
    std::fill(quantity_.begin(), quantity_.end(), 0.0);
    for (const PlannedLine& line : lines_) {
        if (!carried) quantity_[line.asset] -= share * line.quantity;
        quantity_[line.asset] -= line.collateral_sold;
    }
    venue.books.quote(quantity_, trial_);
    const std::vector<double>& mark = venue.books.mark();
    const std::vector<double>& book_price = trial_.average_price;
    const std::vector<double>& price = carried ? mark : book_price;
    const bool splits = venue.losses.waterfall().asks_for_assets();
    loss_.amount = 0.0;
    if (splits) loss_.by_asset.assign(venue.assets, 0.0);
    std::size_t first = 0;
    for (const PlannedOrder& order : orders_) {
        const std::size_t begin = std::exchange(first, order.lines_end);
        if (!order.may_fall_short) continue;
        double cash = order.cash;
        for (std::size_t i = begin; i < order.lines_end; ++i) {
            const PlannedLine& line = lines_[i];
            const double q = line.quantity;
            cash += LinearContract::value(share * q, price[line.asset]) +
                    LinearContract::value((1.0 - share) * q, line.bankruptcy_price);
            cash += line.from_opposite;
            cash += line.collateral_sold * book_price[line.asset];
        }
        if (!(cash < 0.0)) continue;
        loss_.amount += -cash;
        if (!splits) continue;
        std::fill(sold_.begin(), sold_.end(), 0.0);
        for (std::size_t i = begin; i < order.lines_end; ++i) sold_[lines_[i].asset] = lines_[i].collateral_sold;
        for (std::size_t a = 0; a < venue.assets; ++a) closed_[a] = venue.accounts.position(order.row, a);
        venue.losses.split_by_asset(venue.accounts, order.row, mark, {closed_.data(), sold_.data()}, -cash,
                                    loss_.by_asset);
    }
}

// ---- winners -------------------------------------------------------------------------------------------------------

void Deleveraging::sum_up_sides(const VenueParts& venue, const Round& round, double share) {
    sides_.clear();
    for (std::size_t a = 0; a < venue.assets; ++a) {
        for (const double side : {1.0, -1.0}) {
            ClosedSide sum{a, side};
            double money = 0.0;
            for (const Order& order : round.orders) {
                const double q = round.left_of(a, order.fraction * venue.accounts.position(order.row, a)) * side;
                if (!(q > 0.0)) continue;
                sum.ordered += q;
                sum.needed += (1.0 - share) * q;
                money += LinearContract::value((1.0 - share) * q, bankruptcy_price(venue, order, a));
            }
            if (!(sum.needed > 0.0)) continue;
            sum.price = money / sum.needed;
            sides_.push_back(sum);
        }
    }
}

// Closes winners' positions opposite to the side at its price; returns how much.
double Deleveraging::take_from_winners(VenueParts& venue, const Round& round, const ClosedSide& closed) {
    const AutoDeleveraging& rule = *venue.losses.waterfall().adl();
    const std::vector<AdlCandidate>& candidates = winners_.find(venue, round, closed);
    if (candidates.empty()) return 0.0;
    rule.allocate({closed.needed, closed.ordered, closed.asset}, candidates, work_);
    const std::vector<double>& quantity = work_.taken;
    double taken = 0.0;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < candidates.size(); ++c) {
        if (!(quantity[c] > 0.0)) continue;
        taken += quantity[c];
        lowest = std::min(lowest, AutoDeleveraging::score_of(candidates[c]));
        take(venue, closed, candidates[c], quantity[c]);
    }
    if (taken > 0.0) winners_.note_cutoff(closed.asset, closed.side, lowest);
    const double overshoot = taken - closed.needed;
    if (overshoot > tolerance::quantity * closed.needed) {
        const double mark = venue.books.mark()[closed.asset];
        const double cost = LinearContract::profit(closed.side, mark, closed.price);
        VenueMetrics& metrics = venue.record.metrics;
        metrics.adl_overshoot_contracts += overshoot;
        metrics.adl_overshoot_notional += LinearContract::notional(overshoot, mark);
        metrics.adl_overshoot_pnl += overshoot * cost;
    }
    return taken;
}

// Closes `quantity` of a winner's position at the side's price: a short buys, a long sells.
void Deleveraging::take(VenueParts& venue, const ClosedSide& closed, const AdlCandidate& winner, double quantity) {
    const double mark = venue.books.mark()[closed.asset];
    const double notional = LinearContract::notional(quantity, mark);
    const double given_up = quantity * LinearContract::profit(closed.side, mark, closed.price);
    const double left = winner.position - quantity;
    const std::uint32_t row = winner.account;
    venue.accounts.edit(row, [&](Accounts::Edit& edit) {
        edit.set_position(closed.asset, quantity == winner.position ? 0.0 : -closed.side * left);
        edit.pay(LinearContract::value(closed.side * quantity, closed.price));
    });
    venue.ledger.among_accounts(closed.asset, quantity, closed.price);
    VenueMetrics& metrics = venue.record.metrics;
    CohortMetrics& cohort = venue.record.cohorts[venue.accounts.cohort(row)];
    cohort.adl_notional += notional;
    cohort.adl_pnl_given_up += given_up;
    metrics.adl_contracts += quantity;
    metrics.adl_notional += notional;
    metrics.adl_pnl_given_up += given_up;
    venue.record.step.adl_notional += notional;
    if (venue.accounts.raise_for_owner(row, row_deleveraged)) ++metrics.adl_accounts;
}

} // namespace plunge
