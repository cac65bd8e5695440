// Moments as files write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plunge {

/// How a moment is written; one file has one form.
enum class TimeForm { iso, seconds, milliseconds, microseconds, nanoseconds };

/// "ISO 8601", "microseconds since 1970".
std::string_view name_of(TimeForm form);

struct ReadTime {
    double seconds = 0.0; ///< since 1970, UTC
    TimeForm form = TimeForm::iso;
};

/// A moment between 1980 and 2100: ISO 8601 (UTC where it names no offset), or a number of seconds, milliseconds,
/// microseconds or nanoseconds since 1970, of which only one lies there. Nothing else is a moment.
std::optional<ReadTime> parse_time(std::string_view text);

/// What is wrong with a text that parse_time() does not take.
std::string time_rule(std::string_view text);

} // namespace plunge
