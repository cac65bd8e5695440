#include "sim/scenario/factor.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "models/random/elementary.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {
namespace {

constexpr std::string_view accepted =
    "a list 1,2,4 or full,partial; steps lin(a,b,n) or log(a,b,n); a range uniform(a,b) or loguniform(a,b)";

// A piece of the argument and where it begins.
struct Piece {
    std::string_view text;
    std::size_t begin = 0;
};

Piece trimmed(Piece piece) {
    while (!piece.text.empty() && piece.text.front() == ' ') {
        piece.text.remove_prefix(1);
        ++piece.begin;
    }
    while (!piece.text.empty() && piece.text.back() == ' ') piece.text.remove_suffix(1);
    return piece;
}

class Parser {
  public:
    explicit Parser(const std::string& argument) : argument_{argument} {}

    Factor parse() const {
        Factor factor;
        factor.argument = argument_;
        const std::size_t equals = find_equals();
        if (equals == std::string::npos) fail(argument_.size(), "no values", "write --vary KEY=VALUES");
        for (const Piece& key : split({std::string_view(argument_).substr(0, equals), 0})) {
            if (key.text.empty())
                fail(key.begin, "no key",
                     "keys are those of --set, such as venue.impact.depth; with a comma between "
                     "them several take the same value");
            factor.keys.emplace_back(key.text);
        }
        read_values(trimmed({std::string_view(argument_).substr(equals + 1), equals + 1}), factor);
        return factor;
    }

  private:
    [[noreturn]] void fail(std::size_t at, const std::string& message, std::string_view hint = {}) const {
        throw ScenarioError({{"--vary " + argument_, 0, 0, "", "",
                              fmt::format("character {}: {}{}{}", at + 1, message, hint.empty() ? "" : "\n", hint)}});
    }

    // Calls `visit(i)` for every character outside quotes and brackets. \return where something was opened that is not
    // closed; npos where nothing was.
    template <class Visit> std::size_t outside(std::string_view text, const Visit& visit) const {
        char quote = '\0';
        std::vector<std::size_t> open;
        std::size_t quote_at = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (quote != '\0') {
                if (c == quote) quote = '\0';
            } else if (c == '"' || c == '\'') {
                quote = c;
                quote_at = i;
            } else if (c == '(' || c == '[' || c == '{') {
                open.push_back(i);
            } else if (c == ')' || c == ']' || c == '}') {
                if (open.empty()) return i;
                open.pop_back();
            } else if (open.empty()) {
                visit(i);
            }
        }
        if (quote != '\0') return quote_at;
        return open.empty() ? std::string::npos : open.back();
    }

    std::size_t find_equals() const {
        std::size_t found = std::string::npos;
        outside(argument_, [&](std::size_t i) {
            if (argument_[i] == '=' && found == std::string::npos) found = i;
        });
        return found;
    }

    std::vector<Piece> split(Piece piece) const {
        std::vector<Piece> parts;
        std::size_t begin = 0;
        const std::size_t unmatched = outside(piece.text, [&](std::size_t i) {
            if (piece.text[i] != ',') return;
            parts.push_back(trimmed({piece.text.substr(begin, i - begin), piece.begin + begin}));
            begin = i + 1;
        });
        if (unmatched != std::string::npos)
            fail(piece.begin + unmatched, fmt::format("\"{}\" has no partner", piece.text[unmatched]));
        parts.push_back(trimmed({piece.text.substr(begin), piece.begin + begin}));
        return parts;
    }

    void read_values(Piece spec, Factor& factor) const {
        if (spec.text.empty()) fail(spec.begin, "no values", accepted);
        const std::size_t bracket = spec.text.find('(');
        const std::string_view function = spec.text.substr(0, bracket);
        const bool is_call = bracket != std::string_view::npos && bracket > 0 &&
                             function.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
        if (is_call) return read_call(spec, function, bracket, factor);
        std::set<std::string_view> seen;
        for (const Piece& value : split(spec)) {
            if (value.text.empty()) fail(value.begin, "no value", accepted);
            if (!seen.insert(value.text).second) fail(value.begin, fmt::format("{} stands twice", value.text));
            factor.values.emplace_back(value.text);
        }
    }

