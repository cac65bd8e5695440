// Numbers, times and lists as people write them, for what models and readers have to say.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plunge {

struct TimeUnit {
    std::string_view name;
    double seconds;
};
/// Longest first, so that format_duration() finds the largest unit of which there is a whole number.
inline constexpr std::array<TimeUnit, 5> time_units{
    {{"d", 86'400.0}, {"h", 3600.0}, {"min", 60.0}, {"s", 1.0}, {"ms", 1e-3}}};

/// A duration in the largest unit of which it is a whole number: 5400 -> "90min".
std::string format_duration(double seconds);

/// A duration for a sentence: rounded up to a millisecond, or from a second on to one in a thousand.
std::string rounded_duration(double seconds);

/// A moment in seconds since 1970: "2025-10-10T21:15:00Z", with milliseconds where it has some.
std::string time_text(double seconds);

/// A number as a person would write it: 6e7 -> "60000000", 0.25 -> "0.25".
std::string number_text(double value);

/// A number with so many significant digits, trailing zeros left out: (0.12345, 3) -> "0.123".
std::string significant(double value, int digits);

/// A number rounded to a whole one.
std::string whole_text(double value);

/// "1 row", "3 rows".
std::string counted(std::size_t count, std::string_view noun);

/// "BTC, ETH, SOL"
std::string joined(const std::vector<std::string>& names);

} // namespace plunge
