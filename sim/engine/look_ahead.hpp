// Prices, now and over the next steps as long as nobody trades.
//
// Between two events of a world prices follow from the index path alone: displacement decays, depth recovers, marks
// follow. So phases 2 and 3 of a step (sim/README.md) are worked out for many steps at once, and the world jumps to the
// first step in which something has to be done. Every number is computed from the same operands in the same order
// however the steps are cut, so results do not depend on it.
#pragma once

#include <cstddef>
#include <vector>

#include "models/impact/resilience.hpp"
#include "models/impact/trade.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/path.hpp"
#include "sim/engine/price_range.hpp"

namespace plunge {

/// What prices are at one venue.
struct VenuePrices {
    BookState book;                              ///< undisplaced price, transient displacement y, depth multiplier
    std::vector<double> permanent;               ///< [A] m
    std::vector<double> permanent_factor;        ///< [A] exp(m)
    std::vector<double> transient_before_rounds; ///< [A] y after phase 2: what the step's change is measured from
    bool displaced = false;                      ///< some m or y differs from zero
    std::vector<ThinningState> thinning;         ///< [A]
    std::vector<double> price;                   ///< [A] traded
    std::vector<double> price_at_start_of_step;  ///< [A] at phase 3
    std::vector<double> mark;                    ///< [A]
    std::vector<double> mark_factor; ///< [A] of marks on prices while rounds are played; empty: one, zero: they stand

    void begin_world(const std::vector<double>& initial_price);
};

class LookAhead {
  public:
    /// Steps that one look covers at most.
    static constexpr std::size_t longest = 96;

    explicit LookAhead(const Market& market);

    /// Works out phases 2 and 3 of steps [first, first + count) as if nobody traded in them. The permanent share of the
    /// step before becomes permanent for good, so a look must be followed by arrive().
    /// \param venues  one per venue of the market, as they are after step first - 1
    void look(std::size_t first, std::size_t count, const IndexPath& path, const std::vector<VenuePrices*>& venues);

    /// Makes what was seen of step first + k the present, after its phase 3.
    void arrive(std::size_t k, const std::vector<VenuePrices*>& venues) const;

    // [count] each, over the steps looked at
    const double* price(std::size_t venue, std::size_t asset) const { return at(ahead_[venue].price, asset); }
    const double* mark(std::size_t venue, std::size_t asset) const {
        const Ahead& ahead = ahead_[venue];
        return at(ahead.marks_are_prices ? ahead.price : ahead.mark, asset);
    }
    /// How much a venue counts in an asset's traded price: depth at the start, normalised over venues.
    double share(std::size_t venue, std::size_t asset) const { return share_[venue][asset]; }
    /// Traded price, depth-weighted over venues.
    const double* traded(std::size_t asset) const { return at(several_venues_ ? traded_ : ahead_[0].price, asset); }
    const PriceRange& traded_range(std::size_t asset) const { return traded_range_[asset]; }

    /// Box of the marks, [A] each.
    const std::vector<double>& mark_low(std::size_t venue) const { return ahead_[venue].mark_low; }
    const std::vector<double>& mark_high(std::size_t venue) const { return ahead_[venue].mark_high; }

    /// Depth multipliers of one asset in the first `count` steps looked at; constant depth is all ones.
    void depth(std::size_t venue, std::size_t asset, std::size_t count, double* out) const;

  private:
    // Per venue, [A x longest] asset after asset.
    struct Ahead {
        std::vector<double> transient;
        std::vector<double> price;
        std::vector<double> mark;
        std::vector<std::vector<double>>
            current_mark; // [A][T+1] what would be the mark without delay and scripts; empty for neither
        std::vector<double> variance_ratio;
        std::vector<double> drawdown;
        std::vector<PriceRange> price_range; // [A]
        std::vector<double> mark_low;        // [A]
        std::vector<double> mark_high;
        bool marks_are_prices = false;
        bool displaced = false; // some y differs from zero in some step
    };

    static const double* at(const std::vector<double>& values, std::size_t asset) {
        return values.data() + asset * longest;
    }
    static double* at(std::vector<double>& values, std::size_t asset) { return values.data() + asset * longest; }

    void displacements(const std::vector<VenuePrices*>& venues);
    void arbitrage(const std::vector<VenuePrices*>& venues);
    void prices(const IndexPath& path, const std::vector<VenuePrices*>& venues);
    void observe_returns(const std::vector<VenuePrices*>& venues);
    void marks(const std::vector<VenuePrices*>& venues);
    void delay_marks(std::size_t venue);
    void ranges();

    const Market& market_;
    std::size_t assets_;
    bool several_venues_;
    std::vector<std::vector<double>> share_; // [V][A]
    std::vector<Ahead> ahead_;
    std::vector<double> traded_; // [A x longest], where there are several venues
    std::vector<PriceRange> traded_range_;
    mutable std::vector<double> scratch_; // [longest]
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    const IndexPath* path_ = nullptr;
};

} // namespace plunge
