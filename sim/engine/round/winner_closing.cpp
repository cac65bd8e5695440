#include "sim/engine/round/winner_closing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/common/tolerances.hpp"

namespace plunge {

double WinnerClosing::close(VenueParts& venue, const Round& round, const ClosedSide& closed) {
    const AutoDeleveraging& rule = *venue.losses.waterfall().adl();
    const std::vector<AdlCandidate>& candidates = winners_.find(venue, round, closed);
    if (candidates.empty()) return 0.0;
    rule.allocate({closed.needed, closed.ordered, closed.asset}, candidates, work_);
    const std::vector<double>& quantity = work_.taken;
    double taken = 0.0;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < candidates.size(); ++c) {
        if (!(quantity[c] > 0.0)) continue;
        taken += quantity[c];
        lowest = std::min(lowest, AutoDeleveraging::score_of(candidates[c]));
        take(venue, closed, candidates[c], quantity[c]);
    }
    if (taken > 0.0) winners_.note_cutoff(closed.asset, closed.side, lowest);
    const double overshoot = taken - closed.needed;
    if (overshoot > tolerance::quantity * closed.needed) {
        const double mark = venue.books.mark()[closed.asset];
        const double cost = LinearContract::profit(closed.side, mark, closed.price);
        VenueMetrics& metrics = venue.record.metrics;
        metrics.adl_overshoot_contracts += overshoot;
        metrics.adl_overshoot_notional += LinearContract::notional(overshoot, mark);
        metrics.adl_overshoot_pnl += overshoot * cost;
    }
    return taken;
}

// Closes `quantity` of a winner's position at the side's price: a short buys, a long sells.
void WinnerClosing::take(VenueParts& venue, const ClosedSide& closed, const AdlCandidate& winner, double quantity) {
    const double mark = venue.books.mark()[closed.asset];
    const double notional = LinearContract::notional(quantity, mark);
    const double given_up = quantity * LinearContract::profit(closed.side, mark, closed.price);
    const double left = winner.position - quantity;
    const std::uint32_t row = winner.account;
    venue.accounts.edit(row, [&](Accounts::Edit& edit) {
        edit.note_closed(closed.asset, -closed.side * quantity, closed.price);
        edit.set_position(closed.asset, quantity == winner.position ? 0.0 : -closed.side * left);
        const double paid = LinearContract::value(closed.side * quantity, closed.price);
        edit.pay(paid);
        edit.note_earned(closed.asset, -paid);
    });
    if (closed.is_carried) {
        const double delivered = closed.side * quantity;
        venue.ledger.deliver(closed.asset, Party::carried, Party::accounts, delivered);
        venue.ledger.pay(Party::accounts, Party::carried, LinearContract::value(delivered, closed.price));
    } else {
        venue.ledger.among_accounts(closed.asset, quantity, closed.price);
    }
    VenueMetrics& metrics = venue.record.metrics;
    CohortMetrics& cohort = venue.record.cohorts[venue.accounts.cohort(row)];
    cohort.adl_notional += notional;
    cohort.adl_pnl_given_up += given_up;
    metrics.adl_contracts += quantity;
    metrics.adl_notional += notional;
    metrics.adl_pnl_given_up += given_up;
    if (closed.is_carried) metrics.adl_loss += std::max(0.0, given_up);
    AssetTotals& totals = venue.record.assets[closed.asset];
    totals.adl_notional += notional;
    totals.adl_base += quantity;
    totals.adl_money += quantity * closed.price;
    venue.record.step.adl_notional += notional;
    if (venue.accounts.raise_for_owner(row, row_deleveraged)) ++metrics.adl_accounts;
}

} // namespace plunge
