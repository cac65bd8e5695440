#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/scenario/diagnostic.hpp"

namespace plunge {
namespace {

// Bytes of the character that `text` begins with; zero where it begins with none, or with one that must not be printed.
std::size_t printable_bytes(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
    const std::size_t count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < count) return 0;
    unsigned code = first & (0xFFU >> (count + 1));
    for (std::size_t i = 1; i < count; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
        code = code << 6U | (byte(i) & 0x3FU);
    }
    const bool overlong = (count == 3 && code < 0x800) || (count == 4 && code < 0x10000);
    const bool no_character = code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF);
    const bool control = code < 0xA0 || code == 0x2028 || code == 0x2029;
    const bool turns = code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                       (code >= 0x2066 && code <= 0x2069);
    return overlong || no_character || control || turns ? 0 : count;
}

// Not within a character.
std::string cut(const std::string& text, std::size_t longest) {
    if (text.size() <= longest) return text;
    std::size_t at = longest - 3;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
    return text.substr(0, at) + "...";
}

std::string all_formatted(const std::vector<Diagnostic>& diagnostics) {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) text += diagnostic.format() + "\n";
    const std::size_t count = diagnostics.size();
    return text + fmt::format("{} mistake{}: nothing was run", count, count == 1 ? "" : "s");
}

} // namespace

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t bytes = printable_bytes(text);
        if (bytes > 0)
            result += text.substr(0, bytes);
        else
            result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return result;
}

std::string shown(std::string_view value) {
    constexpr std::size_t longest = 60;
    std::string line; // a value over several lines reads as one
    for (const char c : value.substr(0, 8 * longest)) {
        const bool blank = c == '\n' || c == '\r' || c == '\t';
        if (!blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : c;
    }
    return cut(printable(line), longest);
}

std::string Diagnostic::format() const {
    constexpr std::size_t longest_key = 200;
    constexpr std::size_t longest_line = 2000;
    std::string text = printable(file);
    if (line > 0) text += fmt::format(":{}:{}", line, column);
    text += ": error: ";
    const std::string shown_key = cut(printable(key), longest_key);
    if (!key.empty()) text += value.empty() ? shown_key + ": " : fmt::format("{} = {}: ", shown_key, shown(value));
    std::size_t begin = 0;
    for (bool first = true; begin <= message.size(); first = false) {
        const std::size_t end = std::min(message.find('\n', begin), message.size());
        const std::string part = cut(printable(std::string_view(message).substr(begin, end - begin)), longest_line);
        text += first ? part : fmt::format("\n    ({})", part);
        begin = end + 1;
    }
    return text;
}

ScenarioError::ScenarioError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(all_formatted(diagnostics)), diagnostics_{std::make_shared<const std::vector<Diagnostic>>(
                                                          std::move(diagnostics))} {}

} // namespace plunge
