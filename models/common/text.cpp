#include "models/common/text.hpp"

#include <algorithm>
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

std::string rounded_duration(double seconds) {
    double grain = 1e-3;
    while (seconds >= 1000.0 * grain && seconds >= 1.0 && grain < 1.0) grain *= 10.0;
    return format_duration(std::ceil(seconds / grain - 1e-6) * grain);
}

// Days to a date by Hinnant, "chrono-compatible low-level date algorithms": eras of 400 years that begin in March.
std::string time_text(double seconds) {
    const auto text = [](long long number, std::size_t digits) {
        std::string written = std::to_string(number);
        return written.insert(0, digits - std::min(digits, written.size()), '0');
    };
    const long long moment = std::llround(seconds * 1000.0);
    constexpr long long milliseconds_per_day = 86'400'000;
    const long long in_day = ((moment % milliseconds_per_day) + milliseconds_per_day) % milliseconds_per_day;
    const long long days = (moment - in_day) / milliseconds_per_day + 719'468; // since 0000-03-01
    const long long era = (days >= 0 ? days : days - 146'096) / 146'097;
    const long long day_of_era = days - era * 146'097;
    const long long year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const long long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const long long month_from_march = (5 * day_of_year + 2) / 153;
    const long long day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    const long long month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const long long year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    std::string result = text(year, 4) + "-" + text(month, 2) + "-" + text(day, 2) + "T" + text(in_day / 3'600'000, 2) +
                         ":" + text(in_day / 60'000 % 60, 2) + ":" + text(in_day / 1000 % 60, 2);
    if (in_day % 1000 != 0) result += "." + text(in_day % 1000, 3);
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
