// Quantities across venues at every step, for quantile bands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sim/engine/value_scale.hpp"

namespace plunge {

class Market;
struct Venue;
struct VenueParts;

/// A quantity that changes with events only, added up over venues, and the band of it.
struct EventBand {
    std::string_view name;
    std::string_view units;
    std::string_view long_name;
    bool stays;        ///< from a step on until it changes; else of that step alone, and zero in all others
    int mantissa_bits; ///< of its scale
    double (*of_venue)(const VenueParts&);      ///< when a step is over
    double (*at_start)(const Venue&) = nullptr; ///< zero where left out
};

/// In the order of the file; bands of what moves in every step, which the look-ahead works out, stand around them.
std::span<const EventBand> event_bands();

/// How each quantity is coded; the atoms are the values at t = 0.
struct StepScales {
    std::vector<Resolution> price; ///< [A]
    Resolution open_interest;
    Resolution depth_multiplier{1.0, 9};
    std::vector<Resolution> events; ///< of event_bands()
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
    void set_event(std::size_t band, std::size_t t, double value);

    bool has_depth() const { return !depth_multiplier_.empty(); } ///< else the depth multiplier is one for ever

    const std::uint16_t* price(std::size_t asset) const { return price_.data() + asset * steps_; } ///< [T+1] codes
    const std::uint16_t* open_interest() const { return open_interest_.data(); }
    const std::uint16_t* depth_multiplier() const { return depth_multiplier_.data(); }
    const std::vector<StepValue>& events(std::size_t band) const { return events_[band]; } ///< the steps that it names

  private:
    std::size_t steps_; // T + 1
    std::vector<ValueScale> price_scale_;
    ValueScale interest_scale_;
    ValueScale depth_scale_;
    std::vector<std::uint16_t> price_; // [A x T+1]
    std::vector<std::uint16_t> open_interest_;
    std::vector<std::uint16_t> depth_multiplier_;
    std::vector<std::vector<StepValue>> events_; // [event_bands()]
};

} // namespace plunge
