#include "sim/engine/acts/freezing.hpp"

namespace plunge {

void freeze_collateral(VenueParts& venue, std::size_t insolvent) {
    Accounts& accounts = venue.accounts;
    if (!accounts.has_collateral()) return;
    VenueMetrics& metrics = venue.record.metrics;
    for (std::uint32_t row = 0; row < accounts.size(); ++row) {
        if (venue.market.scenario().cohorts[accounts.cohort(row)].held_at != insolvent) continue;
        const double value = accounts.collateral_value(row, venue.books.mark());
        if (!(value > 0.0)) continue;
        if (accounts.raise_for_owner(row, row_frozen)) ++metrics.frozen_accounts;
        metrics.frozen_value += value;
        accounts.edit(row, [&](Accounts::Edit& edit) {
            for (std::size_t a = 0; a < venue.assets; ++a) {
                venue.ledger.deliver(a, Party::accounts, Party::frozen, edit.collateral(a));
                edit.set_collateral(a, 0.0);
            }
        });
    }
}

} // namespace plunge
