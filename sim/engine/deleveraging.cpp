// Auto-deleveraging: how much of a round goes to the book, and who takes the rest. Section 6 of the model, "When ADL
// acts".
#include <algorithm>
#include <cmath>
#include <variant>

#include "sim/engine/row_flags.hpp"
#include "sim/engine/venue_state.hpp"

namespace plunge {
namespace {

// A share of the book below this comes from the allowance for rounding. A square-root book would turn it into a move.
constexpr double least_book_share = 1e-9;

// What is this small beside the whole is what rounding leaves of nothing.
constexpr double rounding_share = 1e-12;

} // namespace

// Closing everything at these prices leaves exactly nothing: each position moves against the account by W / G.
double VenueState::bankruptcy_price(const Order& order, std::size_t asset) const {
    const double side = rows_.position[order.row * assets_ + asset] > 0.0 ? 1.0 : -1.0;
    return std::max(0.0, prices_.mark[asset] * (1.0 - side * order.wealth / order.gross));
}

// S(l): the shortfall of the rows that would be left with nothing if the share `share` of every order went to the book.
double VenueState::shortfall_at(const std::vector<Order>& orders, double share) const {
    std::vector<double> quantity(assets_, 0.0);
    for (const Order& order : orders) {
        for (std::size_t a = 0; a < assets_; ++a) {
            const std::size_t i = order.row * assets_ + a;
            quantity[a] -= share * order.fraction * rows_.position[i];
            if (order.collateral_share > 0.0) quantity[a] -= order.collateral_share * rows_.collateral[i];
        }
    }
    Execution execution;
    trade(quantity, execution);
    double shortfall = 0.0;
    for (const Order& order : orders) {
        if (!order.closes_whole()) continue;
        double cash = rows_.cash[order.row];
        bool collateral_left = false;
        for (std::size_t a = 0; a < assets_; ++a) {
            const std::size_t i = order.row * assets_ + a;
            const double q = order.fraction * rows_.position[i];
            if (q != 0.0) {
                cash += share * q * execution.average_price[a] + (1.0 - share) * q * bankruptcy_price(order, a);
            }
            if (!rows_.has_collateral()) continue;
            cash += order.collateral_share * rows_.collateral[i] * execution.average_price[a];
            collateral_left = collateral_left || (order.collateral_share < 1.0 && rows_.collateral[i] != 0.0);
        }
        if (!collateral_left) shortfall += std::max(0.0, -cash);
    }
    return shortfall;
}

// The largest l <= 1 with S(l) <= K, K what the layers before ADL can pay.
double VenueState::book_share(const std::vector<Order>& orders) const {
    constexpr double resolution = 1e-15;
    const double payable = pots_before_adl() + rounding_room();
    if (shortfall_at(orders, 1.0) <= payable) return 1.0;
    if (shortfall_at(orders, 0.0) > payable) return 0.0;
    double inside = 0.0;
    double outside = 1.0;
    while (outside - inside > resolution) {
        const double middle = 0.5 * (inside + outside);
        if (middle <= inside || middle >= outside) break;
        (shortfall_at(orders, middle) <= payable ? inside : outside) = middle;
    }
    return inside < least_book_share ? 0.0 : inside;
}

void VenueState::deleverage(const std::vector<Order>& orders) {
    const double share = book_share(orders);
    if (share < 1.0) close_against_winners(orders, share);
}

// Closes the share 1 - `share` of every order, asset by asset, long orders before short ones. What winners cannot take
// is left to the book: adl_share_ says how much of an order they took.
void VenueState::close_against_winners(const std::vector<Order>& orders, double share) {
    for (const Order& order : orders) in_orders_[order.row] = 1;
    for (std::size_t a = 0; a < assets_; ++a) {
        for (const double side : {1.0, -1.0}) {
            double demand = 0.0;
            double money = 0.0;
            for (const Order& order : orders) {
                const double q = order.fraction * rows_.position[order.row * assets_ + a] * side;
                if (!(q > 0.0)) continue;
                demand += (1.0 - share) * q;
                money += (1.0 - share) * q * bankruptcy_price(order, a);
            }
            if (!(demand > 0.0)) continue;
            double taken = take_from_winners(a, side, demand, money / demand);
            if (taken >= demand * (1.0 - rounding_share)) taken = demand; // nothing is left for the book
            adl_share_[side > 0.0 ? a : assets_ + a] = (1.0 - share) * (taken / demand);
        }
    }
    for (const Order& order : orders) in_orders_[order.row] = 0;
}

// Closes up to `demand` of the positions opposite to `side` at `price`; returns what was closed.
double VenueState::take_from_winners(std::size_t asset, double side, double demand, double price) {
    std::vector<AdlCandidate> candidates;
    const double mark = prices_.mark[asset];
    const double cost = side * (price - mark); // what a winner loses per unit against the mark
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        const std::size_t i = row * assets_ + asset;
        const double q = rows_.position[i];
        if (!(q * side < 0.0) || in_orders_[row] != 0) continue;
        const double entry = start_->entry[i];
        const double profit = q * (mark - entry);
        const double winner_wealth = wealth(row, prices_.mark);
        if (!(profit > 0.0) || !(winner_wealth > 0.0)) continue;
        double gross = 0.0;
        for (std::size_t b = 0; b < assets_; ++b)
            gross += std::fabs(rows_.position[row * assets_ + b]) * prices_.mark[b];
        if (!(winner_wealth > rounding_share * gross)) continue; // the asset before has taken all there was
        const double size = std::fabs(q);
        const double bearable = cost > 0.0 ? std::min(size, winner_wealth / cost) : size;
        candidates.push_back({row, bearable, size, profit / (size * entry), gross / winner_wealth});
    }
    if (candidates.empty()) return 0.0;
    const AutoDeleveraging rule(std::get<AutoDeleveraging::Params>(model_.layers[*model_.adl_layer]));
    const std::vector<double> quantity = rule.allocate(demand, candidates);
    double taken = 0.0;
    for (std::size_t c = 0; c < candidates.size(); ++c) {
        if (!(quantity[c] > 0.0)) continue;
        const std::uint32_t row = candidates[c].account;
        touch(row);
        const double left = candidates[c].position - quantity[c];
        set_position(row, asset, quantity[c] == candidates[c].position ? 0.0 : -side * left);
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
    return taken;
}

} // namespace plunge
