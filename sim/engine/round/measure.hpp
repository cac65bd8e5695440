// What an order is measured by: the row's margin at the marks of now, what it closes, what collateral it sells.
#pragma once

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"

namespace plunge {

/// Sets what the order's row has and needs at the mark.
void measure(const VenueParts& venue, Order& order);

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
