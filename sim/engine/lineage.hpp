// Whose random numbers drive a world, step by step: what lets a world be branched in the middle of its path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/price/path_source.hpp"

namespace plunge {

/// Every draw of a step is a function of (seed, world, stream, step, index) alone. So the history of a world up to a
/// step can be had again from the world's number, and a branch of it is that number up to the step and another one
/// after it.
class Lineage {
  public:
    using Branch = PathBranch;

    /// An ordinary world: one number for all steps, and for its population.
    explicit Lineage(std::uint64_t world) : branches_{{1, world}} {}

    /// The same as a new Lineage(world), in the memory that there is.
    void restart(std::uint64_t world) {
        branches_.assign(1, {1, world});
        root_ = world;
    }

    /// The same history up to and with `step`, and that of `world` after it; the population stays.
    Lineage branched(std::size_t step, std::uint64_t world) const {
        Lineage child = *this;
        std::erase_if(child.branches_, [&](const Branch& branch) { return branch.first_step > step; });
        child.branches_.push_back({step + 1, world});
        return child;
    }

    /// The world whose population and number it has.
    std::uint64_t root() const { return root_; }
    std::uint64_t world_at(std::size_t step) const {
        std::size_t b = branches_.size() - 1;
        while (b > 0 && branches_[b].first_step > step) --b;
        return branches_[b].world;
    }
    const std::vector<Branch>& branches() const { return branches_; }

  private:
    std::vector<Branch> branches_;
    std::uint64_t root_ = branches_.front().world;
};

} // namespace plunge
