// Closing orders against opposite accounts at the mark, before anything goes to the book.
#include <algorithm>
#include <cmath>

#include "sim/engine/venue_state.hpp"

namespace plunge {

// Asset by asset, long orders before short ones: every opposite position outside the round whose account is solvent
// gives the same share of itself, at most `offset`, and every order gets the same share of what it closes.
void VenueState::offset(std::vector<Order>& orders) {
    for (std::size_t a = 0; a < assets_; ++a) {
        for (const double side : {1.0, -1.0}) {
            double ordered = 0.0;
            for (const Order& order : orders) {
                ordered += std::max(0.0, order.fraction * rows_.position[order.row * assets_ + a] * side);
            }
            if (!(ordered > 0.0)) continue;
            const double opposite = find_opposite(a, side);
            if (!(opposite > 0.0)) continue;
            const double most = model_.liquidation.offset * opposite;
            offset_share_[side > 0.0 ? a : assets_ + a] = ordered <= most ? 1.0 : most / ordered;
            close_opposite(a, ordered <= most ? ordered / opposite : model_.liquidation.offset);
        }
    }
    for (Order& order : orders) {
        double offset_gross = 0.0;
        for (std::size_t a = 0; a < assets_; ++a) {
            const double q = order.fraction * rows_.position[order.row * assets_ + a];
            offset_gross += std::fabs(q - left_of(order, a)) * prices_.mark[a];
        }
        metrics_.offset_notional += offset_gross;
        order.gross_left = std::max(0.0, order.gross - offset_gross);
    }
}

double VenueState::find_opposite(std::size_t asset, double side) {
    opposite_.clear();
    double sum = 0.0;
    for (const std::uint32_t row : opening_side(asset, -side).row) {
        const double q = -rows_.position[row * assets_ + asset] * side;
        if (in_orders_[row] != 0 || !(q > 0.0) || !is_solvent(row)) continue;
        opposite_.push_back(row);
        sum += q;
    }
    return sum;
}

void VenueState::close_opposite(std::size_t asset, double share) {
    for (const std::uint32_t row : opposite_) {
        touch(row);
        const double q = rows_.position[row * assets_ + asset];
        const double closed = share * q;
        set_position(row, asset, share == 1.0 ? 0.0 : q - closed);
        rows_.cash[row] += closed * prices_.mark[asset];
        ledger_.gross_flows += std::fabs(closed) * prices_.mark[asset];
        ledger_.gross_base_flows[asset] += std::fabs(closed);
        note_debt(row);
        row_changed(row);
    }
}

} // namespace plunge
