// Numbers, durations, truth, text and lists of numbers.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/scenario/durations.hpp"
#include "sim/scenario/read_values.hpp"

namespace plunge {
namespace {

// A literal such as 1e-400: some digit is not zero, yet the double is zero, or so small that digits are lost.
bool lost_to_underflow(const Node& node) {
    if (std::fabs(node.real) >= std::numeric_limits<double>::min()) return false;
    for (const char c : node.literal) {
        if (c == 'e' || c == 'E') break;
        if (c >= '1' && c <= '9') return true;
    }
    return false;
}

bool in_range(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field, double value) {
    if (field.range.contains(value)) return true;
    const bool looks_like_percent = field.unit == Unit::fraction && field.range.high <= 1.0 && value >= 2.0 &&
                                    value <= 100.0;
    std::string hint;
    if (looks_like_percent) {
        hint = fmt::format("rates and shares are plain fractions: {0:.10g} % is {1:.10g}", value, value / 100.0);
    }
    context.error(node, path, "must be " + range_text(field.range) + (field.unit == Unit::duration ? "s" : ""), hint);
    return false;
}

bool read_duration(ReadContext& context, const Node& node, const std::string& path, double& out) {
    const std::string units = fmt::format("units: {}", duration_units);
    if (node.is_number()) {
        context.error(node, path, "a duration needs a unit",
                      fmt::format("write \"{}s\" if seconds are meant; {}", node.literal, units));
        return false;
    }
    if (node.is_text()) {
        if (const auto seconds = parse_duration(node.text)) {
            out = *seconds;
            return true;
        }
    }
    context.error(node, path, "must be a duration, a number and a unit in quotes", "for example \"5min\"; " + units);
    return false;
}

} // namespace

bool expect_table(ReadContext& context, const Node& node, const std::string& path, const std::string& hint) {
    if (node.is_table()) return true;
    context.error(node, path, "must be a table", hint);
    return false;
}

bool expect_array(ReadContext& context, const Node& node, const std::string& path, const std::string& hint) {
    if (node.is_array()) return true;
    context.error(node, path, "must be an array", hint);
    return false;
}

bool read_number(ReadContext& context, const Node& node, const std::string& path, double& out) {
    if (!node.is_number()) {
        std::string hint;
        if (node.is_text() && parse_duration(node.text + "s")) hint = "numbers stand without quotes";
        if (node.is_text() && node.text.ends_with('%')) hint = "rates and shares are plain fractions: 0.5 % is 0.005";
        context.error(node, path, "must be a number", hint);
        return false;
    }
    const double value = node.kind == Node::Kind::integer ? static_cast<double>(node.integer) : node.real;
    if (!std::isfinite(value)) {
        const bool too_large = node.literal.find_first_of("0123456789") != std::string::npos;
        context.error(node, path, too_large ? "too large for a number" : "must be a finite number");
        return false;
    }
    if (node.kind == Node::Kind::real && lost_to_underflow(node)) {
        context.error(node, path, "too small for a number", "write 0 if nothing is meant");
        return false;
    }
    out = value;
    return true;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field, double& out) {
    double value = 0.0;
    const bool read = field.unit == Unit::duration ? read_duration(context, node, path, value)
                                                   : read_number(context, node, path, value);
    if (!read || !in_range(context, node, path, field, value)) return false;
    out = value;
    return true;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::uint64_t& out) {
    double value = 0.0;
    if (!read_number(context, node, path, value)) return false;
    const bool written_whole = node.kind == Node::Kind::integer;
    constexpr double largest_exact = 9007199254740992.0; // 2^53: from here on a double skips whole numbers
    if (!written_whole && (value != std::floor(value) || std::fabs(value) > largest_exact)) {
        context.error(node, path, "must be a whole number");
        return false;
    }
    FieldInfo not_below_zero = field; // there is no room for a sign, whatever the field's range
    not_below_zero.range.low = std::max(field.range.low, 0.0);
    if (!in_range(context, node, path, not_below_zero, value)) return false;
    out = written_whole ? static_cast<std::uint64_t>(node.integer) : static_cast<std::uint64_t>(value);
    return true;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                bool& out) {
    if (node.kind != Node::Kind::boolean) {
        context.error(node, path, "must be true or false", node.is_text() ? "without quotes" : "");
        return false;
    }
    out = node.boolean;
    return true;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& /*field*/,
                std::string& out) {
    if (!node.is_text() && node.kind != Node::Kind::date) {
        context.error(node, path, "must be text in quotes");
        return false;
    }
    out = node.text;
    return true;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::vector<double>& out) {
    if (!expect_array(context, node, path, "for example [0.05, 0.5, 0.95]")) return false;
    std::vector<double> values(node.items.size());
    bool good = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
        good &= read_value(context, node.items[i], fmt::format("{}[{}]", path, i), field, values[i]);
    }
    if (good) out = std::move(values);
    return good;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::vector<std::uint64_t>& out) {
    if (!expect_array(context, node, path, "for example [0, 17]")) return false;
    std::vector<std::uint64_t> values(node.items.size());
    bool good = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
        good &= read_value(context, node.items[i], fmt::format("{}[{}]", path, i), field, values[i]);
    }
    if (good) out = std::move(values);
    return good;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                std::vector<std::vector<double>>& out) {
    if (!expect_array(context, node, path, "one row of numbers per asset")) return false;
    std::vector<std::vector<double>> rows(node.items.size());
    bool good = true;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        good &= read_value(context, node.items[i], fmt::format("{}[{}]", path, i), field, rows[i]);
    }
    if (good) out = std::move(rows);
    return good;
}

std::optional<std::size_t> read_choice(ReadContext& context, const Node& node, const std::string& path,
                                       const KnownKeys& names, std::string_view noun) {
    const auto found = node.is_text() ? std::find(names.begin(), names.end(), node.text) : names.end();
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    context.error(node, path, node.is_text() ? fmt::format("unknown {}", noun) : "must be a name in quotes",
                  known_names_hint(node.text, names));
    return std::nullopt;
}

} // namespace plunge
