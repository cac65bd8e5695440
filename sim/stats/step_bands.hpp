// Quantiles across worlds at every step, without keeping worlds x steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sim/engine/value_scale.hpp"

namespace plunge {

/// Counts of coded values. Counts are integers: merged histograms do not depend on the order in which values came, so
/// any number of threads gives the same bits.
class ValueHistogram {
  public:
    void add(std::uint16_t code) { add(code, 1); }

    /// Adds to a count, which may pass below zero on the way.
    void add(std::uint16_t code, std::int64_t change);

    void merge(const ValueHistogram& other);

    /// Makes the atom's count what is missing to `total`.
    void complete(std::uint64_t total);

    /// Makes room for all codes between two that are neither zero nor the atom.
    /// \return counts by code: for every code in between, the number at [code]
    std::uint32_t* counts_between(std::uint16_t low, std::uint16_t high);

    /// The smallest values not exceeded by these shares of what was counted; appended to `result`. A quantile is found
    /// by rank and placed linearly inside its cell, so it is off by at most one cell width; zero and the atom come out
    /// exact.
    void append_quantiles(const ValueScale& scale, const std::vector<double>& probabilities,
                          std::vector<double>& result) const;

    /// Asks for what counts are going to be touched.
    void prefetch() const {
        constexpr std::size_t per_line = 16;
        for (std::size_t i = 0; i < count_.size(); i += per_line) __builtin_prefetch(count_.data() + i, 1);
    }

  private:
    std::uint64_t counted() const; // atoms left out

    std::uint32_t zeros_ = 0; // all counts modulo 2^32
    std::uint32_t atoms_ = 0;
    std::size_t first_ = 0;
    std::vector<std::uint32_t> count_; // of codes first_, first_ + 1, ...
};

/// Bands of a quantity that changes in every step: a histogram a place.
class StepBands {
  public:
    StepBands(const Resolution& resolution, std::size_t steps) : scale_{resolution}, places_(steps) {}

    std::size_t steps() const { return places_.size(); }

    /// Counts one history a world; histories[w] holds a code for every step.
    void add(std::span<const std::uint16_t* const> histories);

    /// Counts the value of one world in one step. Worlds that are not counted in a step hold the atom: see complete().
    void add(std::size_t step, double value) { places_[step].add(scale_.code(value)); }
    void complete(std::uint64_t worlds) {
        for (ValueHistogram& place : places_) place.complete(worlds);
    }

    void merge(const StepBands& other);

    /// Values at `probabilities` in one step, one value a probability.
    std::vector<double> quantiles(std::size_t step, const std::vector<double>& probabilities) const;

  private:
    ValueScale scale_;
    std::vector<ValueHistogram> places_;
};

/// Bands of a quantity that stands still for long: only its changes are counted, so a world costs what it changes.
class RunBands {
  public:
    RunBands(const Resolution& resolution, std::size_t steps) : scale_{resolution}, steps_(steps) {}

    /// Counts `value` in steps [first, last) of one world. Steps that are never named hold the atom.
    void add(std::size_t first, std::size_t last, double value);
    void merge(const RunBands& other);

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
