// Blocks of random numbers over time steps, the raw material of price paths.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/random/philox.hpp"

namespace plunge {

/// Steps that one block of normals is made of: a block always starts at a multiple of this.
inline constexpr std::size_t normal_group = 8;

/// Standard normals of (key, index) for steps [8 * first_group, 8 * (first_group + groups)), by Box & Muller (1958).
///
/// Within a group of eight steps, the counter of step l (l < 4) gives the normals of steps l (cosine) and l + 4 (sine);
/// so each value depends on (seed, world, stream, step, index) alone, never on how the range was cut.
/// \param out  [8 * groups]
void fill_normals(const StreamKey& key, std::uint32_t index, std::size_t first_group, std::size_t groups, double* out);

} // namespace plunge
