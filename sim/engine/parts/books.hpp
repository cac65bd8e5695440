// The books of a venue in one world: what prices are, what a trade would do to them, and doing it.
#pragma once

#include <vector>

#include "models/impact/family.hpp"
#include "models/impact/trade.hpp"
#include "sim/engine/look_ahead.hpp"
#include "sim/engine/parts/ledger.hpp"

namespace plunge {

class Books {
  public:
    /// \param cross  of models/impact/trade.hpp; both must outlive the books
    Books(const ImpactShape& shape, const SquareMatrix& cross) : shape_{shape}, cross_{cross} {}

    /// \param impact  false: trades move no price, and pay the one there is
    void begin_world(const std::vector<double>& initial_price, bool impact) {
        prices_.begin_world(initial_price);
        impact_ = impact;
    }

    const VenuePrices& prices() const { return prices_; }
    VenuePrices& prices() { return prices_; } ///< for who lets time go by
    const std::vector<double>& mark() const { return prices_.mark; }
    const std::vector<double>& price() const { return prices_.price; } ///< traded

    /// What trading `quantity` (signed base, buy positive) in every asset at once would pay and do.
    void quote(const std::vector<double>& quantity, Execution& execution) const;

    /// Trades what was quoted: liquidity providers take the other side, prices move. Marks stay until they are moved.
    void commit(const std::vector<double>& quantity, const Execution& execution, Ledger& ledger);

  private:
    const ImpactShape& shape_;
    const SquareMatrix& cross_;
    bool impact_ = true;
    VenuePrices prices_;
};

} // namespace plunge
