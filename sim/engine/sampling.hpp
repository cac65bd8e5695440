// Draws from a scenario's distributions, with the distributions of Boost.Random.
#pragma once

#include <vector>

#include "models/common/values.hpp"
#include "models/random/philox.hpp"

namespace plunge {

/// One draw. Truncated distributions are redrawn until the value lies inside their bounds.
double sample(const Distribution& distribution, PhiloxEngine& engine);

/// Shares that sum to one, from a symmetric Dirichlet distribution.
std::vector<double> sample_dirichlet(std::size_t count, double concentration, PhiloxEngine& engine);

double sample_normal(PhiloxEngine& engine);
double sample_uniform(PhiloxEngine& engine);

} // namespace plunge
