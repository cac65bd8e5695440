// What a venue carries: positions that it has taken over from accounts and sells a part at a time. sim/README.md, "What
// a venue does by itself".
#pragma once

#include <cstddef>
#include <vector>

#include "models/contract/linear.hpp"

namespace plunge {

class Inventory {
  public:
    /// \param parts  steps over which what is taken over in one is sold
    void begin_world(std::size_t assets, std::size_t parts);

    bool empty() const { return held_ == 0; }

    /// Takes over `quantity` (signed base) at `price`, to be sold in equal parts in the steps after `step`. What is
    /// held of the opposite side cancels with it, and all that was still to be sold of it shrinks alike. \return profit
    /// of what cancels
    double take_over(std::size_t asset, double quantity, double price, std::size_t step);

    /// What is to be sold by the end of `step` and is not yet [A], signed base. To be asked once a step.
    const std::vector<double>& due(std::size_t step);

    /// `quantity` of what was due has been sold at `price`; the rest is due in the next step. \return profit
    double sold(std::size_t asset, double quantity, double price);

    /// `quantity` (signed base, not more than is held) is given up at its cost: all that was still to be sold of it
    /// shrinks alike, what is due now too.
    void give_up(std::size_t asset, double quantity);

    double base(std::size_t asset) const { return lots_[asset].base; }
    double cost(std::size_t asset) const { return lots_[asset].cost; } ///< what `base` was taken over for [quote]
    /// What selling all that is held of an asset at `price` would earn.
    double profit_at(std::size_t asset, double price) const {
        return LinearContract::value(base(asset), price) - cost(asset);
    }
    double cost() const; ///< of everything

  private:
    struct Lot {
        double base = 0.0;
        double cost = 0.0;
        std::size_t last_due = 0; ///< step in which all that is left goes
    };
    // Takes the share `share` of a lot out; returns its cost.
    double release(std::size_t asset, double share);
    double& part(std::size_t asset, std::size_t step) { return parts_[asset * count_ + step % count_]; }

    std::size_t count_ = 1;
    std::size_t sold_until_ = 0; // parts of steps up to this are sold
    std::size_t held_ = 0;       // lots that are not empty
    std::vector<Lot> lots_;      // [A]
    std::vector<double> parts_;  // [A x count], by step: those to come lie within `count` steps
    std::vector<double> due_;    // [A]
};

} // namespace plunge
