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
class WorldEngine;

/// What a quantity does in steps without an event: goes on, stays as it is, or is what it was at the start.
enum class Quiet { moves, stays, at_start };

/// A quantity across venues, of which bands are made: what it is called, and how its values are had. Recording, bands
/// and files follow the table.
struct SeriesColumn {
    std::string_view name;
    std::string_view units; ///< "1" for numbers without a unit
    std::string_view long_name;
    bool per_asset;
    int mantissa_bits; ///< of its scale
    Quiet quiet;
    /// \param open_interest  of all venues and assets at the start [quote]
    double (*at_start)(const Market&, std::size_t asset, double open_interest);
    double (*now)(const WorldEngine&, std::size_t asset); ///< when a step is over
    /// Of what moves: [count] over the steps looked at, in `scratch` where it is kept nowhere.
    const double* (*ahead)(const WorldEngine&, std::size_t asset, std::size_t count, double* scratch) = nullptr;
    bool (*varies)(const Market&) = nullptr; ///< else it stays at its start; always, where left out
};

/// In the order of the file.
std::span<const SeriesColumn> series_columns();

/// A value from a step on.
struct StepValue {
    std::uint32_t step;
    double value;
};

/// What one world leaves for the bands of a column, of one asset where it is per asset. What moves is kept for every
/// step, as codes of its scale, whose atom is the value at t = 0; all else as a list of the steps that differ from the
/// value before, or from the start.
class SeriesTrack {
  public:
    SeriesTrack(const SeriesColumn& column, std::size_t asset, const Market& market, double open_interest);

    const SeriesColumn& column() const { return *column_; }
    std::size_t asset() const { return asset_; }
    bool varies() const { return varies_; }
    Quiet quiet() const { return quiet_; }
    const Resolution& resolution() const { return resolution_; }

    void begin_world() {
        changes_.clear();
        before_ = resolution_.atom;
    }

    void set(std::size_t t, double value) {
        if (quiet_ == Quiet::moves) {
            codes_[t] = scale_.code(value);
        } else if (value != before_) {
            changes_.push_back({static_cast<std::uint32_t>(t), value});
            if (quiet_ == Quiet::stays) before_ = value;
        }
    }

    /// Of what moves: `count` steps from t on
    void set(std::size_t t, const double* values, std::size_t count) { scale_.encode(values, count, &codes_[t]); }

    const std::vector<std::uint16_t>& codes() const { return codes_; } ///< [T+1] of what moves, else none
    const std::vector<StepValue>& changes() const { return changes_; }

  private:
    const SeriesColumn* column_;
    std::size_t asset_;
    bool varies_;
    Quiet quiet_;
    Resolution resolution_;
    ValueScale scale_;
    std::vector<std::uint16_t> codes_;
    std::vector<StepValue> changes_;
    double before_ = 0.0; // what a value is a change from
};

/// What one world leaves for the bands: of every column in their order, and of every asset. Reused from world to world.
using StepSeries = std::vector<SeriesTrack>;

/// \param open_interest  of all venues and assets at the start [quote]
StepSeries step_series(const Market& market, double open_interest);

} // namespace plunge
