// What differs from world to world, and what an interval over worlds therefore holds.
#pragma once

#include <optional>
#include <string>

#include "sim/scenario/scenario.hpp"

namespace plunge {

/// Whether anything of the cohort's accounts is random: not where they come from a file, nor where all are alike.
bool draws_accounts(const Cohort& cohort);

/// Whether any cohort draws its accounts.
bool draws_accounts(const Scenario& scenario);

/// Whether index paths differ from world to world.
bool draws_paths(const Scenario& scenario);

/// Where every world would be the same, why, in words; nothing where something is drawn for each.
std::optional<std::string> why_worlds_are_equal(const Scenario& scenario);

/// What no interval over the worlds of this scenario holds, as a sentence: that one draw of the accounts serves all
/// worlds. Nothing where accounts are drawn for each, or are not drawn.
std::optional<std::string> left_out_of_intervals(const Scenario& scenario);

} // namespace plunge
