#include "sim/scenario/input_tables.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "sim/scenario/csv.hpp"

namespace plunge {
namespace {

// One CSV being read: its columns by name, and its mistakes, of which only the first are worth reading.
class InputTable {
  public:
    InputTable(ReadContext& context, const InputFile& file)
        : context_{context}, name_{context.input_name(file.path)}, reader_{file.text} {}

    /// Reads the header. False, and reported, where there is none.
    bool read_header() {
        std::vector<CsvCell> cells;
        if (!reader_.next(cells)) {
            fail(1, 1, "", "", "the file is empty: a header with column names is needed");
            return false;
        }
        header_line_ = reader_.line();
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

    /// The next row, which must have as many cells as the header; rows that have not are reported and skipped.
    bool next(std::vector<CsvCell>& cells) {
        while (reader_.next(cells)) {
            if (cells.size() == columns_.size()) return true;
            fail(reader_.line(), 1, "", "", fmt::format("{} cells for {} columns", cells.size(), columns_.size()));
        }
        return false;
    }

    std::optional<std::size_t> column(std::string_view name) const {
        const auto found = std::find(columns_.begin(), columns_.end(), name);
        if (found == columns_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - columns_.begin());
    }

    /// A number of the row last read; nothing, and reported, where the cell holds none or one out of range.
    std::optional<double> number(const CsvCell& cell, std::size_t column, const Range& range) {
        const auto value = parse_csv_number(cell.text);
        if (!value) {
            fail(reader_.line(), cell.column, columns_[column], std::string(cell.text), "must be a finite number");
        } else if (!range.contains(*value)) {
            fail(reader_.line(), cell.column, columns_[column], std::string(cell.text), "must be " + range_text(range));
            return std::nullopt;
        }
        return value;
    }

    void fail_header(const std::string& key, const std::string& message) { fail(header_line_, 1, key, "", message); }
    void fail_column(std::size_t column, const std::string& message) {
        fail(header_line_, places_[column], columns_[column], "", message);
    }
    void fail_cell(const CsvCell& cell, std::size_t column, const std::string& message) {
        fail(reader_.line(), cell.column, columns_[column], std::string(cell.text), message);
    }

    const std::vector<std::string>& columns() const { return columns_; }
    bool good() const { return mistakes_ == 0; }

  private:
    void fail(int line, int column, const std::string& key, const std::string& value, const std::string& message) {
        constexpr std::size_t most = 20;
        if (++mistakes_ < most) context_.error_in_input({name_, line, column, key, shown(value), message});
        if (mistakes_ == most) {
            context_.error_in_input(
                {name_, line, column, key, shown(value), message + "\nfurther mistakes of this file are not listed"});
        }
    }

    ReadContext& context_;
    std::string name_;
    CsvReader reader_;
    int header_line_ = 1;
    std::vector<std::string> columns_;
    std::vector<int> places_;
    std::size_t mistakes_ = 0;
};

// A column of one asset: which it is, what may stand there, and where it goes.
struct AssetColumn {
    std::size_t column;
    std::size_t asset;
    const Range* range;
    std::vector<double> ExplicitAccounts::*member;
};

std::vector<AssetColumn> find_asset_columns(InputTable& table, const std::vector<Asset>& assets) {
    std::vector<AssetColumn> found;
    std::vector<std::string> known{"account", "equity"};
    const auto add = [&](const std::string& name, std::size_t asset, const Range& range, auto member) {
        known.push_back(name);
        if (const auto column = table.column(name)) found.push_back({*column, asset, &range, member});
    };
    for (std::size_t a = 0; a < assets.size(); ++a) add(assets[a].symbol, a, any_number, &ExplicitAccounts::position);
    const bool has_positions = !found.empty();
    for (std::size_t a = 0; a < assets.size(); ++a)
        add("entry_" + assets[a].symbol, a, positive, &ExplicitAccounts::entry);
    for (std::size_t a = 0; a < assets.size(); ++a) {
        add("collateral_" + assets[a].symbol, a, not_negative, &ExplicitAccounts::collateral);
    }
    for (std::size_t c = 0; c < table.columns().size(); ++c) {
        const std::string& name = table.columns()[c];
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            table.fail_column(c, "unknown column\n" + known_names_hint(name, known));
        }
    }
    if (!has_positions)
        table.fail_header(assets.front().symbol, "there is no column of positions: one per asset symbol");
    return found;
}

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
    if (at + count > text.size()) return false;
    const auto [rest, error] = std::from_chars(text.data() + at, text.data() + at + count, out);
    return error == std::errc{} && rest == text.data() + at + count && text[at] != '-';
}

// "Z", "+02:00", "-0330" or nothing: seconds to subtract.
std::optional<double> parse_offset(std::string_view text) {
    if (text.empty() || text == "Z" || text == "z") return 0.0;
    if (text == " UTC" || text == "UTC") return 0.0;
    int hours = 0;
    int minutes = 0;
    const bool colon = text.size() == 6 && text[3] == ':';
    const bool signed_offset = (text.front() == '+' || text.front() == '-') && (colon || text.size() == 5);
    if (!signed_offset || !digits(text, 1, 2, hours) || !digits(text, colon ? 4 : 3, 2, minutes)) return std::nullopt;
    if (hours > 23 || minutes > 59) return std::nullopt;
    const double seconds = hours * 3600.0 + minutes * 60.0;
    return text.front() == '-' ? -seconds : seconds;
}

std::optional<double> parse_iso_time(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!digits(text, 0, 4, year) || text.size() < 10 || text[4] != '-' || !digits(text, 5, 2, month) ||
        text[7] != '-' || !digits(text, 8, 2, day)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    double seconds = static_cast<double>(std::chrono::sys_days{date}.time_since_epoch().count()) * seconds_per_day;
    if (text.size() == 10) return seconds;
    int hour = 0;
    int minute = 0;
    if ((text[10] != 'T' && text[10] != ' ' && text[10] != 't') || !digits(text, 11, 2, hour) || text.size() < 16 ||
        text[13] != ':' || !digits(text, 14, 2, minute) || hour > 23 || minute > 59) {
        return std::nullopt;
    }
    seconds += hour * 3600.0 + minute * 60.0;
    std::size_t at = 16;
    if (at < text.size() && text[at] == ':') {
        std::size_t end = at + 1;
        while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
        const auto second = parse_csv_number(text.substr(at + 1, end - at - 1));
        if (!second || *second < 0.0 || *second >= 61.0) return std::nullopt;
        seconds += *second;
        at = end;
    }
    const auto offset = parse_offset(text.substr(at));
    if (!offset) return std::nullopt;
    return seconds - *offset;
}

} // namespace

