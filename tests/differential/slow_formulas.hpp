// The formulas of the model, written a second time: obvious, slow, and sharing no code with models/ or sim/engine.
//
// Only parameter structs are taken from models/. Transcendental functions are the standard library's, integrals are
// brute-force quadratures, and whatever the engine solves by iteration is found here by walking or bisecting.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace plunge::oracle {

using Vector = std::vector<double>;

/// Annualised volatility of the scenario's price process, jumps included, per asset.
Vector total_volatility(const Scenario& scenario);

/// One account row valued at some prices.
struct Valuation {
    double equity = 0.0;      ///< E, after haircuts
    double wealth = 0.0;      ///< W, before haircuts
    double maintenance = 0.0; ///< M
    double gross = 0.0;       ///< G
};

/// The margin rule of one venue.
class Margin {
  public:
    Margin(const Scenario& scenario, const Venue& venue);

    /// \param factor  what the venue multiplies maintenance margins by
    Valuation value(double factor, double cash, const Vector& position, const Vector& collateral,
                    const Vector& price) const;

    /// The fraction of every position that the venue's policy closes, at these prices: the first f at which what is
    /// left has the buffer. That excess is concave in f, so it is sought below its highest point.
    /// \param closes  slices taken before, the last one `since_close` seconds ago
    double fraction_to_close(double factor, double cash, const Vector& position, const Vector& collateral,
                             const Vector& price, std::size_t closes, double since_close) const;

  private:
    // What a partial close restores, and below what everything is closed.
    struct PartialClose {
        double buffer;
        double backstop;
        double whole_below;
    };

    double part_to_close(const PartialClose& partial, double factor, double cash, const Vector& position,
                         const Vector& collateral, const Vector& price) const;
    double maintenance(const Vector& position, const Vector& collateral, const Vector& price) const;
    bool has_minimum() const;
    double of_position(std::size_t asset, double notional) const;
    double of_collateral(std::size_t asset, double value) const;
    double value_at_risk(const Vector& exposure) const;
    double scenario_tail(const Vector& exposure) const;

    const Venue& venue_;
    Vector haircut_;
    Vector depth_;                // quote within 1 %
    std::vector<Vector> sigma_;   // covariance over the horizon of a portfolio rule
    std::vector<Vector> returns_; // scenarios of a portfolio rule
};

/// What a trade along the book did.
struct Fill {
    Vector displacement;  ///< y after the trade
    Vector mean_relative; ///< average price over the undisplaced price p(y = 0)
    Vector filled;        ///< share of what was asked for that the book held
};

/// The book of one venue.
class Book {
  public:
    /// \param impact_on  false: trades move nothing (the counterfactual).
    /// \param rounding  not zero: average prices differ in their last bit, in a pattern of that number.
    Book(const Scenario& scenario, const Venue& venue, bool impact_on, std::uint64_t rounding);

    /// I(Q): log displacement of `base` consumed at depth multiplier one.
    double displacement(std::size_t asset, double base) const;
    /// I^-1(y).
    double consumed(std::size_t asset, double y) const;
    /// Trades what the book holds of signed base `quantity` of every asset, at once, from displacement `y` with depth
    /// multipliers `g`.
    Fill trade(const Vector& y, const Vector& g, const Vector& quantity) const;
    /// Whether nothing of `quantity` would be missing, as far as that is asked while a share is sought.
    bool fills(const Vector& y, const Vector& g, const Vector& quantity) const;
    /// Depth within 1 % at the initial price: what venues are weighted with.
    double weight(std::size_t asset) const { return consumed(asset, 0.01) * initial_price_[asset]; }

  private:
    double room_share(std::size_t asset, const Vector& y, const Vector& g, const Vector& quantity) const;
    double mean_alone(double before, double after) const;
    double mean_along_line(std::size_t asset, const Vector& y, const Vector& g, const Vector& quantity) const;
    double displacement_along_line(std::size_t asset, double u, const Vector& y, const Vector& g,
                                   const Vector& quantity) const;

    double rounded(double mean) const;

    bool impact_on_;
    std::uint64_t rounding_;
    bool square_root_ = false;
    Vector initial_price_;
    Vector scale_;  // linear: b; square root: Y sigma_day
    Vector volume_; // square root: V_day [base]
    PerAsset resting_;
    SquareMatrix cross_;
};

/// Shares `total` in proportion to `weight`, nobody above `cap`, what caps cut off shared again among the rest: the
/// amounts are min(cap, level * weight), with `level` found by walking the claimants in the order of cap / weight.
Vector share_pro_rata(double total, const Vector& weight, const Vector& cap);

} // namespace plunge::oracle
