// The index prices of a scenario: the price process drives the assets without an underlying, the others follow.
#pragma once

#include <vector>

#include "sim/scenario/scenario.hpp"

namespace plunge {

/// Assets without an underlying, in order: what the lists of [prices] speak of.
std::vector<std::size_t> driven_assets(const Scenario& scenario);

/// The price process of the driven assets with steps of a length.
/// \throws std::invalid_argument where the model refuses its parameters.
Held<PriceProcess> make_process(const Scenario& scenario, double step_seconds);

/// Annualised volatility of every asset's log index price, jumps and basis included.
std::vector<double> index_volatility(const Scenario& scenario, const PriceProcess& process);

} // namespace plunge
