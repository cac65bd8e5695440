// Tables in CSV, row by row, with the place of every cell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plunge {

struct CsvCell {
    std::string_view text; ///< without the blanks and quotes around it
    int column = 1;        ///< of its first byte in the line
};

/// Walks over a text that must outlive it. Blank lines and lines that start with `#` are skipped; separators are
/// commas; a cell in double quotes may hold commas, not line ends.
class CsvReader {
  public:
    explicit CsvReader(std::string_view text);

    /// The next row's cells; false at the end.
    bool next(std::vector<CsvCell>& cells);
    int line() const { return line_; } ///< of the row last read

  private:
    std::string_view rest_;
    int line_ = 0;
};

/// A finite number that is all of the text.
std::optional<double> parse_csv_number(std::string_view text);

} // namespace plunge
