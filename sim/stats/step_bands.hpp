// Quantiles across worlds at every step, without keeping worlds x steps.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace plunge {

/// Counts of non-negative values in cells of constant relative width, one histogram per place. Counts are integers:
/// merged histograms do not depend on the order in which values came, so any number of threads gives the same bits.
///
/// A cell is the leading `mantissa_bits` bits of a double, 2^-mantissa_bits wide relative to its value. A quantile is
/// found by rank and placed linearly inside its cell, so it is off by at most one cell width. Two values are counted
/// apart and come out exact: zero, and the `atom` of the place (the value at t = 0, where most worlds stay put).
class StepBands {
  public:
    struct Place {
        double atom = 0.0;
        int mantissa_bits = 9; ///< 9: within 0.2 %; 6: within 1.6 %
    };

    explicit StepBands(const std::vector<Place>& places);

    void add(std::size_t place, std::span<const double> values);
    void merge(const StepBands& other);

    /// Values at `probabilities` at one place: the smallest value not exceeded by that share of worlds.
    std::vector<double> quantiles(std::size_t place, const std::vector<double>& probabilities) const;

  private:
    struct Cells {
        double atom = 0.0;
        int dropped_bits = 0; // of a double, to make a cell's number
        std::uint32_t zeros = 0;
        std::uint32_t atoms = 0;
        std::int64_t first = 0;
        std::vector<std::uint32_t> count;

        std::int64_t cell_of(double value) const { return std::bit_cast<std::int64_t>(value) >> dropped_bits; }
        double lower_edge(std::int64_t cell) const { return std::bit_cast<double>(cell << dropped_bits); }
        std::uint32_t& count_of(std::int64_t cell);
    };

    std::vector<Cells> places_;
};

} // namespace plunge
