#include "sim/scenario/csv.hpp"

#include <charconv>
#include <cmath>

namespace plunge {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

CsvCell cell_of(std::string_view line, std::size_t begin, std::size_t end) {
    while (begin < end && is_blank(line[begin])) ++begin;
    while (end > begin && is_blank(line[end - 1])) --end;
    const int column = static_cast<int>(begin) + 1;
    if (end - begin >= 2 && line[begin] == '"' && line[end - 1] == '"')
        return {line.substr(begin + 1, end - begin - 2), column};
    return {line.substr(begin, end - begin), column};
}

void split_line(std::string_view line, std::vector<CsvCell>& cells) {
    cells.clear();
    std::size_t begin = 0;
    bool in_quotes = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') in_quotes = !in_quotes;
        if (line[i] != ',' || in_quotes) continue;
        cells.push_back(cell_of(line, begin, i));
        begin = i + 1;
    }
    cells.push_back(cell_of(line, begin, line.size()));
}

} // namespace

CsvReader::CsvReader(std::string_view text) : rest_{text} {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

bool CsvReader::next(std::vector<CsvCell>& cells) {
    while (!rest_.empty()) {
        const std::size_t end = rest_.find('\n');
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        ++line_;
        if (line.starts_with('#') || line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        split_line(line, cells);
        return true;
    }
    return false;
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
