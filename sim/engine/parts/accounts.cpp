#include "sim/engine/parts/accounts.hpp"

#include <cmath>

namespace plunge {

// ---- a world's life ------------------------------------------------------------------------------------------------

void Accounts::bind(const AccountRows& start) {
    start_ = &start;
    rows_.assets = assets_;
    rows_.cash = start.cash;
    rows_.position = start.position;
    rows_.collateral = start.collateral;
    rows_.weight = start.weight;
    start_long_base_.assign(assets_, 0.0);
    start_short_base_.assign(assets_, 0.0);
    start_net_base_.assign(assets_, 0.0);
    start_cash_ = 0.0;
    for (const double cash : start.cash) start_cash_ += cash;
    rows_.held.assign(start.size(), 0);
    for (std::size_t row = 0, i = 0; row < start.size(); ++row) {
        for (std::size_t a = 0; a < assets_; ++a, ++i) { // nothing is added where the other side is
            start_long_base_[a] += std::max(rows_.position[i], 0.0);
            start_short_base_[a] += std::max(-rows_.position[i], 0.0);
            start_net_base_[a] += rows_.position[i] + (has_collateral() ? rows_.collateral[i] : 0.0);
            if (rows_.position[i] != 0.0 || (has_collateral() && rows_.collateral[i] != 0.0))
                rows_.held[row] |= asset_bit(a);
        }
    }
    touched_.clear();
    is_touched_.assign(start.size(), 0);
    flags_.assign(start.size(), 0);
    owner_flags_.assign(start.owners, 0);
    paid_in_.clear();
    earned_.clear();
    realised_.clear();
    entry_.clear();
    opened_ = listed_ = false;
    restore();
}

void Accounts::restore() {
    for (const std::uint32_t row : touched_) {
        rows_.cash[row] = start_->cash[row];
        for (std::size_t i = row * assets_; i < (row + 1) * assets_; ++i) {
            rows_.position[i] = start_->position[i];
            if (!start_->collateral.empty()) rows_.collateral[i] = start_->collateral[i];
            if (!start_->weight.empty()) rows_.weight[i] = start_->weight[i];
        }
        is_touched_[row] = 0;
        flags_[row] = 0;
        owner_flags_[start_->owner[row]] = 0;
        if (!paid_in_.empty()) paid_in_[row] = 0.0;
        if (!earned_.empty()) std::fill_n(&earned_[row * assets_], assets_, 0.0);
        if (!realised_.empty())
            std::fill_n(realised_.begin() + static_cast<std::ptrdiff_t>(row * assets_), assets_, 0.0);
    }
    touched_.clear();
    edited_.clear();
    debts_.clear();
    if (opened_) {
        entry_.clear();
        opened_ = listed_ = false;
    }
    long_base_ = start_long_base_;
    short_base_ = start_short_base_;
    cash_gained_ = cash_touched_ = 0.0;
    base_gained_.assign(assets_, 0.0);
}

// ---- changes -------------------------------------------------------------------------------------------------------

// What every change of a row ends with. A row without positions that owes money is a debt to be sold for.
void Accounts::changed(std::uint32_t row, double cash_before) {
    edited_.push_back(row);
    cash_gained_ += cash(row) - cash_before;
    if (cash(row) < 0.0 && !has(row, row_in_sale) && !has_position(row)) {
        raise(row, row_in_sale);
        debts_.push_back(row);
    }
    for (TriggerSearch* search : watchers_) search->row_changed(rows_, row);
}

void Accounts::move_position(std::uint32_t row, std::size_t asset, double quantity) {
    const std::size_t i = row * assets_ + asset;
    const double before = rows_.position[i];
    if (before == quantity) return;
    (before > 0.0 ? long_base_[asset] : short_base_[asset]) -= std::fabs(before);
    (quantity > 0.0 ? long_base_[asset] : short_base_[asset]) += std::fabs(quantity);
    base_gained_[asset] += quantity - before;
    rows_.position[i] = quantity;
    rows_.held[row] |= asset_bit(asset);
    if (rows_.has_collateral())
        rows_.weight[i] = LinearContract::weight(quantity, rows_.collateral[i], 1.0 - haircut_[asset]);
}

void Accounts::realise(std::uint32_t row, std::size_t asset, double quantity, double price) {
    if (quantity == 0.0) return;
    if (realised_.empty()) realised_.assign(size() * assets_, 0.0);
    realised_[row * assets_ + asset] += LinearContract::profit(quantity, entry(row, asset), price);
}

void Accounts::move_collateral(std::uint32_t row, std::size_t asset, double quantity) {
    const std::size_t i = row * assets_ + asset;
    base_gained_[asset] += quantity - rows_.collateral[i];
    rows_.collateral[i] = quantity;
    rows_.held[row] |= asset_bit(asset);
    rows_.weight[i] = LinearContract::weight(rows_.position[i], quantity, 1.0 - haircut_[asset]);
}

void Accounts::open_position(std::uint32_t row, std::size_t asset, double quantity, double price) {
    if (quantity == 0.0) return;
    if (entry_.empty()) entry_ = start_->entry;
    opened_ = true;
    const double before = position(row, asset);
    const double after = before + quantity;
    if (keeps_realised_ && before * quantity < 0.0) {
        realise(row, asset, std::fabs(quantity) < std::fabs(before) ? -quantity : before, price);
    }
    double& entry_price = entry_[row * assets_ + asset];
    if (before * quantity > 0.0) {
        entry_price = (LinearContract::value(before, entry_price) + LinearContract::value(quantity, price)) / after;
    } else if (before * after <= 0.0) {
        entry_price = price; // all that there is now is new
    }
    rows_.cash[row] -= LinearContract::value(quantity, price);
    if (earned_.empty()) earned_.assign(rows_.position.size(), 0.0);
    earned_[row * assets_ + asset] -= LinearContract::value(quantity, price);
    move_position(row, asset, after);
    if (listed_ && after != 0.0) note_holder(row, asset);
}

bool Accounts::raise_for_owner(std::uint32_t row, std::uint8_t flag) {
    raise(row, flag);
    std::uint8_t& owner = owner_flags_[start_->owner[row]];
    const bool first = (owner & flag) == 0;
    owner |= flag;
    return first;
}

// ---- holders -------------------------------------------------------------------------------------------------------

const Holders& Accounts::holders(std::size_t asset, double side) {
    if (!listed_) list_holders();
    return holders_[side > 0.0 ? asset : assets_ + asset];
}

void Accounts::list_holders() {
    holders_.resize(2 * assets_);
    for (Holders& side : holders_) {
        side.row.clear();
        side.entry.clear();
    }
    const auto add = [&](std::uint32_t row, std::size_t asset, double quantity) {
        Holders& side = holders_[quantity > 0.0 ? asset : assets_ + asset];
        side.row.push_back(row);
        side.entry.push_back(entry(row, asset));
    };
    for (std::uint32_t row = 0; row < size(); ++row) {
        for (std::size_t a = 0; a < assets_; ++a) {
            const double at_start = start_->position[row * assets_ + a];
            const double now = position(row, a);
            if (at_start != 0.0) add(row, a, at_start);
            if (now != 0.0 && !(now * at_start > 0.0)) add(row, a, now);
        }
    }
    listed_ = true;
    ++listings_;
}

void Accounts::note_holder(std::uint32_t row, std::size_t asset) {
    ++listings_;
    Holders& side = holders_[position(row, asset) > 0.0 ? asset : assets_ + asset];
    const auto at = std::lower_bound(side.row.begin(), side.row.end(), row);
    const auto place = at - side.row.begin();
    if (at == side.row.end() || *at != row) {
        side.row.insert(at, row);
        side.entry.insert(side.entry.begin() + place, entry(row, asset));
    } else {
        side.entry[static_cast<std::size_t>(place)] = entry(row, asset);
    }
}

// ---- what rows hold ------------------------------------------------------------------------------------------------

double Accounts::collateral_value(std::uint32_t row, const std::vector<double>& price) const {
    double sum = 0.0;
    for (std::size_t a = 0; a < assets_ && has_collateral(); ++a) {
        sum += Coins::value(rows_.collateral[row * assets_ + a], price[a]);
    }
    return sum;
}

double Accounts::gain(std::uint32_t row, const std::vector<double>& price) const {
    double sum = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        sum += LinearContract::profit(position(row, a), entry(row, a), price[a]);
    }
    return sum;
}

Accounts::Moved Accounts::cash_moved() const {
    Moved change;
    for (const std::uint32_t row : touched_) {
        change.held += cash(row) - start_->cash_of(row);
    }
    change.moved = cash_touched_;
    return change;
}

Accounts::Moved Accounts::base_moved(std::size_t asset) const {
    Moved change;
    for (const std::uint32_t row : touched_) {
        const std::size_t i = row * assets_ + asset;
        change.held += rows_.position[i] - start_->position[i];
        change.moved += std::fabs(start_->position[i]);
        if (!rows_.has_collateral()) continue;
        change.held += rows_.collateral[i] - start_->collateral[i];
        change.moved += std::fabs(start_->collateral[i]);
    }
    return change;
}

} // namespace plunge
