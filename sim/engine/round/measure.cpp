#include "sim/engine/round/measure.hpp"

#include <algorithm>
#include <cmath>

#include "models/common/tolerances.hpp"

namespace plunge {

void set_collateral_sale(const VenueParts& venue, Order& order) {
    order.collateral_share = 0.0;
    if (!venue.accounts.has_collateral() || !order.closes_whole()) return;
    const std::vector<double>& mark = venue.books.mark();
    double cash_after = venue.accounts.cash(order.row);
    for (std::size_t a = 0; a < venue.assets; ++a) {
        cash_after += LinearContract::value(venue.accounts.position(order.row, a), mark[a]);
    }
    const double value = venue.accounts.collateral_value(order.row, mark);
    if (!(value > 0.0)) return;
    if (order.had_position && !order.is_cut && venue.model.liquidation.surplus == Surplus::fund) {
        order.collateral_share = 1.0;
    } else if (cash_after < 0.0 && -cash_after >= tolerance::standing_debt * value) {
        const double share = -cash_after / value;
        order.collateral_share = share < 1.0 - tolerance::collateral_left ? share : 1.0;
    }
}

bool has_debt_to_sell_for(const VenueParts& venue, std::uint32_t row) {
    const Accounts& accounts = venue.accounts;
    if (!(accounts.cash(row) < 0.0) || !accounts.has_collateral() || accounts.has_position(row)) return false;
    return -accounts.cash(row) >= tolerance::standing_debt * accounts.collateral_value(row, venue.books.mark());
}

double closing_notional(const VenueParts& venue, const Order& order) {
    if (!order.by_keepers) return order.fraction * order.gross;
    double sum = 0.0;
    for (std::size_t a = 0; a < venue.assets; ++a) {
        const double q = venue.accounts.position(order.row, a);
        sum += LinearContract::notional(order.share_of(q) * std::fabs(q), venue.books.mark()[a]);
    }
    return sum;
}

double bankruptcy_price(const VenueParts& venue, const Order& order, std::size_t asset) {
    const double side = venue.accounts.position(order.row, asset) > 0.0 ? 1.0 : -1.0;
    return std::max(0.0, venue.books.mark()[asset] * (1.0 - side * order.wealth / order.gross_left));
}

} // namespace plunge
