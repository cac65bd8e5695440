// Paths of a price process by itself, without a market.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/price/price_model.hpp"

namespace plunge::test {

/// Which path.
struct PathOf {
    std::uint64_t seed = 0;
    std::uint64_t world = 0;
    bool antithetic = false;
    const QuasiPaths* quasi = nullptr;
    std::vector<PathBranch> later = {}; ///< branches after the world's own
};

/// Log returns of a path, [assets x steps], in blocks from `first` to `cut(first)`.
template <PriceModel Process, class Cut>
void draw_in_blocks(const Process& process, const PathOf& which, std::size_t steps, double* out, Tilting* tilting,
                    Cut&& cut) {
    std::vector<PathBranch> branches{{1, which.world}};
    branches.insert(branches.end(), which.later.begin(), which.later.end());
    Innovations innovations;
    innovations.begin(process.drivers(), {which.seed, which.antithetic, which.quasi}, branches, tilting);
    typename Process::State state;
    process.start(state);
    std::size_t end = 0;
    for (std::size_t first = 0; first < steps; first = end) {
        end = std::min<std::size_t>(steps, cut(first));
        go_forward(process, state, innovations, first, end - first, out + first, steps);
    }
}

/// The same as it is drawn for a world.
template <PriceModel Process>
void draw_path(const Process& process, const PathOf& which, std::size_t steps, double* out,
               Tilting* tilting = nullptr) {
    draw_in_blocks(process, which, steps, out, tilting, [&](std::size_t) { return steps; });
}

} // namespace plunge::test
