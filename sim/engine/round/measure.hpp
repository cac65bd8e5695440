// What an order is measured by: the row's margin at the marks of now, what it closes, what collateral it sells.
#pragma once

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"

namespace plunge {

/// Sets what the order's row has and needs at the mark. \param rule  the venue's
template <class Rule> void measure(const Rule& rule, const VenueParts& venue, Order& order) {
    const std::vector<double>& mark = venue.books.mark();
    order.had_position = venue.accounts.has_position(order.row);
    order.wealth = venue.accounts.wealth(order.row, mark);
    const MarginState state = margin_state(rule, venue.accounts.view(order.row), mark.data(), venue.assets);
    order.equity = state.equity;
    order.maintenance = state.maintenance * venue.margins.factor();
    order.gross = order.gross_left = state.gross;
}

/// Sets which share of the row's collateral is sold: what the cash lacks once everything is closed at the mark.
void set_collateral_sale(const VenueParts& venue, Order& order);

/// Whether a row without positions still has to sell collateral for what it owes.
bool has_debt_to_sell_for(const VenueParts& venue, std::uint32_t row);

/// What an order closes, at the mark [quote].
double closing_notional(const VenueParts& venue, const Order& order);

/// The price at which closing everything leaves exactly nothing: each position moves against the account by W / G, with
/// G what is not closed at the mark.
double bankruptcy_price(const VenueParts& venue, const Order& order, std::size_t asset);

} // namespace plunge
