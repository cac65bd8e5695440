// Values as 16-bit cell numbers, so that many worlds' histories fit into cache until they are counted.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace plunge {

/// How a quantity is counted: in cells of the leading bits of a double, 2^-mantissa_bits wide relative to the value.
struct Resolution {
    double atom = 0.0;     ///< a value of its own, counted apart: where most worlds stay put (the value at t = 0)
    int mantissa_bits = 9; ///< 9: within 0.2 %; 6: within 1.6 %
};

/// Cells of one resolution. Zero and less is a cell, the atom is a cell; positive values below a millionth of the atom
/// (of 1 where the atom is zero) share one, which keeps histograms of a quantity that dies away short.
class ValueScale {
  public:
    static constexpr std::uint16_t zero = 0;
    static constexpr std::uint16_t atom = std::numeric_limits<std::uint16_t>::max();

    explicit ValueScale(const Resolution& resolution)
        : atom_{resolution.atom}, dropped_bits_{std::numeric_limits<double>::digits - 1 - resolution.mantissa_bits},
          before_first_{(std::bit_cast<std::int64_t>((atom_ > 0.0 ? atom_ : 1.0) * smallest) >> dropped_bits_) - 1} {}

    std::uint16_t code(double value) const {
        const std::int64_t cell = (std::bit_cast<std::int64_t>(value) >> dropped_bits_) - before_first_;
        const auto clamped = static_cast<std::uint16_t>(std::clamp<std::int64_t>(cell, 1, atom - 1));
        return value == atom_ ? atom : value > 0.0 ? clamped : zero;
    }

    /// out[i] = code(value[i])
    void encode(const double* value, std::size_t count, std::uint16_t* out) const;

    double atom_value() const { return atom_; }

    /// Smallest value of a cell that is neither zero nor the atom.
    double lower_edge(std::int64_t cell) const {
        return std::bit_cast<double>((cell + before_first_) << dropped_bits_);
    }

    /// The cell around the atom, for its place among the others.
    std::int64_t cell_of_atom() const {
        return atom_ > 0.0 ? (std::bit_cast<std::int64_t>(atom_) >> dropped_bits_) - before_first_ : 0;
    }

  private:
    static constexpr double smallest = 0x1p-20;

    double atom_;
    int dropped_bits_; // of a double, to make a cell's number
    std::int64_t before_first_;
};

} // namespace plunge
