#include "sim/engine/parts/inventory.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/contract/linear.hpp"

namespace plunge {

void Inventory::begin_world(std::size_t assets, std::size_t parts) {
    count_ = parts;
    sold_until_ = 0;
    held_ = 0;
    lots_.assign(assets, {});
    parts_.assign(assets * parts, 0.0);
    due_.assign(assets, 0.0);
}

double Inventory::release(std::size_t asset, double share) {
    Lot& lot = lots_[asset];
    const double cost = share == 1.0 ? lot.cost : share * lot.cost;
    if (share == 1.0) {
        lot = {};
        std::fill_n(parts_.begin() + static_cast<std::ptrdiff_t>(asset * count_), count_, 0.0);
        --held_;
    } else {
        lot.cost -= cost;
    }
    return cost;
}

double Inventory::take_over(std::size_t asset, double quantity, double price, std::size_t step) {
    Lot& lot = lots_[asset];
    double profit = 0.0;
    if (lot.base * quantity < 0.0) {
        const double cancels = std::min(1.0, -quantity / lot.base); // of what is held
        const double closed = cancels == 1.0 ? lot.base : -quantity;
        profit = LinearContract::value(closed, price) - release(asset, cancels);
        quantity += closed;
        if (cancels < 1.0) {
            lot.base -= closed;
            for (std::size_t k = 0; k < count_; ++k) parts_[asset * count_ + k] *= 1.0 - cancels;
        }
    }
    sold_until_ = step; // what was due in this step has gone before anything is taken over
    if (quantity == 0.0) return profit;
    if (lot.base == 0.0) ++held_;
    lot.base += quantity;
    lot.cost += LinearContract::value(quantity, price);
    lot.last_due = step + count_;
    for (std::size_t k = 1; k <= count_; ++k) part(asset, step + k) += quantity / static_cast<double>(count_);
    return profit;
}

const std::vector<double>& Inventory::due(std::size_t step) {
    for (std::size_t a = 0; a < lots_.size(); ++a) {
        const Lot& lot = lots_[a];
        due_[a] = 0.0;
        if (lot.base == 0.0) continue;
        if (step >= lot.last_due) {
            due_[a] = lot.base;
            continue;
        }
        for (std::size_t s = sold_until_ + 1; s <= step; ++s) due_[a] += std::exchange(part(a, s), 0.0);
        if (std::fabs(due_[a]) > std::fabs(lot.base)) due_[a] = lot.base;
    }
    sold_until_ = step;
    return due_;
}

double Inventory::sold(std::size_t asset, double quantity, double price) {
    Lot& lot = lots_[asset];
    if (const double left = due_[asset] - quantity; left != 0.0) {
        if (sold_until_ >= lot.last_due) { // all that there is was due
            std::fill_n(parts_.begin() + static_cast<std::ptrdiff_t>(asset * count_), count_, 0.0);
        }
        part(asset, sold_until_ + 1) += left;
    }
    if (quantity == 0.0) return 0.0;
    const double share = quantity / lot.base;
    const double profit = LinearContract::value(quantity, price) - release(asset, share);
    if (share < 1.0) lot.base -= quantity;
    return profit;
}

void Inventory::give_up(std::size_t asset, double quantity) {
    const double share = quantity == lots_[asset].base ? 1.0 : quantity / lots_[asset].base;
    const bool all_is_due = due_[asset] == lots_[asset].base;
    release(asset, share);
    if (share == 1.0) {
        due_[asset] = 0.0;
        return;
    }
    lots_[asset].base -= quantity;
    due_[asset] *= 1.0 - share;
    if (all_is_due || std::fabs(due_[asset]) > std::fabs(lots_[asset].base)) due_[asset] = lots_[asset].base;
    for (std::size_t k = 0; k < count_; ++k) parts_[asset * count_ + k] *= 1.0 - share;
}

double Inventory::cost() const {
    double sum = 0.0;
    for (const Lot& lot : lots_) sum += lot.cost;
    return sum;
}

} // namespace plunge
