#include "models/common/text.hpp"

#include <charconv>
#include <cmath>

namespace plunge {
namespace {

template <class... Format> std::string converted(double value, Format... format) {
    std::array<char, 400> buffer{}; // the longest double without an exponent has 309 digits before its point
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...).ptr;
    return {buffer.data(), end};
}

// The fewest digits that mean this double; without an exponent from 1e-4 up to 1e16.
std::string shortest(double value) {
    const double size = std::fabs(value);
    const bool plain = value == 0.0 || (size >= 1e-4 && size < 1e16);
    return converted(value, plain ? std::chars_format::fixed : std::chars_format::scientific);
}

} // namespace

std::string format_duration(double seconds) {
    for (const TimeUnit& unit : time_units) {
        const double count = seconds / unit.seconds;
        if (count >= 1.0 && count == std::floor(count)) return shortest(count) + std::string(unit.name);
    }
    return shortest(seconds) + "s";
}

std::string number_text(double value) {
    if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
    if (value == std::floor(value) && std::fabs(value) < 1e15) return whole_text(value);
    return shortest(value);
}

std::string significant(double value, int digits) { return converted(value, std::chars_format::general, digits); }

std::string whole_text(double value) { return converted(value, std::chars_format::fixed, 0); }

std::string counted(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

} // namespace plunge
