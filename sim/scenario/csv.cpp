#include "sim/scenario/csv.hpp"

#include <charconv>
#include <cmath>

namespace plunge {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// UTF-8: every byte but those that continue a character begins one.
bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::string without_doubled_quotes(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        result += text[i];
        if (text.substr(i, 2) == "\"\"") ++i;
    }
    return result;
}

} // namespace

CsvReader::CsvReader(std::string_view text) : rest_{text} {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

bool CsvReader::next(std::vector<CsvCell>& cells) {
    while (!rest_.empty()) {
        const std::string_view line = take_line();
        ++line_;
        if (line_ == 1 && line.starts_with('#')) continue;
        if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
        split(line, cells);
        return true;
    }
    return false;
}

std::string_view CsvReader::take_line() {
    const std::size_t end = rest_.find_first_of("\r\n");
    const std::string_view line = rest_.substr(0, end);
    if (end == std::string_view::npos) {
        rest_ = {};
    } else {
        rest_.remove_prefix(end + (rest_.substr(end).starts_with("\r\n") ? 2 : 1));
    }
    return line;
}

void CsvReader::split(std::string_view line, std::vector<CsvCell>& cells) {
    cells.clear();
    std::size_t begin = 0;
    int column = 1; // of the character after line[i]
    int begin_column = 1;
    bool in_quotes = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (begins_character(line[i])) ++column;
        if (line[i] == '"') in_quotes = !in_quotes;
        if (line[i] != ',' || in_quotes) continue;
        cells.push_back(cell(line.substr(begin, i - begin), begin_column));
        begin = i + 1;
        begin_column = column;
    }
    cells.push_back(cell(line.substr(begin), begin_column));
}

// `column` is that of the first byte of `text`.
CsvCell CsvReader::cell(std::string_view text, int column) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
        ++column;
    }
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return {text, column};
    text = text.substr(1, text.size() - 2);
    if (text.find("\"\"") != std::string_view::npos) text = unescaped_.emplace_back(without_doubled_quotes(text));
    return {text, column, true};
}

std::optional<double> parse_csv_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0.0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || rest != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

} // namespace plunge
