// Files of prices: closes by time.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "models/common/price_history.hpp"
#include "sim/scenario/asset_names.hpp"
#include "sim/scenario/input_table.hpp"
#include "sim/scenario/input_tables.hpp"
#include "sim/scenario/times.hpp"

namespace plunge {
namespace {

// "Open time" -> "open_time"
std::string plain(std::string_view name) {
    std::string text;
    for (const char c : name) text += c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::optional<std::size_t> find_plain(const InputTable& table, std::string_view name) {
    for (std::size_t c = 0; c < table.columns().size(); ++c) {
        if (plain(table.columns()[c]) == name) return c;
    }
    return std::nullopt;
}

struct TimeColumn {
    std::size_t column = 0;
    bool of_opens = false; ///< times are those of bars' opens
};

// A close stands at the time of its bar's close: that of the open would let a fall begin a bar too early.
std::optional<TimeColumn> find_time(InputTable& table, BarTime bar_time) {
    constexpr std::array<std::string_view, 5> names{"close_time", "time", "timestamp", "datetime", "date"};
    std::optional<std::size_t> found;
    for (const std::string_view name : names) {
        if (!found) found = find_plain(table, name);
    }
    const auto open_time = find_plain(table, "open_time");
    const bool closes = found && plain(table.columns()[*found]) == names.front();
    if (open_time && !closes) found = open_time;
    if (!found) {
        table.fail_header("time", "this column must be given (or timestamp, datetime, date, close_time, open_time)\n" +
                                      known_names_hint("", table.columns()));
        return std::nullopt;
    }
    const bool is_open_time = found == open_time;
    if (bar_time == BarTime::close && is_open_time) {
        table.fail_column(*found, "the scenario says bar_time = \"close\", this is the time of opens\n"
                                  "leave bar_time out, or call the column what it is");
        return std::nullopt;
    }
    if (bar_time == BarTime::open && closes) {
        table.fail_column(*found,
                          "the scenario says bar_time = \"open\", this is the time of closes\nleave bar_time out");
        return std::nullopt;
    }
    const bool are_bars = find_plain(table, "open") || find_plain(table, "high") || find_plain(table, "low");
    if (bar_time == BarTime::named && are_bars && !closes && !is_open_time) {
        table.fail_column(*found, "the rows are bars: is this the time of their open or of their close?\n"
                                  "say so with bar_time = \"open\" or \"close\"; most exchanges give the open's");
        return std::nullopt;
    }
    return TimeColumn{*found, is_open_time || bar_time == BarTime::open};
}

struct CloseColumn {
    std::size_t column = 0;
    double scale = 1.0; ///< units of the asset that the price is of
};

CloseColumn find_closes(InputTable& table, const std::string& symbol, const std::vector<Asset>& assets) {
    std::vector<std::size_t> found;
    for (std::size_t c = 0; c < table.columns().size(); ++c) {
        const auto named = find_named(assets, table.columns()[c]);
        if (named && assets[named->asset].symbol == symbol) found.push_back(c);
    }
    if (found.empty()) {
        table.fail_header(symbol, "there is no column of this asset's closes\n" +
                                      known_names_hint(symbol, table.columns()) + "; or give asset.aliases");
        return {};
    }
    if (found.size() > 1) {
        table.fail_column(
            found[1], fmt::format("column \"{}\" is the same asset's, {}", shown(table.columns()[found[0]]), symbol));
    }
    return {found[0], find_named(assets, table.columns()[found[0]])->scale};
}

// Bars of which the times of opens are known close when the next one opens.
bool shift_to_closes(InputTable& table, std::size_t column, PriceTable& out) {
    const double bar = spacing_of(out.seconds).usual_seconds;
    for (std::size_t row = 1; row < out.seconds.size(); ++row) {
        const double bars = (out.seconds[row] - out.seconds[row - 1]) / bar;
        if (std::fabs(bars - std::round(bars)) <= 1e-6 * bars && bars > 0.5) continue;
        table.fail_column(column, fmt::format("times of opens must be whole bars apart: {} comes {} after the row "
                                              "before it, where bars are of {}\ngive a column close_time",
                                              time_text(out.seconds[row]),
                                              rounded_duration(out.seconds[row] - out.seconds[row - 1]),
                                              rounded_duration(bar)));
        return false;
    }
    for (double& seconds : out.seconds) seconds += bar;
    out.shifted_seconds = bar;
    return true;
}

} // namespace

bool read_prices_csv(ReadContext& context, const InputFile& file, const HistoryReading& reading,
                     const std::vector<Asset>& assets, PriceTable& out) {
    InputTable table(context, file);
    if (!table.read_header()) return false;
    const auto time = find_time(table, reading.bar_time);
    std::vector<CloseColumn> closes;
    for (const std::string& symbol : context.symbols) closes.push_back(find_closes(table, symbol, assets));
    if (!time || !table.good()) return false;

    std::optional<TimeForm> form;
    std::vector<CsvCell> cells;
    while (table.next(cells)) {
        const CsvCell& cell = cells[time->column];
        const auto moment = parse_time(cell.text);
        if (!moment) {
            table.fail_cell(cell, time->column, time_rule(cell.text));
        } else if (form && moment->form != *form) {
            table.fail_cell(cell, time->column,
                            fmt::format("this is {}, the rows above are {}: a file has one form of times",
                                        name_of(moment->form), name_of(*form)));
        } else if (!out.seconds.empty() && moment->seconds <= out.seconds.back()) {
            table.fail_cell(cell, time->column, "times must increase from row to row");
        } else {
            form = moment->form;
            out.seconds.push_back(moment->seconds);
        }
        for (const CloseColumn& close : closes) {
            const double price = table.number(cells[close.column], close.column, positive).value_or(1.0);
            out.closes.push_back(close.scale == 1.0 ? price : price / close.scale);
        }
    }
    out.time_column = table.columns()[time->column];
    if (table.good() && out.seconds.size() < 2)
        table.fail_header(out.time_column, "at least two rows of prices are needed");
    return table.good() && (!time->of_opens || shift_to_closes(table, time->column, out));
}

namespace {

// "BTC 95000 (the scenario starts at 100000)"
std::string first_prices(const PriceTable& table, double start, const std::vector<std::string>& symbols,
                         const std::vector<Asset>& assets) {
    const auto above = std::upper_bound(table.seconds.begin(), table.seconds.end(), start);
    const auto row = static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, above - table.seconds.begin())) - 1;
    std::string text;
    for (std::size_t a = 0; a < symbols.size(); ++a) {
        const auto asset = find_named(assets, symbols[a]);
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", symbols[a],
                            significant(table.closes[row * symbols.size() + a], 6));
        if (asset) text += fmt::format(" (the scenario's {})", significant(assets[asset->asset].price, 6));
    }
    return text;
}

} // namespace

