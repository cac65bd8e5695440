#include "sim/engine/acts/carrying.hpp"

#include <algorithm>

namespace plunge {

bool Carrying::act(const Now& now, VenueParts& venue) {
    if (venue.inventory.empty()) return false;
    const std::vector<double>& due = venue.inventory.due(now.step);
    const bool deleverages = venue.losses.waterfall().adl() != nullptr;
    venue.losses.begin_turn(now.step);
    for (std::size_t a = 0; a < venue.assets; ++a) {
        const double base = deleverages ? venue.inventory.base(a) : due[a];
        venue.losses.add_notional(LinearContract::notional(base, venue.books.mark()[a]));
    }
    if (!(venue.losses.notional() > 0.0)) return false;
    const bool closed = deleverages && deleveraging_.apply(venue, due);
    const bool sold = sell(venue, due);
    if (!closed && !sold) return false;
    venue.end_turn(now);
    return true;
}

bool Carrying::sell(VenueParts& venue, const std::vector<double>& due) {
    for (std::size_t a = 0; a < venue.assets; ++a) quantity_[a] = -due[a];
    venue.books.quote(quantity_, quote_);
    bool sells = false;
    for (std::size_t a = 0; a < venue.assets; ++a) {
        const double sold = -quote_.filled.quantity[a];
        sells = sells || sold != 0.0;
        venue.ledger.pay(Party::clearing, Party::carried, LinearContract::value(sold, quote_.price(a)));
        venue.ledger.deliver(a, Party::carried, Party::clearing, sold);
        venue.note_carried_profit(a, venue.inventory.sold(a, sold, quote_.price(a)));
    }
    if (sells) venue.books.commit(quote_, venue.ledger);
    return sells;
}

void Carrying::end_step(VenueParts& venue) const {
    if (venue.session.halted() || !venue.model.carries()) return;
    double& most = venue.record.metrics.max_inventory_notional;
    most = std::max(most, venue.inventory_notional());
}

void Carrying::end_world(VenueParts& venue) const {
    VenueMetrics& metrics = venue.record.metrics;
    metrics.inventory_left_notional = venue.inventory_notional();
    for (std::size_t a = 0; a < venue.assets && venue.model.carries(); ++a) {
        const double profit = venue.inventory.profit_at(a, venue.books.price()[a]);
        metrics.inventory_left_profit += profit;
        metrics.inventory_left_loss += std::max(0.0, -profit);
    }
}

} // namespace plunge
