// What a venue does by itself before the rounds of a step, in the order of sim/README.md.
#include <algorithm>
#include <cmath>

#include "tests/differential/oracle_state.hpp"

namespace plunge::oracle {

// ---- what the venue carries -----------------------------------------------------------------------------------------

bool World::carries(std::size_t venue) const {
    return scenario_.venues[venue].liquidation_common.execution == OrderExecution::twap;
}

double World::carried_notional(std::size_t venue) const {
    const Vector mark = marks(venue);
    double notional = 0.0;
    for (std::size_t a = 0; a < n_assets_; ++a) notional += std::fabs(venues_[venue].carried[a].base) * mark[a];
    return notional;
}

void World::book_profit(std::size_t venue, std::size_t asset, double profit) {
    VenueState& s = venues_[venue];
    s.metrics.inventory_profit += profit;
    flow(profit);
    s.round_income += std::max(0.0, profit);
    s.income_of_asset[asset] += std::max(0.0, profit);
    s.round_shortfall += std::max(0.0, -profit);
    s.loss_of_asset[asset] += std::max(0.0, -profit);
}

void World::take_over(std::size_t venue, std::size_t step, std::size_t asset, double quantity, double price) {
    Carried& carried = venues_[venue].carried[asset];
    if (carried.base * quantity < 0.0) {
        ++outcome_.counts.cancelled_takeovers;
        const double cancels = std::min(1.0, std::fabs(quantity / carried.base));
        const double closed = cancels * carried.base;
        book_profit(venue, asset, closed * (price - carried.cost / carried.base));
        quantity = cancels == 1.0 ? quantity + closed : 0.0;
        carried.base -= closed;
        carried.cost *= 1.0 - cancels;
        for (auto& [due, part] : carried.parts) part *= 1.0 - cancels;
        if (cancels == 1.0) carried = {};
    }
    if (quantity == 0.0) return;
    carried.base += quantity;
    carried.cost += quantity * price;
    const std::size_t parts = steps_rounded_up(scenario_.venues[venue].liquidation_common.twap_over_seconds, dt_);
    for (std::size_t k = 1; k <= parts; ++k) carried.parts[step + k] += quantity / static_cast<double>(parts);
}

void World::sell_carried(std::size_t venue, std::size_t step) {
    VenueState& s = venues_[venue];
    const Vector mark = marks(venue);
    Vector due(n_assets_, 0.0);
    bool any = false;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        auto& parts = s.carried[a].parts;
        while (!parts.empty() && parts.begin()->first <= step) {
            due[a] += parts.begin()->second;
            parts.erase(parts.begin());
        }
        if (parts.empty()) due[a] = s.carried[a].base; // the last part takes what rounding has left
        any = any || due[a] != 0.0;
    }
    const bool deleverages = adl_of(venue) != nullptr && carried_notional(venue) > 0.0;
    if (!any && !deleverages) return;
    start_losses(venue);
    if (deleverages) s.round_dust = page::allowance * carried_notional(venue);
    const bool closed = deleverages && deleverage_carried(venue, step, due);
    Vector quantity;
    for (const double base : due) quantity.push_back(-base);
    const Fill fill = books_[venue].trade(s.transient, s.depth, quantity);
    bool lacks = false;
    bool sells = false;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double missing = (1.0 - fill.filled[a]) * due[a];
        lacks = lacks || missing != 0.0;
        if (missing != 0.0) s.carried[a].parts[step + 1] += missing;
        due[a] *= fill.filled[a];
        sells = sells || due[a] != 0.0;
        if (!deleverages) s.round_dust += page::allowance * std::fabs(due[a]) * mark[a];
    }
    if (lacks) ++outcome_.counts.unfilled;
    if (!sells && !closed) return;
    if (sells) ++outcome_.counts.own_sales;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        if (due[a] == 0.0) continue;
        Carried& carried = s.carried[a];
        const double proceeds = due[a] * scenario_.assets[a].price * std::exp(x_[a] + s.permanent[a]) *
                                fill.mean_relative[a];
        const double cost = carried.cost * due[a] / carried.base;
        s.liquidity_cash -= proceeds;
        flow(proceeds);
        book_profit(venue, a, proceeds - cost);
        carried.base -= due[a];
        carried.cost -= cost;
        if (carried.parts.empty()) carried = {};
    }
    s.transient = fill.displacement;
    pass_waterfall(venue);
    observe_prices();
}

// ---- leverage cuts --------------------------------------------------------------------------------------------------

void World::announce_cut(std::size_t venue, std::size_t step, LeverageCutTrigger trigger) {
    const auto& cut = scenario_.venues[venue].leverage_cut;
    if (!cut || cut->trigger != trigger) return;
    const std::size_t due = step + std::max<std::size_t>(1, steps_rounded_up(cut->grace_seconds, dt_));
    auto& pending = venues_[venue].cut_due;
    pending = pending ? std::min(*pending, due) : due;
}

void World::cut_leverage(std::size_t venue, std::size_t step) {
    VenueState& s = venues_[venue];
    if (!s.cut_due || step < *s.cut_due) return;
    s.cut_due.reset();
    const Venue& rules = scenario_.venues[venue];
    const double most = rules.leverage_cut->max_leverage;
    const double cost = rules.liquidation_common.fee + rules.liquidation_common.expected_slippage;
    const Vector mark = marks(venue);
    std::vector<Order> orders;
    for (std::size_t i = 0; i < s.rows.size(); ++i) {
        const Valuation now = value_at(venue, s.rows[i], mark);
        if (!s.rows[i].has_position() || now.equity < now.maintenance || now.gross <= most * now.equity) continue;
        Order order;
        order.row = i;
        order.is_cut = true;
        order.gross = now.gross;
        // (1 - f) G = most (E - f cost G)
        const double f = (now.gross - most * now.equity) / (now.gross - most * cost * now.gross);
        order.fraction = f > 0.0 && f < 1.0 ? f : 1.0;
        order.bankruptcy_price = mark; // nobody is deleveraged for it
        order.on_book.assign(n_assets_, 1.0);
        plan_collateral(venue, order);
        orders.push_back(order);
    }
    clear(venue, step, 0, orders);
    for (const Order& order : orders) {
        s.metrics.leverage_cut_notional += order.fraction * order.gross - unfilled_notional(order, mark);
        ++s.metrics.leverage_cuts;
    }
    if (!orders.empty()) ++outcome_.counts.leverage_cuts;
}

} // namespace plunge::oracle
