#include "sim/scenario/input_table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace plunge {
namespace {

bool is_comment(const std::vector<CsvCell>& cells) {
    return !cells.front().quoted && cells.front().text.starts_with('#');
}

} // namespace

bool InputTable::read_header() {
    std::vector<CsvCell> cells;
    if (!reader_.next(cells)) {
        fail(1, 1, "", "", "the file is empty: a header with column names is needed");
        return false;
    }
    header_line_ = reader_.line();
    if (is_comment(cells)) {
        columns_.emplace_back();
        fail_comment(cells);
        return false;
    }
    if (cells.size() == 1 && cells.front().text.find_first_of(";\t") != std::string_view::npos) {
        fail(header_line_, 1, "", std::string(cells.front().text), "cells must be separated by commas");
        return false;
    }
    for (const CsvCell& cell : cells) {
        const std::string column(cell.text);
        if (!column.empty() && std::find(columns_.begin(), columns_.end(), column) != columns_.end()) {
            fail(header_line_, cell.column, column, "", "this column is given twice");
        }
        columns_.push_back(column);
        places_.push_back(cell.column);
    }
    return good();
}

bool InputTable::next(std::vector<CsvCell>& cells) {
    while (reader_.next(cells)) {
        if (is_comment(cells)) {
            fail_comment(cells);
        } else if (cells.size() == columns_.size()) {
            return true;
        } else {
            fail(reader_.line(), 1, "", "", fmt::format("{} cells for {} columns", cells.size(), columns_.size()));
        }
    }
    return false;
}

std::optional<std::size_t> InputTable::column(std::string_view name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns_.begin());
}

std::optional<double> InputTable::number(const CsvCell& cell, std::size_t column, const Range& range) {
    const auto value = parse_csv_number(cell.text);
    if (!value) {
        fail_cell(cell, column, "must be a finite number");
    } else if (!range.contains(*value)) {
        fail_cell(cell, column, "must be " + range_text(range));
        return std::nullopt;
    }
    return value;
}

void InputTable::fail_comment(const std::vector<CsvCell>& cells) {
    fail(reader_.line(), cells.front().column, columns_.front(), std::string(cells.front().text),
         "only the first line may be a comment\na text that begins with `#` must stand in double quotes");
}

void InputTable::fail(int line, int column, const std::string& key, const std::string& value,
                      const std::string& message) {
    constexpr std::size_t most = 20;
    if (++mistakes_ < most) context_.error_in_input({name_, line, column, key, shown(value), message});
    if (mistakes_ == most) {
        context_.error_in_input(
            {name_, line, column, key, shown(value), message + "\nfurther mistakes of this file are not listed"});
    }
}

} // namespace plunge
