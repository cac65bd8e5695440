// A function known by values and slopes on an even grid from zero on: cubic in between, the last value held beyond.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace plunge {

struct CubicTable {
    double spacing;
    std::vector<double> value{};
    std::vector<double> slope{};

    /// Hermite's cubic through the ends of the cell of x >= 0.
    double at(double x) const {
        const double position = x / spacing;
        const auto cell = static_cast<std::size_t>(std::min(position, static_cast<double>(value.size() - 2)));
        const double s = std::min(position - static_cast<double>(cell), 1.0);
        const double h00 = (1.0 + 2.0 * s) * (1.0 - s) * (1.0 - s);
        const double h10 = s * (1.0 - s) * (1.0 - s);
        const double h01 = s * s * (3.0 - 2.0 * s);
        const double h11 = s * s * (s - 1.0);
        return h00 * value[cell] + h10 * spacing * slope[cell] + h01 * value[cell + 1] +
               h11 * spacing * slope[cell + 1];
    }
};

} // namespace plunge