std::string history_line(const std::string& name, const PriceTable& table, double start, double step_seconds,
                         const std::vector<std::string>& symbols, const std::vector<Asset>& assets) {
    const RowSpacing spacing = spacing_of(table.seconds);
    std::string text = fmt::format("{}: {} rows, {} to {}, {} apart", shown(name), table.seconds.size(),
                                   time_text(table.seconds.front()), time_text(table.seconds.back()),
                                   rounded_duration(spacing.usual_seconds));
    if (spacing.largest_seconds > spacing.usual_seconds) {
        text += fmt::format(", largest gap {} after {}", rounded_duration(spacing.largest_seconds),
                            time_text(table.seconds[spacing.largest_after]));
    }
    if (table.shifted_seconds > 0.0) {
        text += fmt::format("; closes stand {} after \"{}\", when bars end", rounded_duration(table.shifted_seconds),
                            shown(table.time_column));
    }
    if (std::isnan(start)) return text;
    text += fmt::format("; begins {} at {}", time_text(start), first_prices(table, start, symbols, assets));
    if (spacing.usual_seconds > step_seconds * (1.0 + 1e-9)) {
        text += fmt::format("; rows are further apart than steps of {}: straight lines between them",
                            format_duration(step_seconds));
    }
    return text;
}

InputContext input_context(ReadContext& context, const Node& table, const RunSettings& run,
                           const std::vector<Asset>& assets) {
    return {context.check_context(table),
            [&context, &assets](const InputFile& file, const HistoryReading& reading, PriceTable& out) {
                return read_prices_csv(context, file, reading, assets, out);
            },
            [&context, &assets, &run](const InputFile& file, const PriceTable& prices, double start) {
                context.tell(history_line(file.path, prices, start, run.step_seconds, context.symbols, assets));
            },
            [](const std::string& text) -> std::optional<double> {
                const auto moment = parse_time(text);
                if (!moment) return std::nullopt;
                return moment->seconds;
            },
            run.step_seconds,
            run.steps(),
            run.horizon_seconds};
}

} // namespace plunge
