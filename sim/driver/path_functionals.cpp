#include "sim/driver/path_functionals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "models/random/elementary.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/engine/lineage.hpp"
#include "sim/engine/path.hpp"

namespace plunge {
namespace {

constexpr std::array functional_names{"log_return", "lowest", "highest", "drawdown"};

} // namespace

std::vector<std::string> path_functional_names(const Market& market) {
    std::vector<std::string> names;
    for (const Asset& asset : market.scenario().assets) {
        for (const char* name : functional_names) names.push_back(std::string(name) + "." + asset.symbol);
    }
    return names;
}

std::vector<std::vector<double>> path_functionals(const Market& market, std::uint64_t worlds, unsigned threads,
                                                  const std::atomic<bool>* stop) {
    std::vector<std::vector<double>> values(market.assets() * functional_names.size(), std::vector<double>(worlds));
    const std::uint64_t done = run_in_blocks(worlds, {threads, stop, {}}, [&](unsigned) -> BlockWorker {
        const auto path = std::make_shared<IndexPath>();
        return [&, path](std::uint64_t begin, std::uint64_t end) {
            for (std::uint64_t world = begin; world < end; ++world) {
                path->generate(market, Lineage(world));
                std::vector<double> low(market.assets());
                std::vector<double> high(market.assets());
                path->range(0, market.steps(), low.data(), high.data());
                for (std::size_t a = 0; a < market.assets(); ++a) {
                    const double start = market.initial_price()[a];
                    const std::size_t at = a * functional_names.size();
                    values[at][world] = det_log(path->price(a, market.steps()) / start);
                    values[at + 1][world] = det_log(low[a] / start);
                    values[at + 2][world] = det_log(high[a] / start);
                    values[at + 3][world] = det_log1p(-path->max_drawdown(a));
                }
            }
        };
    });
    for (std::vector<double>& functional : values) functional.resize(done);
    return values;
}

} // namespace plunge
