// Quantities across venues at every step, for quantile bands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/value_scale.hpp"

namespace plunge {

class Market;

/// How each quantity is coded; the atoms are the values at t = 0.
struct StepScales {
    std::vector<Resolution> price; ///< [A]
    Resolution open_interest;
    Resolution depth_multiplier{1.0, 9};
    Resolution liquidated_notional{0.0, 6}; ///< coarse: it spreads over many orders of magnitude
    Resolution fund_balance;
    bool depth_varies = false;

    /// \param open_interest  of all venues and assets at the start [quote]
    StepScales(const Market& market, double open_interest);
};

/// A value from a step on.
struct StepValue {
    std::uint32_t step;
    double value;
};

/// What one world leaves for the bands. Reused from world to world. What changes in every step is kept for every step,
/// as codes of its scale; what stands still between events as a list of changes.
class StepSeries {
  public:
    StepSeries(const StepScales& scales, std::size_t steps);

    void begin_world();

    // `count` steps from t on
    void set_price(std::size_t asset, std::size_t t, const double* traded, std::size_t count) {
        price_scale_[asset].encode(traded, count, price_.data() + asset * steps_ + t);
    }
    void set_open_interest(std::size_t t, const double* quote, std::size_t count) {
        interest_scale_.encode(quote, count, open_interest_.data() + t);
    }
    void set_depth_multiplier(std::size_t t, const double* multiplier, std::size_t count) {
        if (has_depth()) depth_scale_.encode(multiplier, count, depth_multiplier_.data() + t);
    }
    void set_fund_balance(std::size_t t, double quote);
    void set_liquidated_notional(std::size_t t, double quote);

    bool has_depth() const { return !depth_multiplier_.empty(); } ///< else the depth multiplier is one for ever

    const std::uint16_t* price(std::size_t asset) const { return price_.data() + asset * steps_; } ///< [T+1] codes
    const std::uint16_t* open_interest() const { return open_interest_.data(); }
    const std::uint16_t* depth_multiplier() const { return depth_multiplier_.data(); }
    const std::vector<StepValue>& fund_balance() const { return fund_balance_; }               ///< from this step on
    const std::vector<StepValue>& liquidated_notional() const { return liquidated_notional_; } ///< in this step alone

  private:
    std::size_t steps_; // T + 1
    std::vector<ValueScale> price_scale_;
    ValueScale interest_scale_;
    ValueScale depth_scale_;
    std::vector<std::uint16_t> price_; // [A x T+1]
    std::vector<std::uint16_t> open_interest_;
    std::vector<std::uint16_t> depth_multiplier_;
    std::vector<StepValue> fund_balance_;
    std::vector<StepValue> liquidated_notional_;
};

} // namespace plunge
