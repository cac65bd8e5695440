// When and where something happens at a venue, and what of the world around it that needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/engine/path.hpp"

namespace plunge {

/// One forced order, as it was decided.
struct LiquidationEntry {
    std::uint32_t step;
    std::uint32_t round; ///< from 1
    std::uint32_t venue;
    std::uint32_t row;
    double fraction; ///< of every position
};
using LiquidationLog = std::vector<LiquidationEntry>;

struct Now {
    std::size_t step;
    std::size_t round; ///< from 1; zero outside rounds
    const IndexPath& path;
    const double* index_price;               ///< [A] exp(x): the displacement-free price
    LiquidationLog* log;                     ///< may be null
    const std::function<void()>& move_marks; ///< sets the marks of all venues to the prices there are now
};

} // namespace plunge
