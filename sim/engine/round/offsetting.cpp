#include "sim/engine/round/offsetting.hpp"

#include <algorithm>
#include <cmath>

#include "models/common/tolerances.hpp"

namespace plunge {

void Offsetting::apply(VenueParts& venue, Round& round) {
    for (std::size_t a = 0; a < venue.assets; ++a) {
        for (const double side : {1.0, -1.0}) {
            double ordered = 0.0;
            for (const Order& order : round.orders) {
                ordered += std::max(0.0, order.fraction * venue.accounts.position(order.row, a) * side);
            }
            if (!(ordered > 0.0)) continue;
            const double opposite = find_opposite(venue, round, a, side);
            if (!(opposite > 0.0)) continue;
            const double most = venue.model.liquidation.offset * opposite;
            if (most < tolerance::quantity * ordered) continue; // what earlier rounds have left by rounding
            round.set_opposite(a, side, ordered <= most ? 1.0 : most / ordered);
            close_opposite(venue, a, ordered <= most ? ordered / opposite : venue.model.liquidation.offset);
        }
    }
    for (Order& order : round.orders) {
        double offset_gross = 0.0;
        for (std::size_t a = 0; a < venue.assets; ++a) {
            const double q = order.fraction * venue.accounts.position(order.row, a);
            offset_gross += LinearContract::notional(q - round.left_of(a, q), venue.books.mark()[a]);
        }
        venue.record.metrics.offset_notional += offset_gross;
        order.gross_left = std::max(0.0, order.gross - offset_gross);
    }
}

double Offsetting::find_opposite(VenueParts& venue, const Round& round, std::size_t asset, double side) {
    opposite_.clear();
    double sum = 0.0;
    for (const std::uint32_t row : venue.accounts.holders(asset, -side).row) {
        const double q = -venue.accounts.position(row, asset) * side;
        if (round.has(row) || !(q > 0.0) || !venue.accounts.is_solvent(row, venue.books.mark())) continue;
        opposite_.push_back(row);
        sum += q;
    }
    return sum;
}

void Offsetting::close_opposite(VenueParts& venue, std::size_t asset, double share) {
    const double mark = venue.books.mark()[asset];
    for (const std::uint32_t row : opposite_) {
        const double q = venue.accounts.position(row, asset);
        const double closed = share * q;
        venue.accounts.edit(row, [&](Accounts::Edit& edit) {
            edit.note_closed(asset, closed, mark);
            edit.set_position(asset, share == 1.0 ? 0.0 : q - closed);
            edit.receive(LinearContract::value(closed, mark));
            edit.note_earned(asset, LinearContract::value(closed, mark));
        });
        venue.ledger.among_accounts(asset, closed, mark);
    }
}

} // namespace plunge
