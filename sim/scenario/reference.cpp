// Markdown written from the field tables: the catalogue of models, and the reference of scenario keys.
#include <cctype>

#include <fmt/format.h>

#include "sim/scenario/describe.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/presets.hpp"
#include "sim/scenario/read_context.hpp"

namespace plunge {
namespace {

std::string unit_text(const KeyShape& shape) {
    switch (shape.unit) {
    case Unit::none:
        return "number";
    case Unit::fraction:
        return "fraction";
    case Unit::duration:
        return "duration";
    case Unit::quote:
        return "USD";
    case Unit::quote_per_day:
        return "USD per day";
    case Unit::base:
        return "base quantity";
    case Unit::per_year:
        return "per year";
    case Unit::log_return:
        return "log return";
    case Unit::count:
        return "whole number";
    }
    return "";
}

std::string value_text(const KeyShape& shape) {
    switch (shape.kind) {
    case ValueKind::number:
    case ValueKind::duration:
    case ValueKind::whole_number:
        return unit_text(shape);
    case ValueKind::truth:
        return "`true`, `false`";
    case ValueKind::text:
        return "text";
    case ValueKind::choice: {
        std::string names;
        for (const std::string& name : shape.names) names += (names.empty() ? "" : ", ") + ("`\"" + name + "\"`");
        return names;
    }
    case ValueKind::numbers:
        return "list: " + unit_text(shape);
    case ValueKind::whole_numbers:
        return "list: whole numbers";
    case ValueKind::rows_of_numbers:
        return "list of rows";
    case ValueKind::per_asset:
        return "per asset: " + unit_text(shape);
    case ValueKind::matrix:
        return "matrix";
    case ValueKind::tiers:
        return "brackets per asset";
    case ValueKind::per_institution:
        return "by institution: " + unit_text(shape);
    case ValueKind::institutions:
        return "list of institutions";
    case ValueKind::file:
        return "file";
    case ValueKind::aliases:
        return "names, or table of names and numbers";
    case ValueKind::distribution:
        return "distribution: " + unit_text(shape);
    case ValueKind::mark: {
        std::string marks;
        for (const ModelShape& model : shape.models) {
            if (!marks.empty()) marks += ", ";
            marks += model.keys.empty() ? fmt::format("`\"{}\"`", model.name)
                                        : fmt::format("`{{ {} = {} }}`", model.name, value_text(model.keys.front()));
        }
        return marks;
    }
    case ValueKind::positions:
        return "positions";
    case ValueKind::collateral:
        return "shares by symbol and USD";
    case ValueKind::table:
        return "table";
    case ValueKind::table_or_list:
        return "table, or list of tables";
    case ValueKind::family:
        return "table with `" + shape.choice_key + "`";
    }
    return "";
}

std::string default_text(const KeyShape& shape) {
    if (shape.required) return "required";
    return shape.has_default ? "`" + shape.default_text + "`" : "-";
}

std::string range_cell(const KeyShape& shape) {
    const std::string range = range_text(shape.range);
    return range.empty() ? "-" : range;
}

// A cell must not hold the sign that ends it.
std::string cell(std::string text) {
    for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
        text.insert(at, 1, '\\');
    return text;
}

std::string table_of(const std::vector<KeyShape>& keys) {
    std::string rows;
    const auto add_row = [&](const std::string& prefix, const KeyShape& key) {
        rows += fmt::format("| `{}{}` | {} | {} | {} | {} |\n", prefix, key.key, cell(value_text(key)), range_cell(key),
                            cell(default_text(key)), cell(key.meaning));
    };
    const auto is_spoken_of = [](const KeyShape& key) {
        return key.kind == ValueKind::table || key.kind == ValueKind::table_or_list;
    };
    for (const KeyShape& key : keys) {
        add_row("", key);
        if (!is_spoken_of(key)) continue;
        for (const KeyShape& inner : key.keys) add_row(key.key + ".", inner);
    }
    return "| key | value | range | default | meaning |\n|---|---|---|---|---|\n" + rows;
}

std::string keys_text(const std::vector<KeyShape>& keys) { return keys.empty() ? "No parameters.\n" : table_of(keys); }

std::string section_text(const SectionShape& section) {
    std::string text = fmt::format("### `{}`\n\n{}{}\n\n", section.header, section.meaning,
                                   section.required ? "" : " May be left out.");
    if (!section.choice_key.empty()) {
        std::string names;
        for (const ModelShape& model : section.models)
            names += (names.empty() ? "" : ", ") + ("`\"" + model.name + "\"`");
        text += fmt::format("`{}` chooses among {}: {}.\n\n", section.choice_key, section.family, names);
    }
    if (!section.keys.empty()) text += table_of(section.keys) + "\n";
    for (const ModelShape& model : section.models) {
        text += fmt::format("With `{} = \"{}\"`:\n\n{}\n", section.choice_key, model.name, keys_text(model.keys));
    }
    for (const KeyShape& key : section.keys) {
        if (key.kind != ValueKind::family) continue;
        for (const ModelShape& model : key.models) {
            text += fmt::format("`{} = {{ {} = \"{}\" }}`:\n\n{}\n", key.key, key.choice_key, model.name,
                                keys_text(model.keys));
        }
    }
    for (const SectionShape& inner : section.sections) text += section_text(inner);
    return text;
}

constexpr std::string_view how_values_are_written =
    R"(## How values are written

| value | written as |
|---|---|
| duration | text with a unit: `"500ms"`, `"30s"`, `"12min"`, `"8h"`, `"1d"` |
| fraction | a plain fraction: `0.005` is 0.5 % |
| USD | a plain number of the quote currency |
| per year | annualised over 365 days |
| per asset | one number for all, an array in the order of the assets, or a table by symbol: `{ BTC = 0.5, )"
    R"(ETH = 0.7 }`. A table must name every asset, except in shocks and haircuts, where what is not named is zero )"
    R"(|
| matrix | rows, `[[1.0, 0.8], [0.8, 1.0]]`; one number for every pair; or pairs, `{ BTC-ETH = 0.8 }`, with )"
    R"(zero for the others |
