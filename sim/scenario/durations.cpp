#include "sim/scenario/durations.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace plunge {
namespace {

struct TimeUnit {
    std::string_view name;
    double seconds;
};

// Longest first, so that format_duration() finds the largest unit of which there is a whole number.
constexpr std::array<TimeUnit, 5> time_units{{{"d", 86'400.0}, {"h", 3600.0}, {"min", 60.0}, {"s", 1.0}, {"ms", 1e-3}}};

} // namespace

std::optional<double> parse_duration(std::string_view text) {
    double number = 0.0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
    std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    for (const TimeUnit& known : time_units) {
        if (unit != known.name) continue;
        // Dividing keeps "500ms" the double nearest to 0.5; multiplying by 1e-3 would not always.
        return known.name == "ms" ? number / 1000.0 : number * known.seconds;
    }
    return std::nullopt;
}

std::string format_duration(double seconds) {
    for (const TimeUnit& unit : time_units) {
        const double count = seconds / unit.seconds;
        if (count >= 1.0 && count == std::floor(count)) return fmt::format("{}{}", count, unit.name);
    }
    return fmt::format("{}s", seconds);
}

} // namespace plunge
