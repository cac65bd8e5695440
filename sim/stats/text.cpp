#include "sim/stats/text.hpp"

#include <cmath>
#include <sstream>

#include <fmt/format.h>

namespace plunge {

std::string with_separators(std::uint64_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
    return digits;
}

std::string wrap(const std::string& label, const std::vector<std::string>& words, const std::string& separator) {
    std::string text;
    std::string line = "  " + label;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string word = words[i] + (i + 1 < words.size() ? separator : "");
        if (line.size() + 1 + word.size() > line_width) {
            text += line + "\n";
            line = "   ";
        }
        line += " " + word;
    }
    return text + line + "\n";
}

std::string wrap_sentence(const std::string& sentence) {
    std::istringstream stream(sentence);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    if (words.empty()) return {};
    const std::string first = words.front();
    words.erase(words.begin());
    return wrap(first, words, "");
}

std::string heading(const std::string& text, bool colour) {
    return (colour ? "\x1b[1m" + text + "\x1b[0m" : text) + "\n";
}

std::string shorten(const std::string& name, std::size_t width) {
    constexpr std::size_t ending = 5; // the asset's symbol most often
    if (name.size() <= width) return name;
    return name.substr(0, width - ending - 1) + "~" + name.substr(name.size() - ending);
}

std::string format_change(double share) {
    if (!std::isfinite(share)) return "-";
    const double percent = 100.0 * share;
    if (percent != 0.0 && std::fabs(percent) < 0.005) return fmt::format("{:+.0e} %", percent);
    if (std::fabs(percent) < 99.995) return fmt::format("{:+.2f} %", percent);
    return std::fabs(percent) < 9999.5 ? fmt::format("{:+.0f} %", percent) : fmt::format("{:+.0e} %", percent);
}

std::string format_probability(double p) {
    if (std::isnan(p)) return "-";
    return p == 0.0 || p >= 0.001 ? fmt::format("{:.2g}", p) : fmt::format("{:.0e}", p);
}

} // namespace plunge
