// What index paths do at large, without stepping the worlds on them: cheap, and worth knowing of many worlds.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/engine/market.hpp"

namespace plunge {

/// Of every asset's index price: the log return over the horizon, the lowest and the highest log price relative to the
/// start, and the largest fall in log price. These are what liquidations of longs and shorts follow most closely.
std::vector<std::string> path_functional_names(const Market& market);

/// \return [functionals][worlds]. The same whatever the number of threads.
std::vector<std::vector<double>> path_functionals(const Market& market, std::uint64_t worlds, unsigned threads,
                                                  const std::atomic<bool>* stop = nullptr);

} // namespace plunge
