// Quantiles across worlds at every step, without keeping worlds x steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace plunge {

/// Counts of non-negative values in cells of constant relative width, one histogram per place. Counts are integers: merged
/// histograms do not depend on the order in which values came, so any number of threads gives the same bits.
///
/// A cell is the leading `mantissa_bits` bits of a double, 2^-mantissa_bits wide relative to its value. A quantile is found by
/// rank and placed linearly inside its cell, so it is off by at most one cell width: 2^-9, about 0.2 %. Two values are counted
/// apart and come out exact: zero, and the `atom` of the place (the value at t = 0, where most worlds stay put).
class StepBands {
  public:
    static constexpr int mantissa_bits = 9;

    /// \param places  steps x quantities  \param atoms  [places]
    StepBands(std::size_t places, std::vector<double> atoms);

    void add(std::size_t place, double value);
    void merge(const StepBands& other);

    /// Values at `probabilities` (ascending) at one place: the smallest value not exceeded by that share of worlds.
    std::vector<double> quantiles(std::size_t place, const std::vector<double>& probabilities) const;

  private:
    struct Cells {
        std::uint32_t zeros = 0;
        std::uint32_t atoms = 0;
        std::int64_t first = 0;
        std::vector<std::uint32_t> count;
    };
    static std::int64_t cell_of(double value);
    static double lower_edge(std::int64_t cell);
    static std::uint32_t& count_of(Cells& cells, std::int64_t cell);

    std::vector<double> atoms_;
    std::vector<Cells> places_;
};

} // namespace plunge
