// Whose random numbers a path is made of.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plunge {

class QuasiPaths;

/// Steps of one path that one world's random numbers drive: from `first_step` on, to the next branch or the end.
struct PathBranch {
    std::size_t first_step; ///< from 1
    std::uint64_t world;
};

/// What all paths of a run have in common.
struct PathSource {
    std::uint64_t seed = 0;
    bool antithetic = false;           ///< odd worlds mirror the normals of the even world before them
    const QuasiPaths* quasi = nullptr; ///< where what the normals do at large is quasi-random
};

} // namespace plunge
