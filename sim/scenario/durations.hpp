// Durations as scenario files write them: a number and a unit.
#pragma once

#include <optional>
#include <string_view>

#include "models/common/text.hpp" // format_duration(), the other way round

namespace plunge {

/// Units that a duration may have.
inline constexpr std::string_view duration_units = "ms, s, min, h, d";

/// Seconds of "500ms", "30s", "12min", "8h", "1.5d"; nothing where the text is not a number and a unit.
std::optional<double> parse_duration(std::string_view text);

} // namespace plunge