    void read_call(Piece spec, std::string_view function, std::size_t bracket, Factor& factor) const {
        const bool steps = function == "lin" || function == "log";
        if (!steps && function != "uniform" && function != "loguniform")
            fail(spec.begin, fmt::format("there is no \"{}\"", function), accepted);
        split(spec); // brackets must match before what is in them is looked at
        if (spec.text.back() != ')') fail(spec.begin + spec.text.rfind(')') + 1, "nothing may follow", accepted);
        const std::vector<Piece> arguments = split(
            {spec.text.substr(bracket + 1, spec.text.size() - bracket - 2), spec.begin + bracket + 1});
        const std::size_t wanted = steps ? 3 : 2;
        if (arguments.size() != wanted)
            fail(spec.begin, fmt::format("{} takes {} numbers", function, wanted), accepted);
        std::vector<double> numbers;
        for (const Piece& argument : arguments) {
            numbers.push_back(number_of(std::string(argument.text)));
            if (!std::isfinite(numbers.back()))
                fail(argument.begin, fmt::format("\"{}\" is not a number", argument.text));
        }
        factor.low = numbers[0];
        factor.high = numbers[1];
        if (!(factor.low < factor.high)) fail(arguments[1].begin, "the second number must be the larger one");
        const bool logarithmic = function == "log" || function == "loguniform";
        if (logarithmic && factor.low <= 0.0) fail(arguments[0].begin, "equal ratios need positive numbers");
        if (!steps) {
            factor.kind = logarithmic ? Factor::Kind::log_uniform : Factor::Kind::uniform;
            return;
        }
        factor.kind = Factor::Kind::steps;
        constexpr double most = 1e6;
        if (numbers[2] < 2.0 || numbers[2] > most || numbers[2] != std::floor(numbers[2]))
            fail(arguments[2].begin, "the number of values must be a whole one, 2 at least");
        const auto count = static_cast<std::size_t>(numbers[2]);
        for (std::size_t i = 0; i < count; ++i) {
            const double share = static_cast<double>(i) / static_cast<double>(count - 1);
            double value = logarithmic ? factor.low * det_exp(share * det_log(factor.high / factor.low))
                                       : factor.low + (factor.high - factor.low) * share;
            if (i + 1 == count) value = factor.high;
            factor.values.push_back(fmt::format("{:.15g}", value)); // 0.03 rather than 0.030000000000000002
        }
    }

    const std::string& argument_;
};

std::vector<std::string> parts_of(const std::string& key) {
    std::vector<std::string> parts(1);
    char quote = '\0';
    for (const char c : key) {
        if (quote != '\0' ? c == quote : (c == '"' || c == '\'')) {
            quote = quote != '\0' ? '\0' : c;
        } else if (c == '.' && quote == '\0') {
            parts.emplace_back();
        } else {
            parts.back() += c == '/' ? '_' : c; // names of dimensions hold no slash
        }
    }
    return parts;
}

// The last `count` parts of a key.
std::string ending(const std::vector<std::string>& parts, std::size_t count) {
    const auto first = parts.end() - static_cast<std::ptrdiff_t>(std::min(count, parts.size()));
    return fmt::format("{}", fmt::join(first, parts.end(), "."));
}

} // namespace

double number_of(const std::string& value) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    std::string digits;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto is_digit = [&](std::size_t at) { return at < value.size() && value[at] >= '0' && value[at] <= '9'; };
        if (value[i] == '_' && i > 0 && is_digit(i - 1) && is_digit(i + 1)) continue;
        if (value[i] == '+' && i == 0) continue;
        digits += value[i];
    }
    double number = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() ? number : nan;
}

bool Factor::is_numeric() const {
    return is_range() || std::all_of(values.begin(), values.end(),
                                     [](const std::string& value) { return std::isfinite(number_of(value)); });
}

std::string Factor::value_at(double u) const {
    if (!is_range()) return values[static_cast<std::size_t>(u * static_cast<double>(values.size()))];
    const double value = kind == Kind::log_uniform ? low * det_exp(u * det_log(high / low)) : low + (high - low) * u;
    return fmt::format("{}", std::clamp(value, low, high));
}

Factor parse_factor(const std::string& argument) { return Parser(argument).parse(); }

void name_factors(std::vector<Factor>& factors, const std::vector<std::string>& taken) {
    std::set<std::string> keys;
    for (const Factor& factor : factors)
        for (const std::string& key : factor.keys)
            if (const auto parts = parts_of(key); !keys.insert(ending(parts, parts.size())).second)
                throw ScenarioError({{"--vary " + factor.argument, 0, 0, "", "",
                                      fmt::format("{} is varied twice\ngive all its values at once", key)}});
    std::vector<std::vector<std::string>> parts;
    std::size_t longest = 0;
    for (const Factor& factor : factors) {
        parts.push_back(parts_of(factor.keys.front()));
        longest = std::max(longest, parts.back().size());
    }
    const std::set<std::string> reserved(taken.begin(), taken.end());
    for (std::size_t f = 0; f < factors.size(); ++f) {
        for (std::size_t count = 1; count <= longest; ++count) {
            factors[f].name = ending(parts[f], count);
            const auto same = [&](std::size_t other) {
                return other != f && ending(parts[other], count) == factors[f].name;
            };
            bool unique = reserved.count(factors[f].name) == 0;
            for (std::size_t other = 0; other < factors.size(); ++other) unique = unique && !same(other);
            if (unique) break;
        }
        if (reserved.count(factors[f].name) > 0) factors[f].name += "_value";
    }
}

} // namespace plunge
