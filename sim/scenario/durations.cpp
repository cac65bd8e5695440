#include "sim/scenario/durations.hpp"

#include <charconv>
#include <cmath>
#include <utility>

namespace plunge {
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

} // namespace plunge
