// Field tables: the one place where a model says which parameters it has.
//
// Parsing, checks, error texts, the JSON Schema and the catalogues are all derived from these tables by overloads on
// the member's type (sim/scenario), so a parameter is declared once, beside the equation that uses it.
#pragma once

#include <limits>
#include <string_view>
#include <tuple>

namespace plunge {

/// What a number means. Durations are written as strings with a unit and held in seconds.
enum class Unit {
    none,          ///< dimensionless number
    fraction,      ///< share or rate as a plain fraction: 0.005 is 0.5 %
    duration,      ///< "500ms", "1min", "8h"; held in seconds
    quote,         ///< money in the quote currency
    quote_per_day, ///< money in the quote currency, per day
    base,          ///< quantity of the asset itself
    per_year,      ///< annualised over 365 days
    log_return,    ///< log price change
    count,         ///< whole number
};

/// Allowed range of a number; both ends may be open.
struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool low_open = false;
    bool high_open = false;

    constexpr bool contains(double x) const {
        return (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high);
    }
};

inline constexpr Range any_number{};
inline constexpr Range positive{0.0, std::numeric_limits<double>::infinity(), true, false};
inline constexpr Range not_negative{0.0, std::numeric_limits<double>::infinity(), false, false};
inline constexpr Range unit_interval{0.0, 1.0, false, false};
inline constexpr Range below_one{0.0, 1.0, false, true};
inline constexpr Range at_least_one{1.0, std::numeric_limits<double>::infinity(), false, false};

enum class Presence { optional, required };

/// One row of a field table. The default of an optional field is the member's own initialiser.
template <class Owner, class Value> struct Field {
    using owner_type = Owner;
    using value_type = Value;
    std::string_view key;
    Value Owner::*member;
    Unit unit;
    Range range;
    std::string_view meaning;
    Presence presence;
};

/// A field that a scenario may leave out.
template <class Owner, class Value>
constexpr Field<Owner, Value> optional_field(std::string_view key, Value Owner::*member, Unit unit, Range range,
                                             std::string_view meaning) {
    return {key, member, unit, range, meaning, Presence::optional};
}

/// A field that a scenario must give.
template <class Owner, class Value>
constexpr Field<Owner, Value> required_field(std::string_view key, Value Owner::*member, Unit unit, Range range,
                                             std::string_view meaning) {
    return {key, member, unit, range, meaning, Presence::required};
}

/// The names of an enumeration, in the order of its values; specialised beside each enumeration as
/// `template <> struct EnumNames<Ranking> { static constexpr std::array<std::string_view, 2> value{"queue", ...}; };`
template <class Enum> struct EnumNames;

} // namespace plunge
