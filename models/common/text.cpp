#include "models/common/text.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

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

std::string rounded_duration(double seconds) {
    double grain = 1e-3;
    while (seconds >= 1000.0 * grain && seconds >= 1.0 && grain < 1.0) grain *= 10.0;
    return format_duration(std::ceil(seconds / grain - 1e-6) * grain);
}

std::string time_text(double seconds) {
    using namespace std::chrono;
    const sys_time<milliseconds> moment{milliseconds{std::llround(seconds * 1000.0)}};
    const auto day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss time{moment - day};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    std::string result = text.data();
    if (time.subseconds().count() != 0) {
        std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(time.subseconds().count()));
        result += text.data();
    }
    return result + "Z";
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
