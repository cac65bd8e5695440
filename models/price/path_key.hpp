// Which world's path is asked for.
#pragma once

#include <cstdint>

namespace plunge {

class ImposedSums;

struct PathKey {
    std::uint64_t seed = 0;
    std::uint64_t world = 0;
    bool antithetic = false;              ///< odd worlds mirror the diffusion of the even world before them
    const ImposedSums* imposed = nullptr; ///< of the world's driving normals; none where they are pseudo-random

    std::uint64_t diffusion_world() const { return antithetic ? world & ~std::uint64_t{1} : world; }
    double diffusion_sign() const { return antithetic && (world & 1U) != 0 ? -1.0 : 1.0; }
};

} // namespace plunge
