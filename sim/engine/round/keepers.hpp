// Keepers: whoever liquidates loans does so for a profit, and stops where slippage has used it up.
#pragma once

#include <vector>

#include "sim/engine/parts/venue_parts.hpp"
#include "sim/engine/round/order.hpp"

namespace plunge {

class Keepers {
  public:
    explicit Keepers(std::size_t assets) : theirs_(assets), all_(assets) {}

    /// Cuts what keepers do of the orders to the share of it that pays.
    void limit(VenueParts& venue, std::vector<Order>& orders);

  private:
    double excess(const VenueParts& venue, const std::vector<Order>& orders, double share, double asked);

    std::vector<double> theirs_; // [A] what keepers trade on the book
    std::vector<double> all_;    // [A] what everyone does
    Quote trial_;
};

} // namespace plunge
