// Tables in CSV, row by row, with the place of every cell.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plunge {

struct CsvCell {
    std::string_view text; ///< without the blanks and quotes around it; valid while its reader and the text live
    int column = 1;        ///< where it begins in the line: from 1, in characters
    bool quoted = false;
};

/// Walks over a text that must outlive it. Blank lines are skipped, and the first line where it starts with `#`; lines
/// end with LF, CR LF or CR; separators are commas; a cell in double quotes may hold commas and, doubled, double
/// quotes, but not line ends (RFC 4180 otherwise).
class CsvReader {
  public:
    explicit CsvReader(std::string_view text);

    /// The next row's cells; false at the end.
    bool next(std::vector<CsvCell>& cells);
    int line() const { return line_; } ///< of the row last read

  private:
    std::string_view take_line();
    void split(std::string_view line, std::vector<CsvCell>& cells);
    CsvCell cell(std::string_view text, int column);

    std::string_view rest_;
    int line_ = 0;
    std::deque<std::string> unescaped_; // cells that do not stand in the text as they are; a deque moves none
};

/// A finite number that is all of the text.
std::optional<double> parse_csv_number(std::string_view text);

} // namespace plunge