| brackets per asset | `{ BTC = [[0, 0.004], [50e6, 0.005]], ... }`: from this notional on, this marginal )"
    R"(rate; or one list for all assets |
| positions | `{ BTC = 0.5, ETH = -0.5 }`: shares of notional, whose sizes sum to one, negative on the )"
    R"(opposite side; `{ dirichlet = 0.7, assets = ["BTC", "ETH"] }`: shares drawn for each account, over all )"
    R"(assets where none are named; `{ pick = { BTC = 0.6, ETH = 0.4 } }`: one asset each, with these )"
    R"(probabilities |
| distribution | a number, or one of the tables below |
| file | a path relative to the scenario's folder |

Any key can be set from the command line, `--set venue.impact.permanent=0.5`. Items of lists are named by )"
    R"(number from 0, or by
name, symbol or layer (`cohort.0.accounts`, `asset.BTC.price`), and need no name where there is one only.

### Distributions

Bounds draw again rather than clamp, so that no value piles up at them.

)";

constexpr std::string_view how_presets_work =
    R"(`[[venue]] preset = "..."` starts from the rules of an exchange as it published them at a date; `plunge presets` says
where each figure was read, `plunge presets NAME` prints the file. What the scenario says itself goes before the preset:
tables are merged key by key, tables by symbol asset by asset, lists such as `waterfall` are replaced whole; a section
that chooses another model keeps only what all models share. Brackets of assets that the scenario does not have are left
out. A result file holds the scenario with its rules written out, so that it replays under later presets too.

)";

constexpr std::string_view how_files_are_read =
    R"(Tables are CSV: a header with column names, then rows; cells are separated by commas, and those that hold one stand in
double quotes; lines end with LF, CR LF or CR. Blank lines are skipped. The first line may be a comment that begins with
`#`; any other row that does is an error, and a text that begins so stands in double quotes. Columns are found by name.
`plunge validate` prints a line on what each file holds, and so does everything that simulates (on stderr).

Columns and cells name assets by their symbol or by one of `asset.aliases`. An alias may be of several units:
`{ kSHIB = 1000 }` takes 2 kSHIB at 0.012 for 2,000 SHIB at 0.000012.

### Prices

A time column and a column of closes per asset; other columns are ignored. Times are ISO 8601 (`2025-10-10T21:00:00Z`, with
a blank for the `T`, with fractions of a second, with an offset, or the date alone; UTC where no offset is written), or
numbers of seconds, milliseconds, microseconds or nanoseconds since 1970. A file has one of these forms, times increase, and
none is before 1980 or after 2100.

A close stands at the time at which its bar closes. The time column is `close_time` where there is one, else `time`,
`timestamp`, `datetime` or `date`, which are taken for that time; where only `open_time` is given, or `bar_time = "open"` says
so, every time is shifted by a bar. Rows that have a column `open`, `high` or `low` beside a column that says neither are
refused until `bar_time` says it.

Between rows prices are drawn as straight lines of their logarithm. Rows further apart than five times what is usual in the
file, and than a step, are an error that names both times; `max_gap` allows a longer gap.

### Accounts

A row for each account:

| column | holds |
|---|---|
| `account` | a label |
| `equity` | wealth now, at the scenario's prices: cash, collateral and unrealised profit. Exchanges call it equity or margin balance |
| `wallet_balance` | instead of `equity`: cash without unrealised profit, as exchanges export it. Wealth is that, the value of collateral and, from entry prices, the profit of each position; every position needs one |
| `SYM` | signed base quantity; none where blank |
| `entry_SYM` | entry price; the scenario's price where blank. It decides who is deleveraged first; wealth in `equity` has its profit already |
| `collateral_SYM` | base quantity held as collateral |

