#include "sim/scenario/times.hpp"

#include <array>
#include <charconv>
#include <chrono>

#include "models/common/values.hpp"
#include "sim/scenario/csv.hpp"

namespace plunge {
namespace {

constexpr double first_second = 315'532'800.0;  // 1980-01-01
constexpr double last_second = 4'102'444'800.0; // 2100-01-01

bool is_possible(double seconds) { return seconds >= first_second && seconds <= last_second; }

struct TimeScale {
    TimeForm form;
    double per_second;
};
constexpr std::array<TimeScale, 4> scales{{{TimeForm::seconds, 1.0},
                                           {TimeForm::milliseconds, 1e3},
                                           {TimeForm::microseconds, 1e6},
                                           {TimeForm::nanoseconds, 1e9}}};

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
    if (at + count > text.size()) return false;
    const auto [rest, error] = std::from_chars(text.data() + at, text.data() + at + count, out);
    return error == std::errc{} && rest == text.data() + at + count && text[at] != '-';
}

// "Z", "UTC", "+02:00", "-0330", "+00" or nothing, after a blank or none: seconds to subtract.
std::optional<double> parse_offset(std::string_view text) {
    if (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty() || text == "Z" || text == "z" || text == "UTC") return 0.0;
    if (text.front() != '+' && text.front() != '-') return std::nullopt;
    int hours = 0;
    int minutes = 0;
    const bool colon = text.size() == 6 && text[3] == ':';
    if (!colon && text.size() != 5 && text.size() != 3) return std::nullopt;
    if (!digits(text, 1, 2, hours) || (text.size() > 3 && !digits(text, colon ? 4 : 3, 2, minutes)))
        return std::nullopt;
    if (hours > 23 || minutes > 59) return std::nullopt;
    const double seconds = hours * 3600.0 + minutes * 60.0;
    return text.front() == '-' ? -seconds : seconds;
}

std::optional<double> parse_iso_time(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!digits(text, 0, 4, year) || text.size() < 10 || text[4] != '-' || !digits(text, 5, 2, month) ||
        text[7] != '-' || !digits(text, 8, 2, day)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    double seconds = static_cast<double>(std::chrono::sys_days{date}.time_since_epoch().count()) * seconds_per_day;
    if (text.size() == 10) return seconds;
    int hour = 0;
    int minute = 0;
    if ((text[10] != 'T' && text[10] != ' ' && text[10] != 't') || !digits(text, 11, 2, hour) || text.size() < 16 ||
        text[13] != ':' || !digits(text, 14, 2, minute) || hour > 23 || minute > 59) {
        return std::nullopt;
    }
    seconds += hour * 3600.0 + minute * 60.0;
    std::size_t at = 16;
    if (at < text.size() && text[at] == ':') {
        std::size_t end = at + 1;
        while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
        const auto second = parse_csv_number(text.substr(at + 1, end - at - 1));
        if (!second || *second < 0.0 || *second >= 61.0) return std::nullopt;
        seconds += *second;
        at = end;
    }
    const auto offset = parse_offset(text.substr(at));
    if (!offset) return std::nullopt;
    return seconds - *offset;
}

} // namespace

std::string_view name_of(TimeForm form) {
    constexpr std::array<std::string_view, 5> names{"ISO 8601", "seconds since 1970", "milliseconds since 1970",
                                                    "microseconds since 1970", "nanoseconds since 1970"};
    return names[static_cast<std::size_t>(form)];
}

std::optional<ReadTime> parse_time(std::string_view text) {
    if (const auto number = parse_csv_number(text)) {
        for (const TimeScale& scale : scales) {
            const double seconds = *number / scale.per_second;
            if (is_possible(seconds)) return ReadTime{seconds, scale.form};
        }
        return std::nullopt;
    }
    const auto seconds = parse_iso_time(text);
    if (!seconds || !is_possible(*seconds)) return std::nullopt;
    return ReadTime{*seconds, TimeForm::iso};
}

std::string time_rule(std::string_view text) {
    if (parse_csv_number(text)) {
        return "is no time between 1980 and 2100, in seconds, milliseconds, microseconds or nanoseconds since 1970";
    }
    if (parse_iso_time(text)) return "must be between 1980 and 2100";
    return "must be a time: ISO 8601, such as 2025-10-10T21:00:00Z, or a number of seconds, milliseconds, microseconds "
           "or nanoseconds since 1970";
}

} // namespace plunge
