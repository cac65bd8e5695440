// The normals that drive paths, the slow way: pseudo-random and quasi-random ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/price/dependence.hpp"
#include "tests/differential/oracle.hpp"

namespace plunge::oracle {

/// Steps of one world, from 0, of the assets that the process drives.
struct OracleSteps {
    std::uint64_t world;
    std::size_t driven;
    std::size_t first;
    std::size_t steps;
};

/// Correlated standard normals, a copula included, [driven][steps]. Quasi-random ones only from step 0 to the end.
std::vector<Vector> correlated_normals(const Scenario& scenario, const DependenceParams& dependence,
                                       const OracleSteps& of);

} // namespace plunge::oracle
