// What `repair = true` makes of a correlation matrix.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace plunge {

struct RepairedCorrelation {
    std::vector<std::string> symbols; ///< of the matrices' assets: those that the process drives
    SquareMatrix given;
    SquareMatrix used;
    std::size_t a = 0; ///< with `b` the pair that changed most
    std::size_t b = 0;

    /// "prices.correlation: repaired, largest change 0.421: A, B from 0.9 to 0.479"
    std::string line() const;
};

/// Nothing where the scenario's matrix is used as it stands.
std::optional<RepairedCorrelation> repaired_correlation(const Scenario& scenario);

} // namespace plunge