Or a row for each position: `account`, `symbol`, `size` (signed, or beside a column `side`: `long` or `short`), `entry` and
`collateral`; `equity` or `wallet_balance` stands in one row of the account, or alike in several. A first column without a name
is an index and ignored.

Wealth may be below zero: such an account is insolvent from the start, and what it lacks once it is closed is a shortfall. An
account that owes money and has no position is refused: that loss has happened already.

An account has one position per asset. Rows of one side add up, at their average entry price. One that is long and short of
an asset (hedge mode) is refused unless `both_sides = "net"`: then the smaller side is closed against the larger at the
scenario's price, the larger keeps its entry, and wealth is the same at every price. Margin is not: it is asked of the
difference, where a venue in hedge mode asks it of both sides. With `margin = "isolated"` each position has a margin of its own, and
several of one asset are refused: give them as accounts of their own.

)";

} // namespace

std::string scenario_reference() {
    std::string text{how_values_are_written};
    for (const ModelShape& shape : describe_distributions()) {
        text += fmt::format("`{{ {} = {{ ... }} }}`:\n\n{}\n", shape.name, keys_text(shape.keys));
    }
    text += "## Presets\n\n";
    text += how_presets_work;
    text += preset_reference() + "\n";
    text += "## Files\n\n";
    text += how_files_are_read;
    text += "## Every key\n\n";
    for (const SectionShape& section : describe_scenario()) text += section_text(section);
    text.pop_back(); // one line end at the end
    return text;
}

namespace {

constexpr std::string_view about_models =
    R"(# Models

Finance as pure values and functions: no files, no threads, no clock, no globals. Each model stands in one
header with its equation, its source and a table of its parameters; from that table come parsing, checks, the JSON
Schema and this page.

This page is generated: `plunge models --markdown > models/README.md`. A test compares it with the code.

A new model is one header in its family's folder. Its line `// Registered as 100: Name` puts it into the list of the
family, which the build writes; `family.hpp` says, as a concept, what it must have: what it needs of the market and the
venue, what must hold between its parameters, how a stress scales it. With a unit test and a scenario it is complete;
the contract tests ask for an example of it, the slow implementation for its formula, and neither compiles without.

A model may stand outside the tree: `cmake -DPLUNGE_EXTRA_MODELS=DIR` lists the headers of `DIR/<family>/` too, and
compiles the sources there (`tests/extra_models` has one).

## The contract

`contract/linear.hpp` is where a position meets a price: what it is worth, its notional, its profit since entry. Margin
rules, liquidation policies, draws, accounts and rounds ask there; collateral is coins (`contract/coins.hpp`). What
stands on a value that is linear in the price (weights of rows, planes below the slack, bounds at the corners of a box)
is named at `LinearInPrices` in `contract/family.hpp`: another contract answers there first. Funding that accrues would
join a row's cash where it is read, `AccountRows::cash_of`.
)";

struct Family {
    std::string title;
    std::string chosen_by;
    std::vector<ModelShape> models;
};

void collect_families(const SectionShape& section, std::vector<Family>& out) {
    if (!section.models.empty()) {
        out.push_back(
            {section.family, fmt::format("`{}` of `{}`", section.choice_key, section.header), section.models});
    }
    for (const KeyShape& key : section.keys) {
        if (key.kind != ValueKind::family && key.kind != ValueKind::mark) continue;
        const std::string chosen_by = key.choice_key.empty() ? key.key : key.key + "." + key.choice_key;
        out.push_back({key.key + "s", fmt::format("`{}` of `{}`", chosen_by, section.header), key.models});
    }
    for (const SectionShape& inner : section.sections) collect_families(inner, out);
}

std::vector<Family> all_families() {
    std::vector<Family> families;
    for (const SectionShape& section : describe_scenario()) {
        collect_families(section, families);
        if (section.key == "prices") {
            families.push_back({"wrapped assets", "`underlying` and `basis` of `[[asset]]`", {describe_basis()}});
        }
    }
    return families;
}

} // namespace

std::string model_catalogue() {
    std::string text{about_models};
    for (const Family& family : all_families()) {
        std::string title = family.title;
        title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
        text += fmt::format("\n## {}\n\nChosen by {}.\n", title, family.chosen_by);
        for (const ModelShape& model : family.models) {
            text += fmt::format("\n### `{}`\n\n    {}\n\nSource: {}.\n\n{}", model.name, model.equation, model.source,
                                keys_text(model.keys));
        }
    }
    return text;
}

std::string model_list() {
    std::string text;
    for (const Family& family : all_families()) {
        text += fmt::format("{}{}\n", text.empty() ? "" : "\n", family.title);
        for (const ModelShape& model : family.models) {
            text += fmt::format("  {:<16} {}\n  {:<16}   {}\n", model.name, model.equation, "", model.source);
        }
    }
    return text;
}

} // namespace plunge
