// The books of a venue in one world: what prices are, what a trade would do to them, and doing it.
#pragma once

#include <vector>

#include "models/impact/family.hpp"
#include "models/impact/resilience.hpp"
#include "models/impact/trade.hpp"
#include "sim/engine/look_ahead.hpp"
#include "sim/engine/parts/ledger.hpp"

namespace plunge {

/// What a trade would be.
struct Quote {
    Filled filled;
    Execution execution; ///< of what is filled

    double price(std::size_t asset) const { return execution.average_price[asset]; }
};

class Books {
  public:
    /// \param impact  what does not depend on the shape; both must outlive the books
    Books(const ImpactShape& shape, const ImpactCommon& impact) : shape_{shape}, common_{impact} {}

    /// \param impact  false: trades move no price, and pay the one there is
    void begin_world(const std::vector<double>& initial_price, bool impact) {
        prices_.begin_world(initial_price);
        impact_ = impact;
    }

    const VenuePrices& prices() const { return prices_; }
    VenuePrices& prices() { return prices_; } ///< for who lets time go by
    const std::vector<double>& mark() const { return prices_.mark; }
    const std::vector<double>& price() const { return prices_.price; } ///< traded

    /// What trading `quantity` (signed base, buy positive) in every asset at once would pay and do, and how much of it
    /// would be filled.
    void quote(const std::vector<double>& quantity, Quote& quote) const;

    /// Trades what was quoted: liquidity providers take the other side, prices move. Marks stay until they are moved.
    void commit(const Quote& quote, Ledger& ledger);

  private:
    const ImpactShape& shape_;
    const ImpactCommon& common_;
    bool impact_ = true;
    VenuePrices prices_;
};

} // namespace plunge
