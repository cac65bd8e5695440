// Numbers as people type them after an option.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plunge {

/// The digits of a whole number, however it is written: "10000" of 10000, 10_000, 1e4 and 10000.0; with its minus
/// sign. Nothing where it is no whole number, or has more than 20 digits.
std::optional<std::string> whole_number(std::string_view text);

/// A finite number, underscores between digits allowed.
std::optional<double> finite_number(std::string_view text);

} // namespace plunge
