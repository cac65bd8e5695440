// Values that speak of assets: one number each, matrices, margin brackets.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/scenario/checks.hpp"
#include "sim/scenario/read_values.hpp"

namespace plunge {
namespace {

// Symbols hold no '-', so a pair's name splits at its only one.
bool read_pairs(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                SquareMatrix& matrix) {
    bool good = true;
    std::vector<bool> given(matrix.values.size(), false);
    for (const Member& member : node.members) {
        const std::string key = join_path(path, member.key);
        const std::size_t dash = member.key.find('-');
        if (dash == std::string::npos) {
            context.error(member.place, key, member.value.literal, "a pair of assets is expected",
                          "for example { BTC-ETH = 0.3 }");
            good = false;
            continue;
        }
        const auto a = find_asset(context, member.place, key, member.key.substr(0, dash), member.value.literal);
        const auto b = find_asset(context, member.place, key, member.key.substr(dash + 1), member.value.literal);
        double value = 0.0;
        good &= read_value(context, member.value, key, field, value) && a && b;
        if (!a || !b) continue;
        if (*a == *b || given[*a * matrix.size + *b]) {
            context.error(member.place, key, member.value.literal,
                          *a == *b ? "an asset does not pair with itself" : "this pair is given twice");
            good = false;
            continue;
        }
        given[*a * matrix.size + *b] = given[*b * matrix.size + *a] = true;
        matrix(*a, *b) = matrix(*b, *a) = value;
    }
    return good;
}

bool read_rows(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
               SquareMatrix& matrix) {
    const std::size_t n = matrix.size;
    const auto wrong_size = [&](const Node& at, const std::string& key, std::size_t count, std::string_view noun) {
        context.error(
            at, key, fmt::format("{} for {} ({})", counted(count, noun), counted(n, "asset"), joined(context.symbols)));
        return false;
    };
    if (node.items.size() != n) return wrong_size(node, path, node.items.size(), "row");
    bool good = true;
    for (std::size_t a = 0; a < n; ++a) {
        const Node& row = node.items[a];
        const std::string key = fmt::format("{}[{}]", path, a);
        if (!expect_array(context, row, key, "a matrix is an array of rows")) return false;
        if (row.items.size() != n) {
            good = wrong_size(row, key, row.items.size(), "number");
            continue;
        }
        for (std::size_t b = 0; b < n; ++b) {
            good &= read_value(context, row.items[b], fmt::format("{}[{}]", key, b), field, matrix(a, b));
        }
    }
    if (!good) return false;
    for (std::size_t a = 0; a < n; ++a) {
        if (matrix(a, a) != 1.0) {
            context.error(node.items[a].items[a], fmt::format("{}[{}][{}]", path, a, a), "the diagonal must be 1");
            good = false;
        }
        for (std::size_t b = 0; b < a; ++b) {
            if (matrix(a, b) == matrix(b, a)) continue;
            context.error(node.items[a].items[b], fmt::format("{}[{}][{}]", path, a, b),
                          fmt::format("not symmetric: row {}, column {} says {}", b, a, number_text(matrix(b, a))));
            good = false;
        }
    }
    return good;
}

bool read_brackets(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                   std::vector<Bracket>& out) {
    if (!expect_array(context, node, path,
                      "brackets are [[0, 0.004], [50e6, 0.005]]: from this notional on, this rate")) {
        return false;
    }
    if (node.items.empty()) {
        context.error(node, path, "at least one bracket, from 0, is needed");
        return false;
    }
    bool good = true;
    for (std::size_t j = 0; j < node.items.size(); ++j) {
        const Node& row = node.items[j];
        const std::string key = fmt::format("{}[{}]", path, j);
        if (!row.is_array() || row.items.size() != 2) {
            context.error(row, key, "a bracket is two numbers: the notional from which on it holds, and its rate");
            good = false;
            continue;
        }
        Bracket bracket;
        FieldInfo notional = field;
        notional.unit = Unit::quote;
        notional.range = not_negative;
        const bool read = read_value(context, row.items[0], key + "[0]", notional, bracket.from_notional) &
                          read_value(context, row.items[1], key + "[1]", field, bracket.rate);
        good &= read;
        if (!read) continue;
        if (j == 0 && bracket.from_notional != 0.0) {
            context.error(row.items[0], key + "[0]", "the first bracket must start at 0");
            good = false;
        }
        if (!out.empty() && bracket.from_notional <= out.back().from_notional) {
            context.error(row.items[0], key + "[0]", "brackets must ascend in notional");
            good = false;
        }
        if (!out.empty() && bracket.rate < out.back().rate) {
            context.error(row.items[1], key + "[1]", "rates must not fall with notional",
                          "maintenance margin would not be convex, and a larger position safer");
            good = false;
        }
        out.push_back(bracket);
    }
    return good;
}

// Calls `read` with every asset's node and name; reports assets that are missing or unknown.
template <class Read>
bool for_each_asset(ReadContext& context, const Node& table, const std::string& path, const FieldInfo& field,
                    Read&& read) {
    bool good = true;
    std::size_t unknown = 0;
    std::vector<bool> named(context.symbols.size(), false);
    for (const Member& member : table.members) {
        const std::string key = join_path(path, member.key);
        const auto asset = find_asset(context, member.place, key, member.key, member.value.literal);
        if (!asset) {
            ++unknown;
            continue;
        }
        named[*asset] = true;
        good &= read(*asset, member.value, key);
    }
    good &= unknown == 0;
    if (field.missing_asset_is_zero) return good;
    std::vector<std::string> absent;
    for (std::size_t a = 0; a < named.size(); ++a) {
        if (!named[a] && !context.symbols[a].empty()) absent.push_back(context.symbols[a]);
    }
    // A misspelt symbol is reported; that it is missing under its right name too says nothing new.
    if (absent.size() > unknown) {
        std::string hint = "missing: " + joined(absent);
        if (const std::string* preset = context.preset_of(table)) {
            hint += fmt::format("; preset \"{}\" does not have it: give {}", *preset, join_path(path, absent.front()));
        }
        context.error(table, path, "every asset must be named", hint);
        good = false;
    }
    return good;
}

} // namespace

std::optional<std::size_t> find_asset(ReadContext& context, const Place& place, const std::string& path,
                                      const std::string& symbol, const std::string& value) {
    const auto found = std::find(context.symbols.begin(), context.symbols.end(), symbol);
    if (found != context.symbols.end()) return static_cast<std::size_t>(found - context.symbols.begin());
    // Where some asset has no valid symbol, that is what has to be mended first.
    const bool symbols_known = !context.symbols.empty() &&
                               std::find(context.symbols.begin(), context.symbols.end(), "") == context.symbols.end();
    const bool wrapped = std::find(context.wrapped.begin(), context.wrapped.end(), symbol) != context.wrapped.end();
    if (wrapped) {
        context.error(place, path, value, "this asset follows its underlying",
                      "leave it out here: its own part is asset.basis");
    } else if (symbols_known) {
        context.error(place, path, value, fmt::format("there is no asset \"{}\"", shown(symbol)),
                      known_names_hint(symbol, context.symbols));
    }
    return std::nullopt;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                PerAsset& out) {
    const std::size_t n = context.symbols.size();
    std::vector<double> values(n, 0.0);
    bool good = true;
    if (node.is_table()) {
        good = for_each_asset(context, node, path, field,
                              [&](std::size_t asset, const Node& value, const std::string& key) {
                                  return read_value(context, value, key, field, values[asset]);
                              });
    } else if (node.is_array()) {
        if (n > 0 && node.items.size() != n) {
            context.error(node, path,
                          fmt::format("{} for {} ({})", counted(node.items.size(), "number"), counted(n, "asset"),
                                      joined(context.symbols)),
                          "one number for all, an array in asset order, or a table by symbol");
            return false;
        }
        values.resize(node.items.size());
        for (std::size_t a = 0; a < values.size(); ++a) {
            good &= read_value(context, node.items[a], fmt::format("{}[{}]", path, a), field, values[a]);
        }
    } else if (node.is_number()) {
        double value = 0.0;
        good = read_value(context, node, path, field, value);
        std::fill(values.begin(), values.end(), value);
    } else {
        context.error(node, path, "must be a number, or numbers per asset",
                      "one number for all, an array in asset order, or a table by symbol");
        return false;
    }
    if (good) out.values = std::move(values);
    return good;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                AssetAliases& out) {
    AssetAliases aliases;
    bool good = true;
    const auto add = [&](const Node& at, const std::string& key, const std::string& name, double scale) {
        const bool taken = std::any_of(aliases.list.begin(), aliases.list.end(),
                                       [&](const AssetAlias& alias) { return alias.name == name; });
        if (taken || !is_one_line(name)) {
            context.error(at, key, taken ? "this name is given twice" : "must be one line of text");
            good = false;
        }
        aliases.list.push_back({name, scale});
    };
    if (node.is_table()) {
        for (const Member& member : node.members) {
            const std::string key = join_path(path, member.key);
            double scale = 1.0;
            good &= read_value(context, member.value, key, field, scale);
            add(member.value, key, member.key, scale);
        }
    } else if (node.is_array()) {
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const std::string key = fmt::format("{}[{}]", path, i);
            std::string name;
            if (read_value(context, node.items[i], key, field, name))
                add(node.items[i], key, name, 1.0);
            else
                good = false;
        }
    } else {
        context.error(node, path, "must be a list of names, or a table",
                      "[\"BTC/USDT:USDT\", \"BTC-PERP\"], or { kSHIB = 1000 }: how many of the asset are in one");
        return false;
    }
    if (good) out = std::move(aliases);
    return good;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                SquareMatrix& out) {
    const std::size_t n = context.symbols.size();
    SquareMatrix matrix = SquareMatrix::identity(n);
    bool good = true;
    if (node.is_table()) {
        good = read_pairs(context, node, path, field, matrix);
    } else if (node.is_array()) {
        if (n == 0) return false;
        good = read_rows(context, node, path, field, matrix);
    } else if (node.is_number()) {
        double value = 0.0;
        good = read_value(context, node, path, field, value);
        for (std::size_t i = 0; i < n * n; ++i) matrix.values[i] = i / n == i % n ? 1.0 : value;
    } else {
        context.error(node, path, "must be a matrix",
                      "[[1.0, 0.8], [0.8, 1.0]], one number for every pair, or { BTC-ETH = 0.3 }");
        return false;
    }
    if (good) out = std::move(matrix);
    return good;
}

bool read_value(ReadContext& context, const Node& node, const std::string& path, const FieldInfo& field,
                TierTable& out) {
    std::vector<std::vector<Bracket>> tables(context.symbols.size());
    bool good = true;
    if (node.is_table()) {
        good = for_each_asset(context, node, path, field,
                              [&](std::size_t asset, const Node& value, const std::string& key) {
                                  return read_brackets(context, value, key, field, tables[asset]);
                              });
    } else {
        std::vector<Bracket> all;
        good = read_brackets(context, node, path, field, all);
        std::fill(tables.begin(), tables.end(), all);
    }
    if (good) out.per_asset = std::move(tables);
    return good;
}

} // namespace plunge
