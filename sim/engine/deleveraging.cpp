// Auto-deleveraging: how much of a round goes to the book, and who takes the rest. Section 6 of the model, "When ADL
// acts".
#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "sim/engine/largest_share.hpp"
#include "sim/engine/row_flags.hpp"
#include "sim/engine/venue_state.hpp"

namespace plunge {
namespace {

// What is this small beside the whole is what rounding leaves of nothing.
constexpr double rounding_share = 1e-12;

bool has_left(double wealth, double gross) { return wealth > 0.0 && wealth > rounding_share * gross; }

} // namespace

// Closing everything at these prices leaves exactly nothing: each position moves against the account by W / G, with G
// what is not closed at the mark.
double VenueState::bankruptcy_price(const Order& order, std::size_t asset) const {
    const double side = rows_.position[order.row * assets_ + asset] > 0.0 ? 1.0 : -1.0;
    return std::max(0.0, prices_.mark[asset] * (1.0 - side * order.wealth / order.gross_left));
}

// Whether a row could give anything: has more than what rounding leaves of nothing.
bool VenueState::is_solvent(std::uint32_t row) const { return has_left(wealth(row, prices_.mark), gross(row)); }

// What an order closes of an asset's position, less what opposite accounts have taken of it.
double VenueState::left_of(const Order& order, std::size_t asset) const {
    const double q = order.fraction * rows_.position[order.row * assets_ + asset];
    return q - q * offset_share_[q > 0.0 ? asset : assets_ + asset];
}

// What of the orders stays the same whatever share of them goes to the book.
void VenueState::plan(const std::vector<Order>& orders) {
    planned_orders_.clear();
    planned_lines_.clear();
    for (const Order& order : orders) {
        bool collateral_left = false;
        for (std::size_t a = 0; a < assets_; ++a) {
            const std::size_t i = order.row * assets_ + a;
            const double position = rows_.position[i];
            const double collateral = rows_.has_collateral() ? rows_.collateral[i] : 0.0;
            collateral_left = collateral_left || (order.collateral_share < 1.0 && collateral != 0.0);
            const double sold = order.collateral_share * collateral;
            if (position == 0.0 && sold == 0.0) continue;
            const double q = left_of(order, a);
            planned_lines_.push_back({a, q, q != 0.0 ? bankruptcy_price(order, a) : 0.0,
                                      (order.fraction * position - q) * prices_.mark[a], sold});
        }
        planned_orders_.push_back(
            {order.row, rows_.cash[order.row], order.closes_whole() && !collateral_left, planned_lines_.size()});
    }
}

// S(l): the shortfall of the rows that would be left with nothing if the share `share` of every order went to the book.
Loss VenueState::shortfall_at(double share) {
    std::fill(quantity_.begin(), quantity_.end(), 0.0);
    for (const PlannedLine& line : planned_lines_) {
        if (!carries()) quantity_[line.asset] -= share * line.quantity;
        quantity_[line.asset] -= line.collateral_sold;
    }
    trade(quantity_, trial_);
    const std::vector<double>& book_price = trial_.average_price;
    const std::vector<double>& price = carries() ? prices_.mark : book_price;
    Loss loss;
    const bool splits = waterfall_.asks_for_assets();
    if (splits) loss.by_asset.assign(assets_, 0.0);
    std::size_t first = 0;
    for (const PlannedOrder& order : planned_orders_) {
        const std::size_t begin = std::exchange(first, order.lines_end);
        if (!order.may_fall_short) continue;
        double cash = order.cash;
        for (std::size_t i = begin; i < order.lines_end; ++i) {
            const PlannedLine& line = planned_lines_[i];
            const double q = line.quantity;
            cash += share * q * price[line.asset] + (1.0 - share) * q * line.bankruptcy_price;
            cash += line.from_opposite;
            cash += line.collateral_sold * book_price[line.asset];
        }
        if (!(cash < 0.0)) continue;
        loss.amount += -cash;
        if (!splits) continue;
        std::fill(sold_.begin(), sold_.end(), 0.0);
        for (std::size_t i = begin; i < order.lines_end; ++i) {
            sold_[planned_lines_[i].asset] = planned_lines_[i].collateral_sold;
        }
        split_by_asset(order.row, rows_.positions_of(order.row), sold_.data(), -cash, loss.by_asset);
    }
    return loss;
}

// S(l) <= K, K what the layers before ADL can pay.
bool VenueState::before_adl_can_pay(double share, LossBearers& bearers) {
    const Loss loss = shortfall_at(share);
    return loss.amount <= waterfall_.payable_before_adl(loss, bearers) + rounding_room();
}

// The largest l <= 1 with S(l) <= K.
double VenueState::book_share(const std::vector<Order>& orders) {
    // Who is solvent is looked up at most once: nothing moves while the share is sought.
    bool looked_up = false;
    LossBearers bearers{solvent_accounts(), institutions_};
    bearers.accounts.claims = [&]() -> const std::vector<AccountClaim>& {
        if (!looked_up) claims();
        looked_up = true;
        return claims_;
    };
    plan(orders);
    return largest_share([&](double share) { return before_adl_can_pay(share, bearers); });
}

void VenueState::deleverage(const std::vector<Order>& orders) {
    const double share = book_share(orders);
    if (share < 1.0) close_against_winners(orders, share);
}

// Closes the share 1 - `share` of every order, asset by asset, long orders before short ones. What winners cannot take
// is left to the book: adl_share_ says how much of an order they took.
void VenueState::close_against_winners(const std::vector<Order>& orders, double share) {
    adl_sides_.clear();
    for (std::size_t a = 0; a < assets_; ++a) {
        for (const double side : {1.0, -1.0}) {
            AdlSide sum{a, side};
            double money = 0.0;
            for (const Order& order : orders) {
                const double q = left_of(order, a) * side;
                if (!(q > 0.0)) continue;
                sum.ordered += q;
                sum.needed += (1.0 - share) * q;
                money += (1.0 - share) * q * bankruptcy_price(order, a);
            }
            if (!(sum.needed > 0.0)) continue;
            sum.price = money / sum.needed;
            adl_sides_.push_back(sum);
        }
    }
    find_winners();
    for (std::size_t k = 0; k < adl_sides_.size(); ++k) {
        const AdlSide& sum = adl_sides_[k];
        double taken = take_from_winners(sum, winners_[k]);
        if (std::fabs(taken - sum.needed) <= rounding_share * sum.needed) taken = sum.needed; // nothing is left over
        double& closed = adl_share_[sum.side > 0.0 ? sum.asset : assets_ + sum.asset];
        closed = taken < sum.ordered * (1.0 - rounding_share) ? (1.0 - share) * (taken / sum.needed) : 1.0;
    }
}

// Rows outside this round's orders with a profitable position opposite to an order. Found for every side before any
// gives something up.
void VenueState::find_winners() {
    winners_.resize(std::max(winners_.size(), adl_sides_.size()));
    for (std::size_t k = 0; k < adl_sides_.size(); ++k) {
        const std::size_t asset = adl_sides_[k].asset;
        const double winning = -adl_sides_[k].side;
        const double mark = prices_.mark[asset];
        const OpeningSide& opening = opening_side(asset, winning);
        winners_[k].clear();
        for (std::size_t j = 0; j < opening.row.size(); ++j) {
            if (!(winning * (mark - opening.entry[j]) > 0.0)) continue;
            const std::uint32_t row = opening.row[j];
            if (in_orders_[row] == 0 && rows_.position[row * assets_ + asset] * winning > 0.0) {
                winners_[k].push_back(row);
            }
        }
    }
}

// Closes positions of `winners` opposite to `sum` at its price; returns how much.
double VenueState::take_from_winners(const AdlSide& sum, const std::vector<std::uint32_t>& winners) {
    const AutoDeleveraging& rule = *waterfall_.adl();
    const std::size_t asset = sum.asset;
    const double side = sum.side;
    const double price = sum.price;
    const double mark = prices_.mark[asset];
    const double cost = side * (price - mark); // what a winner loses per unit against the mark
    adl_candidates_.clear();
    for (const std::uint32_t row : winners) {
        const std::size_t i = row * assets_ + asset;
        const double winner_wealth = wealth(row, prices_.mark);
        const double winner_gross = gross(row);
        if (!has_left(winner_wealth, winner_gross)) continue; // the asset before has taken all there was
        const double q = rows_.position[i];
        const double entry = start_->entry[i];
        const double size = std::fabs(q);
        const double bearable = cost > 0.0 ? std::min(size, winner_wealth / cost) : size;
        const double profit = q * (mark - entry);
        adl_candidates_.push_back(
            {row, rule.most_of(size, bearable), size, profit / (size * entry), winner_gross / winner_wealth});
    }
    if (adl_candidates_.empty()) return 0.0;
    const std::vector<double> quantity = rule.allocate({sum.needed, sum.ordered, asset}, adl_candidates_);
    double taken = 0.0;
    for (std::size_t c = 0; c < adl_candidates_.size(); ++c) {
        if (!(quantity[c] > 0.0)) continue;
        const AdlCandidate& winner = adl_candidates_[c];
        const std::uint32_t row = winner.account;
        touch(row);
        const double left = winner.position - quantity[c];
        set_position(row, asset, quantity[c] == winner.position ? 0.0 : -side * left);
        rows_.cash[row] -= side * quantity[c] * price; // closing a short buys, closing a long sells
        taken += quantity[c];
        CohortMetrics& cohort = cohort_metrics_[start_->cohort[row]];
        cohort.adl_notional += quantity[c] * mark;
        cohort.adl_pnl_given_up += quantity[c] * cost;
        metrics_.adl_contracts += quantity[c];
        metrics_.adl_notional += quantity[c] * mark;
        metrics_.adl_pnl_given_up += quantity[c] * cost;
        step_adl_notional_ += quantity[c] * mark;
        ledger_.gross_flows += quantity[c] * price;
        ledger_.gross_base_flows[asset] += quantity[c];
        row_flags_[row] |= row_deleveraged;
        std::uint8_t& owner = owner_flags_[start_->owner[row]];
        if ((owner & row_deleveraged) == 0) ++metrics_.adl_accounts;
        owner |= row_deleveraged;
        note_debt(row);
        row_changed(row);
    }
    const double overshoot = taken - sum.needed;
    if (overshoot > rounding_share * sum.needed) {
        metrics_.adl_overshoot_contracts += overshoot;
        metrics_.adl_overshoot_notional += overshoot * mark;
        metrics_.adl_overshoot_pnl += overshoot * cost;
    }
    return taken;
}

} // namespace plunge
