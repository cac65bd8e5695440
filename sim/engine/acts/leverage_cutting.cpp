#include "sim/engine/acts/leverage_cutting.hpp"

#include <variant>

#include "models/margin/registry.hpp"
#include "sim/engine/round/measure.hpp"

namespace plunge {

// All accounts that are not short of margin at once. Nobody's winnings are touched for it.
bool LeverageCutting::act(const Now& now, VenueParts& venue) {
    if (now.step < due_) return false;
    due_ = never;
    round_.begin(venue.accounts.size());
    const double cost = venue.model.liquidation.fee + venue.model.liquidation.expected_slippage;
    std::visit(
        [&](const auto& rule) {
            for (std::uint32_t row = 0; row < venue.accounts.size(); ++row) {
                if (!venue.accounts.has_position(row)) continue;
                Order order{.row = row, .is_cut = true};
                measure(rule, venue, order);
                if (order.equity < order.maintenance) continue; // liquidated in the rounds that follow
                const double share = venue.model.leverage_cut->fraction(order.equity, order.gross, cost);
                if (!(share > 0.0)) continue;
                order.fraction = order.debt_fraction = share;
                round_.orders.push_back(order);
            }
        },
        *venue.model.rule);
    if (round_.orders.empty()) return false;
    for (Order& order : round_.orders) set_collateral_sale(venue, order);
    if (!settlement_.route(venue, round_, now.step, false)) return false;
    for (const Order& order : round_.orders) {
        ++venue.record.metrics.leverage_cuts;
        venue.record.metrics.leverage_cut_notional += order.fraction * order.gross;
        for (std::size_t a = 0; a < venue.assets; ++a) {
            const double q = order.fraction * venue.accounts.position(order.row, a);
            const double unfilled = round_.split(a, q).unfilled;
            venue.record.metrics.leverage_cut_notional -= LinearContract::notional(unfilled, venue.books.mark()[a]);
        }
        venue.accounts.raise(order.row, row_reduced);
    }
    settlement_.settle(venue, round_, now.step);
    venue.end_turn(now);
    return true;
}

} // namespace plunge
