// How far prices can move before a row of a population could be short of margin: worked out once for all worlds.
#pragma once

#include <cstdint>
#include <vector>

#include "models/margin/family.hpp"
#include "sim/engine/population.hpp"
#include "sim/engine/slack_planes.hpp"

namespace plunge {

/// Rows sorted by how far prices can move before the row could possibly be short: the radius, in units of each asset's
/// typical move, of the largest log-price box of a grid around the initial prices that the slack bound clears.
struct SafeRadii {
    std::vector<double> radius;      ///< ascending
    SlackPlanes planes;              ///< in the same order, over [low, high]
    std::vector<std::uint8_t> exact; ///< per row: the plane is the slack itself, M is linear over [low, high]
    std::vector<double> low;         ///< [A], far below the initial prices
    std::vector<double> high;
};

/// \param multiple      the test is E < multiple * M
/// \param typical_move  [A] scale of the log box
SafeRadii safe_radii(const MarginRule& rule, const AccountRows& rows, double multiple,
                     const std::vector<double>& initial_price, const std::vector<double>& typical_move);

} // namespace plunge
