// Other models in place of the scenario's: how much of an answer is the model's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace plunge {

/// A change of the model, or of the one draw of the accounts. Seed and everything else stay: worlds can be compared one
/// by one.
struct Stress {
    std::string name;
    std::string meaning;              ///< what is changed, or why nothing is
    std::optional<Scenario> scenario; ///< nothing where the change does not apply
};

/// In this order: impact doubled, depth halved, volatility at one and a half times, correlations 99 % of the way to
/// one, joint tails by a Student-t copula with four degrees of freedom, other accounts from the same cohorts.
std::vector<Stress> stresses(const Scenario& scenario);

} // namespace plunge
