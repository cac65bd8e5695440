// One CSV file being read: its columns by name, and its mistakes, of which only the first are worth reading.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/csv.hpp"
#include "sim/scenario/read_context.hpp"

namespace plunge {

class InputTable {
  public:
    InputTable(ReadContext& context, const InputFile& file)
        : context_{context}, name_{context.input_name(file.path)}, reader_{file.text} {}

    /// Reads the header. False, and reported, where there is none.
    bool read_header();

    /// The next row, which must have as many cells as the header; rows that have not are reported and skipped.
    bool next(std::vector<CsvCell>& cells);

    std::optional<std::size_t> column(std::string_view name) const;

    /// A number of the row last read; nothing, and reported, where the cell holds none or one out of range.
    std::optional<double> number(const CsvCell& cell, std::size_t column, const Range& range);

    void fail_header(const std::string& key, const std::string& message) { fail(header_line_, 1, key, "", message); }
    void fail_column(std::size_t column, const std::string& message) {
        fail(header_line_, places_[column], columns_[column], "", message);
    }
    void fail_cell(const CsvCell& cell, std::size_t column, const std::string& message) {
        fail(reader_.line(), cell.column, columns_[column], std::string(cell.text), message);
    }
    /// About a cell of an earlier row.
    void fail_at(int line, int place, std::size_t column, const std::string& value, const std::string& message) {
        fail(line, place, columns_[column], value, message);
    }

    const std::vector<std::string>& columns() const { return columns_; }
    int line() const { return reader_.line(); }
    bool good() const { return mistakes_ == 0; }

  private:
    void fail_comment(const std::vector<CsvCell>& cells);
    void fail(int line, int column, const std::string& key, const std::string& value, const std::string& message);

    ReadContext& context_;
    std::string name_;
    CsvReader reader_;
    int header_line_ = 1;
    std::vector<std::string> columns_;
    std::vector<int> places_;
    std::size_t mistakes_ = 0;
};

} // namespace plunge
