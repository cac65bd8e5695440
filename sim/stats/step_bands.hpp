// Quantiles across worlds at every step, without keeping worlds x steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "sim/engine/value_scale.hpp"

namespace plunge {

/// Counts of coded values. Counts are integers: they do not depend on the order in which values came, so any number of
/// threads gives the same bits.
class ValueHistogram {
  public:
    /// Adds to a count, which may pass below zero on the way.
    void add(std::uint16_t code, std::int64_t change = 1);

    /// Adds to the counts of code `first` and those after it, which are neither zero nor the atom.
    template <class Count> void add(std::size_t first, std::span<const Count> counts);

    /// Makes the atom's count what is missing to `total`.
    void complete(std::uint64_t total);

    /// The smallest values not exceeded by these shares of what was counted; appended to `result`. A quantile is found
    /// by rank and placed linearly inside its cell, so it is off by at most one cell width; zero and the atom come out
    /// exact.
    void append_quantiles(const ValueScale& scale, const std::vector<double>& probabilities,
                          std::vector<double>& result) const;

  private:
    std::uint64_t counted() const; // atoms left out
    std::uint32_t* counts_between(std::size_t low, std::size_t high);

    std::uint32_t zeros_ = 0; // all counts modulo 2^32
    std::uint32_t atoms_ = 0;
    std::size_t first_ = 0;
    std::vector<std::uint32_t> count_; // of codes first_, first_ + 1, ...
};

/// Bands of a quantity that changes in every step: a histogram a step.
class StepBands {
  public:
    StepBands(const Resolution& resolution, std::size_t steps)
        : scale_{resolution}, tiles_(tile_of(steps - 1) + 1), histograms_(steps) {}

    /// Counts one history a world, of 65,535 worlds at most; histories[w] holds a code for every step. Several threads
    /// may do so at once.
    void add(std::span<const std::uint16_t* const> histories);

    /// Values at `probabilities`, [steps x probabilities].
    std::vector<double> quantiles(const std::vector<double>& probabilities) const;

  private:
    static constexpr std::size_t tile_steps = 32;

    // The start, where everything is at its atom, is a tile of its own.
    static std::size_t tile_of(std::size_t step) { return (step + tile_steps - 1) / tile_steps; }
    static std::size_t first_step(std::size_t tile) { return tile > 0 ? (tile - 1) * tile_steps + 1 : 0; }
    std::size_t end_step(std::size_t tile) const { return std::min(tile * tile_steps + 1, histograms_.size()); }

    // Counts of histories in some steps in a row, side by side and in 16 bits: those of all steps do not fit into a
    // core's cache, and to fetch them is most of the work. Zeros and atoms are in the histograms.
    struct Tile {
        std::mutex mutex;                 // of the steps' histograms too
        std::size_t histories = 0;        // counted here
        std::size_t first = 0;            // code
        std::size_t width = 0;            // codes
        std::vector<std::uint16_t> count; // [tile_steps x width]

        void make_room(std::size_t low, std::size_t high);
    };

    void add_to(std::size_t number, std::span<const std::uint16_t* const> histories);
    void empty(std::size_t number);
    std::span<const std::uint16_t> in_tile(std::size_t step) const {
        const Tile& tile = tiles_[tile_of(step)];
        return std::span(tile.count).subspan((step - first_step(tile_of(step))) * tile.width, tile.width);
    }

    ValueScale scale_;
    std::vector<Tile> tiles_;
    std::vector<ValueHistogram> histograms_; // of what is in no tile
};

/// Bands of a quantity that stands still for long: only its changes are counted, so a world costs what it changes.
class RunBands {
  public:
    RunBands(const Resolution& resolution, std::size_t steps) : scale_{resolution}, steps_(steps) {}

    /// Counts `value` in steps [first, last) of one world. Steps that are never named hold the atom.
    void add(std::size_t first, std::size_t last, double value);

    /// Values at `probabilities`, [steps x probabilities]. \param worlds  counted in all
    std::vector<double> quantiles(std::uint64_t worlds, const std::vector<double>& probabilities) const;

  private:
    // How counts change from the step before. Gathered now and then, so that it grows with different codes only.
    struct Changes {
        std::vector<std::pair<std::uint16_t, std::int32_t>> change;
        std::size_t gathered = 0;

        void add(std::uint16_t code, std::int32_t by);
        void gather();
    };

    ValueScale scale_;
    std::vector<Changes> steps_;
};

} // namespace plunge
