// The mutable account rows of a venue: what a world changes, and how it is undone.
#include <cmath>

#include "sim/engine/venue_state.hpp"

namespace plunge {

void VenueState::restore_rows() {
    for (const std::uint32_t row : touched_) {
        rows_.cash[row] = start_->cash[row];
        for (std::size_t i = row * assets_; i < (row + 1) * assets_; ++i) {
            rows_.position[i] = start_->position[i];
            if (!start_->collateral.empty()) rows_.collateral[i] = start_->collateral[i];
            if (!start_->weight.empty()) rows_.weight[i] = start_->weight[i];
        }
        is_touched_[row] = 0;
        row_flags_[row] = 0;
        owner_flags_[start_->owner[row]] = 0;
        if (!paid_in_.empty()) paid_in_[row] = 0.0;
        if (!closes_.empty()) closes_[row] = {};
    }
    touched_.clear();
}

void VenueState::touch(std::uint32_t row) {
    if (is_touched_[row] != 0) return;
    is_touched_[row] = 1;
    touched_.push_back(row);
}

void VenueState::row_changed(std::uint32_t row) {
    margin_search_.row_changed(rows_, row);
    if (model_.warning > 0.0) warning_search_.row_changed(rows_, row);
}

void VenueState::search(TriggerSearch& trigger, std::size_t t, const IndexPath& path,
                        std::vector<std::uint32_t>& found) {
    const double* mark = prices_.mark.data();
    if (!trigger.ready(t, mark, mark)) trigger.rebuild(t, mark, mark, mark, path, outlook(), rows_, touched_);
    trigger.find(mark, rows_, found);
}

const Outlook& VenueState::outlook() const {
    outlook_.keep = prices_.displaced ? model_.transient_keep : 1.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double dy = prices_.book.transient[a] - prices_.transient_before_rounds[a];
        outlook_.settled[a] = std::exp(prices_.permanent[a] + model_.impact.permanent * dy);
    }
    return outlook_;
}

void VenueState::set_position(std::uint32_t row, std::size_t asset, double quantity) {
    const std::size_t i = row * assets_ + asset;
    const double before = rows_.position[i];
    if (before == quantity) return;
    (before > 0.0 ? long_base_[asset] : short_base_[asset]) -= std::fabs(before);
    (quantity > 0.0 ? long_base_[asset] : short_base_[asset]) += std::fabs(quantity);
    rows_.position[i] = quantity;
    if (rows_.has_collateral()) rows_.weight[i] = quantity + (1.0 - model_.haircut[asset]) * rows_.collateral[i];
}

void VenueState::set_collateral(std::uint32_t row, std::size_t asset, double quantity) {
    const std::size_t i = row * assets_ + asset;
    rows_.collateral[i] = quantity;
    rows_.weight[i] = rows_.position[i] + (1.0 - model_.haircut[asset]) * quantity;
}

const OpeningSide& VenueState::opening_side(std::size_t asset, double side) {
    if (opening_sides_.empty()) {
        opening_sides_.resize(2 * assets_);
        for (std::uint32_t row = 0; row < start_->size(); ++row) {
            for (std::size_t a = 0; a < assets_; ++a) {
                const double q = start_->position[row * assets_ + a];
                if (q == 0.0) continue;
                OpeningSide& opening = opening_sides_[q > 0.0 ? a : assets_ + a];
                opening.row.push_back(row);
                opening.entry.push_back(start_->entry[row * assets_ + a]);
            }
        }
    }
    return opening_sides_[side > 0.0 ? asset : assets_ + asset];
}

double VenueState::gross(std::uint32_t row) const {
    double sum = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) sum += std::fabs(rows_.position[row * assets_ + a]) * prices_.mark[a];
    return sum;
}

double VenueState::wealth(std::uint32_t row, const std::vector<double>& price) const {
    double sum = rows_.cash[row];
    for (std::size_t a = 0; a < assets_; ++a) {
        const std::size_t i = row * assets_ + a;
        sum += rows_.position[i] * price[a];
        if (rows_.has_collateral()) sum += rows_.collateral[i] * price[a];
    }
    return sum;
}

} // namespace plunge
