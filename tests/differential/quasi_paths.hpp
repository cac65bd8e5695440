// What quasi-random sampling does to log returns, the slow way: for the oracle's paths.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/differential/oracle.hpp"

namespace plunge::oracle {

/// What the sums imposed on the driving normals change of the process's log returns, [driven x steps].
Vector quasi_random_change(const Scenario& scenario, std::uint64_t world, std::size_t driven, std::size_t steps);

} // namespace plunge::oracle
