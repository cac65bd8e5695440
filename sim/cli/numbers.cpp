#include "sim/cli/numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <system_error>

namespace plunge {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes underscores away; nothing where one does not stand between digits.
std::optional<std::string> without_underscores(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            plain += text[i];
        } else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
            return std::nullopt;
        }
    }
    return plain;
}

// Takes digits from the front.
std::string take_digits(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto size = static_cast<std::size_t>(end - text.begin());
    std::string digits(text.substr(0, size));
    text.remove_prefix(size);
    return digits;
}

bool take(std::string_view& text, std::string_view one_of) {
    if (text.empty() || one_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

std::optional<std::string> whole_number(std::string_view text) {
    const std::optional<std::string> plain = without_underscores(text);
    if (!plain) return std::nullopt;
    std::string_view rest = *plain;
    const bool negative = rest.starts_with('-');
    take(rest, "+-");
    std::string digits = take_digits(rest);
    std::string fraction;
    if (take(rest, ".")) fraction = take_digits(rest);
    if (digits.empty() && fraction.empty()) return std::nullopt;
    int exponent = 0;
    if (take(rest, "eE")) {
        take(rest, "+");
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
        if (error != std::errc{}) return std::nullopt;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    }
    if (!rest.empty()) return std::nullopt;

    // The point goes `exponent` digits to the right; what is behind it then must be zeros.
    constexpr std::ptrdiff_t most = 20;
    const std::ptrdiff_t point = static_cast<std::ptrdiff_t>(digits.size()) + exponent;
    digits += fraction;
    const auto first = static_cast<std::ptrdiff_t>(std::min(digits.find_first_not_of('0'), digits.size()));
    if (first == static_cast<std::ptrdiff_t>(digits.size())) return "0";
    const auto last = static_cast<std::ptrdiff_t>(digits.find_last_not_of('0'));
    if (last >= point || point - first > most) return std::nullopt;
    digits.resize(static_cast<std::size_t>(point), '0');
    return (negative ? "-" : "") + digits.substr(static_cast<std::size_t>(first));
}

std::optional<double> finite_number(std::string_view text) {
    const std::optional<std::string> plain = without_underscores(text);
    if (!plain) return std::nullopt;
    std::string_view rest = *plain;
    if (rest.starts_with('+') && !rest.starts_with("+-")) rest.remove_prefix(1);
    double number = 0.0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{} || end != rest.data() + rest.size() || !std::isfinite(number)) return std::nullopt;
    return number;
}

} // namespace plunge
