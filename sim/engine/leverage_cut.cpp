// Reductions to a lower leverage, after their announcement. sim/README.md, "What a venue does by itself".
#include <algorithm>
#include <cmath>

#include "sim/engine/venue_state.hpp"

namespace plunge {

// One that is pending comes first.
void VenueState::announce_leverage_cut(std::size_t t, LeverageCutTrigger trigger) {
    if (!model_.leverage_cut || model_.leverage_cut->trigger != trigger) return;
    cut_due_ = std::min(cut_due_, t + model_.cut_grace_steps);
}

// All accounts that are not short of margin at once. Nobody's winnings are touched for it.
void VenueState::cut_leverage(const RoundContext& context) {
    cut_due_ = never;
    orders_.clear();
    const double cost = model_.liquidation.fee + model_.liquidation.expected_slippage;
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        if (!rows_.has_position(row)) continue;
        Order order;
        order.row = row;
        order.is_cut = true;
        measure(order);
        if (order.equity < order.maintenance) continue; // liquidated in the rounds that follow
        order.fraction = order.debt_fraction = model_.leverage_cut->fraction(order.equity, order.gross, cost);
        if (!(order.fraction > 0.0)) continue;
        set_collateral_sale(order);
        ++metrics_.leverage_cuts;
        metrics_.leverage_cut_notional += order.fraction * order.gross;
        orders_.push_back(order);
    }
    if (orders_.empty()) return;
    clear(orders_);
    context.move_marks();
    absorb_losses();
}

} // namespace plunge
