// Which numbers of worlds are whose. Everything random in a world follows from its number, so what must be independent
// may not have numbers in common.
#pragma once

#include <cstdint>
#include <stdexcept>

#include <fmt/core.h>

#include "models/random/philox.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

/// Neighbouring numbers of worlds, kept for one purpose.
struct WorldRange {
    std::uint64_t first = 0;
    std::uint64_t size = 0;

    constexpr std::uint64_t end() const { return first + size; }

    /// The number of its i-th world. \throws std::out_of_range where the numbers of somebody else begin
    constexpr std::uint64_t world(std::uint64_t i) const {
        if (i >= size) throw std::out_of_range(fmt::format("there are no more than {} worlds of this kind", size));
        return first + i;
    }

    /// The i-th of `count` parts of the same size. \throws std::out_of_range where there are not so many
    constexpr WorldRange part(std::uint64_t i, std::uint64_t count) const {
        if (i >= count) throw std::out_of_range(fmt::format("there are no more than {} parts of these worlds", count));
        return {first + i * (size / count), size / count};
    }
};

/// In ascending order. The numbers are part of every result's identity: never change them.
namespace world_numbers {

/// Those of a run: `run.worlds` from zero on.
inline constexpr WorldRange of_runs{0, std::uint64_t{1} << 44U};

/// Worlds and branches of splitting; a part for each repetition.
inline constexpr WorldRange of_splitting{std::uint64_t{1} << 44U, std::uint64_t{1} << 44U};
inline constexpr std::uint64_t splitting_repetitions = std::uint64_t{1} << 12U;

/// The search for laws under which an event is common; a part for each of its stages.
inline constexpr WorldRange of_searches{std::uint64_t{1} << 45U, std::uint64_t{1} << 45U};
inline constexpr std::uint64_t search_stages = std::uint64_t{1} << 13U;

/// Worlds drawn from those laws.
inline constexpr WorldRange of_found_laws{std::uint64_t{1} << 46U, std::uint64_t{1} << 47U};

/// The path that a margin rule takes its scenarios from. The last world, which would be its antithetic one, stays free.
inline constexpr WorldRange of_margin_draws{(std::uint64_t{1} << 48U) - 2, 1};

inline constexpr WorldRange all[] = {of_runs, of_splitting, of_searches, of_found_laws, of_margin_draws};

/// Whether no two ranges have a number in common and all are numbers that a stream can have.
constexpr bool are_apart() {
    std::uint64_t taken = 0;
    for (const WorldRange& range : all) {
        if (range.size == 0 || range.first < taken) return false;
        taken = range.end();
    }
    return taken <= worlds_of_a_stream;
}
static_assert(are_apart());
static_assert(most_worlds <= of_runs.size);

} // namespace world_numbers

} // namespace plunge
