// Worlds that were in a rare event, however they were drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/engine/world_result.hpp"
#include "sim/stats/weighted_summary.hpp"

namespace plunge {

/// What they are like, and the probability that each stands for: weights sum to the event's probability. Of independent
/// worlds each is a draw; of splitting a repetition is, since its worlds have ancestors in common.
struct EventWorlds {
    std::vector<WorldResult> results; ///< without cascades, cohorts and contagion
    WorldWeights weights;

    void add(WorldResult result, double weight, std::uint64_t draw) {
        results.push_back(std::move(result));
        weights.weight.push_back(weight);
        weights.draw.push_back(draw);
    }
};

/// What summaries of worlds are made from, without what takes most room: cascades, cohorts, contagion.
inline WorldResult without_lists(WorldResult&& result) {
    result.cascades = {};
    result.cohorts = {};
    result.contagion = {};
    result.counterfactual_contagion = {};
    return std::move(result);
}

/// What many threads keep of worlds as they meet them: each thread has its own worlds.
class KeptWorlds {
  public:
    explicit KeptWorlds(std::uint64_t worlds) : kept_(static_cast<std::size_t>(worlds)) {}

    /// Leaves `result` without what was taken.
    void keep(std::uint64_t world, WorldResult& result) {
        kept_[static_cast<std::size_t>(world)] = std::make_unique<WorldResult>(without_lists(std::move(result)));
    }

    /// \param weight_of  weight of a world that was kept; worlds from `worlds` on are left out
    template <class WeightOf> EventWorlds finish(std::uint64_t worlds, const WeightOf& weight_of) {
        EventWorlds result;
        for (std::uint64_t world = 0; world < worlds; ++world) {
            std::unique_ptr<WorldResult>& kept = kept_[static_cast<std::size_t>(world)];
            if (kept) result.add(std::move(*kept), weight_of(world), world);
        }
        return result;
    }

  private:
    std::vector<std::unique_ptr<WorldResult>> kept_;
};

} // namespace plunge
