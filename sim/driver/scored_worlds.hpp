// Worlds run in parallel with their score on the way to a rare event.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/driver/parallel_blocks.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/score.hpp"
#include "sim/engine/world.hpp"

namespace plunge {

/// run(engine, place, result, sinks) runs a world of the `worlds` on its thread's engine, any thread's; its score is
/// then in *sinks.score. \return how many were run: all, or after a stop those before some place
template <class Engine, class Run>
std::uint64_t run_scored(const Market& market, const RareEvent& event, std::uint64_t worlds,
                         const BlockOptions& options, const Run& run) {
    return run_in_blocks(worlds, options, [&](unsigned /*thread*/) -> BlockWorker {
        const auto engine = std::make_shared<Engine>(market);
        return [&, engine](std::uint64_t first, std::uint64_t last) {
            WorldResult result;
            ScoreRecord record;
            WorldSinks sinks;
            sinks.score = &record;
            sinks.event = &event;
            for (std::uint64_t i = first; i < last; ++i) run(*engine, i, result, sinks);
        };
    });
}

} // namespace plunge