std::optional<double> parse_time(std::string_view text) {
    constexpr double first_milliseconds = 1e11;
    if (const auto number = parse_csv_number(text)) {
        return std::fabs(*number) >= first_milliseconds ? *number / 1000.0 : *number;
    }
    return parse_iso_time(text);
}

bool read_accounts_csv(ReadContext& context, const InputFile& file, const std::vector<Asset>& assets,
                       ExplicitAccounts& out) {
    InputTable table(context, file);
    if (!table.read_header()) return false;
    const auto label = table.column("account");
    const auto equity = table.column("equity");
    if (!label) table.fail_header("account", "this column must be given");
    if (!equity) table.fail_header("equity", "this column must be given");
    const auto columns = find_asset_columns(table, assets);
    if (!table.good()) return false;

    std::set<std::string_view> labels;
    std::vector<CsvCell> cells;
    while (table.next(cells)) {
        if (cells[*label].text.empty()) table.fail_cell(cells[*label], *label, "every account needs a label");
        if (!labels.insert(cells[*label].text).second)
            table.fail_cell(cells[*label], *label, "this account is given twice");
        out.label.emplace_back(cells[*label].text);
        out.equity.push_back(table.number(cells[*equity], *equity, not_negative).value_or(0.0));
        const std::size_t row = out.position.size();
        out.position.resize(row + assets.size(), 0.0);
        out.collateral.resize(row + assets.size(), 0.0);
        for (const Asset& asset : assets) out.entry.push_back(asset.price);
        for (const AssetColumn& column : columns) {
            const CsvCell& cell = cells[column.column];
            if (cell.text.empty()) continue;
            if (const auto value = table.number(cell, column.column, *column.range))
                (out.*column.member)[row + column.asset] = *value;
        }
    }
    if (table.good() && out.label.empty()) table.fail_header("account", "there is no account below the header");
    return table.good();
}

bool read_prices_csv(ReadContext& context, const InputFile& file, PriceTable& out) {
    InputTable table(context, file);
    if (!table.read_header()) return false;
    std::optional<std::size_t> time;
    for (const std::string_view name : {"time", "timestamp", "datetime", "date", "open_time"}) {
        if (!time) time = table.column(name);
    }
    if (!time) table.fail_header("time", "this column must be given (or timestamp, datetime, date, open_time)");
    std::vector<std::size_t> closes;
    for (const std::string& symbol : context.symbols) {
        const auto column = table.column(symbol);
        if (!column)
            table.fail_header(symbol, "there is no column of this asset's closes\n" +
                                          known_names_hint(symbol, table.columns()));
        closes.push_back(column.value_or(0));
    }
    if (!table.good()) return false;

    std::vector<CsvCell> cells;
    while (table.next(cells)) {
        const CsvCell& cell = cells[*time];
        const auto seconds = parse_time(cell.text);
        if (!seconds) {
            table.fail_cell(cell, *time, "must be a time: ISO 8601, or seconds or milliseconds since 1970");
        } else if (!out.seconds.empty() && *seconds <= out.seconds.back()) {
            table.fail_cell(cell, *time, "times must increase from row to row");
        } else {
            out.seconds.push_back(*seconds);
        }
        for (const std::size_t column : closes)
            out.closes.push_back(table.number(cells[column], column, positive).value_or(1.0));
    }
    if (table.good() && out.seconds.size() < 2)
        table.fail_header(table.columns()[*time], "at least two rows of prices are needed");
    return table.good();
}

InputContext input_context(ReadContext& context, const Node& table, const RunSettings& run) {
    return {context.check_context(table),
            [&context](const InputFile& file, PriceTable& out) { return read_prices_csv(context, file, out); },
            [](const std::string& text) { return parse_time(text); },
            run.step_seconds,
            run.steps(),
            run.horizon_seconds};
}

} // namespace plunge
