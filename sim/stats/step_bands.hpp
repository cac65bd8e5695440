// Quantiles across worlds at every step, without keeping worlds x steps.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace plunge {

/// How a quantity is counted: in cells of the leading bits of a double, 2^-mantissa_bits wide relative to the value.
struct Resolution {
    double atom = 0.0;     ///< a value of its own, counted apart: where most worlds stay put (the value at t = 0)
    int mantissa_bits = 9; ///< 9: within 0.2 %; 6: within 1.6 %
};

/// Counts of non-negative values in cells of constant relative width. Counts are integers: merged histograms do not
/// depend on the order in which values came, so any number of threads gives the same bits.
///
/// A quantile is found by rank and placed linearly inside its cell, so it is off by at most one cell width. Zero and
/// the atom come out exact.
class ValueHistogram {
  public:
    explicit ValueHistogram(const Resolution& resolution);

    void add(std::span<const double> values);

    /// Adds `change` to the count of `value`, which is not the atom. Counts may pass below zero on the way.
    void change(double value, std::int32_t change);

    void merge(const ValueHistogram& other);

    /// Makes the atom's count what is missing to `total`.
    void complete(std::uint64_t total);

    /// The smallest values not exceeded by these shares of what was counted; appended to `result`.
    void append_quantiles(const std::vector<double>& probabilities, std::vector<double>& result) const;

  private:
    std::int64_t cell_of(double value) const { return std::bit_cast<std::int64_t>(value) >> dropped_bits_; }
    double lower_edge(std::int64_t cell) const { return std::bit_cast<double>(cell << dropped_bits_); }
    std::uint32_t& count_of(std::int64_t cell);
    std::uint64_t counted() const; // atoms left out

    double atom_;
    int dropped_bits_; // of a double, to make a cell's number
    std::uint32_t zeros_ = 0;
    std::uint32_t atoms_ = 0;
    std::int64_t first_ = 0;
    std::vector<std::uint32_t> count_; // modulo 2^32
};

/// Bands of a quantity that changes in every step: a histogram a place. A place is a step, or a step of an asset.
class StepBands {
  public:
    StepBands(const Resolution& resolution, std::size_t places) : places_(places, ValueHistogram(resolution)) {}

    std::size_t size() const { return places_.size(); }
    void add(std::size_t place, std::span<const double> values) { places_[place].add(values); }
    void merge(const StepBands& other);

    /// Values at `probabilities` at one place, one value a world.
    std::vector<double> quantiles(std::size_t place, const std::vector<double>& probabilities) const;

  private:
    std::vector<ValueHistogram> places_;
};

/// Bands of a quantity that stands still for long: only its changes are counted, so a world costs what it changes.
class RunBands {
  public:
    RunBands(const Resolution& resolution, std::size_t steps);

    /// Counts `value` in steps [first, last) of one world. Steps that are never named hold the atom.
    void add(std::size_t first, std::size_t last, double value);
    void count_world() { ++worlds_; }
    void merge(const RunBands& other);

    /// Values at `probabilities`, [steps x probabilities].
    std::vector<double> quantiles(const std::vector<double>& probabilities) const;

  private:
    Resolution resolution_;
    std::vector<ValueHistogram> change_; // of the counts, from the step before
    std::uint64_t worlds_ = 0;
};

} // namespace plunge
