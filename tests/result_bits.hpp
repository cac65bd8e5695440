// A world's result as words, for tests of equality to the last bit.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/engine/result_columns.hpp"
#include "sim/engine/world_result.hpp"

namespace plunge::test {

/// Everything that a world leaves behind, the counterfactual aside.
inline std::vector<std::uint64_t> bits(const WorldResult& world) {
    std::vector<std::uint64_t> result;
    const auto add = [&](auto value) {
        if constexpr (std::is_same_v<decltype(value), double>) {
            result.push_back(std::bit_cast<std::uint64_t>(value));
        } else {
            result.push_back(value);
        }
    };
    const auto add_members = [&](const auto& table, const auto& owner) {
        for_each_column(table, [&](const auto& row) { add(owner.*row.member); });
    };
    for (const VenueMetrics& venue : world.venues) add_members(venue_metrics(), venue);
    for (const AssetMetrics& asset : world.assets) add_members(asset_metrics(), asset);
    for (const CohortMetrics& cohort : world.cohorts) add_members(cohort_metrics(), cohort);
    add(world.amplification);
    for (const Cascade& cascade : world.cascades) {
        add(cascade.venue);
        add_members(cascade_columns(), cascade);
        for (const double move : cascade.price_move) add(move);
    }
    return result;
}

} // namespace plunge::test
