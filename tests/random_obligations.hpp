// Institutions that owe one another at random, for tests of networks.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "models/network/family.hpp"

namespace plunge::test {

inline Obligations random_obligations(std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    const std::size_t n = 1 + rng() % 8;
    Obligations obligations{SquareMatrix{n, std::vector<double>(n * n, 0.0)}, std::vector<double>(n, 0.0)};
    for (std::size_t i = 0; i < n; ++i) {
        obligations.outside[i] = uniform(rng) < 0.3 ? 0.0 : std::exp(4.0 * uniform(rng) - 2.0);
        for (std::size_t j = 0; j < n; ++j) {
            if (i != j && uniform(rng) < 0.5) obligations.liabilities(i, j) = std::exp(4.0 * uniform(rng) - 2.0);
        }
    }
    return obligations;
}

inline double owed_by(const Obligations& obligations, std::size_t i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < obligations.outside.size(); ++j) sum += obligations.liabilities(i, j);
    return sum;
}

} // namespace plunge::test
