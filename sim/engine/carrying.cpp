// Positions that the venue takes over and sells by itself. sim/README.md, "What a venue does by itself".
#include <algorithm>
#include <cmath>

#include "sim/engine/venue_state.hpp"

namespace plunge {

void VenueState::take_over(std::size_t asset, double quantity, double price) {
    note_inventory_profit(asset, inventory_.take_over(asset, quantity, price, step_));
}

void VenueState::sell_inventory(const RoundContext& context) {
    const std::vector<double>& due = inventory_.due(context.step);
    begin_turn();
    for (std::size_t a = 0; a < assets_; ++a) {
        quantity_[a] = -due[a];
        round_gross_ += std::fabs(due[a]) * prices_.mark[a];
    }
    if (!(round_gross_ > 0.0)) return;
    trade(quantity_, execution_);
    for (std::size_t a = 0; a < assets_; ++a) {
        const double price = execution_.average_price[a];
        ledger_.gross_flows += std::fabs(due[a]) * price;
        ledger_.gross_base_flows[a] += std::fabs(due[a]);
        note_inventory_profit(a, inventory_.sold(a, price));
    }
    commit_trade(quantity_, execution_);
    context.move_marks();
    absorb_losses();
}

// The venue's profit is income of its fund, its loss a loss for its layers.
void VenueState::note_inventory_profit(std::size_t asset, double profit) {
    metrics_.inventory_profit += profit;
    ledger_.gross_flows += std::fabs(profit);
    const bool splits = waterfall_.asks_for_assets();
    if (profit > 0.0) {
        round_income_.amount += profit;
        if (splits) round_income_.by_asset[asset] += profit;
    } else {
        round_loss_.amount -= profit;
        if (splits) round_loss_.by_asset[asset] -= profit;
        if (waterfall_.asks_for_cohorts()) round_loss_.by_cohort.back() -= profit;
    }
}

double VenueState::inventory_notional() const {
    double sum = 0.0;
    for (std::size_t a = 0; a < assets_ && !inventory_.empty(); ++a) {
        sum += std::fabs(inventory_.base(a)) * prices_.mark[a];
    }
    return sum;
}

} // namespace plunge
