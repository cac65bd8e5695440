// Runs worlds whose paths are drawn from another law.
#pragma once

#include <cstdint>

#include "models/price/tilt.hpp"
#include "sim/engine/path.hpp"
#include "sim/engine/world.hpp"

namespace plunge {

/// One engine per thread, as WorldEngine. Accounts are drawn from the scenario's law.
class TiltedEngine {
  public:
    /// \param market  must outlive the engine
    explicit TiltedEngine(const Market& market) : market_{market}, engine_{market} {}

    /// \return the moments of the world's path, that its likelihood ratio depends on
    PathMoments run(std::uint64_t world, const PathTilt& tilt, WorldResult& result, const WorldSinks& sinks = {}) {
        const Lineage lineage(world);
        PathMoments moments;
        Tilting tilting{tilt, moments};
        path_.generate(market_, lineage, &tilting);
        engine_.run_on_path(lineage, path_, result, sinks);
        return moments;
    }

  private:
    const Market& market_;
    WorldEngine engine_;
    IndexPath path_;
};

} // namespace plunge
