#include "sim/stats/metric_pages.hpp"

#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "sim/engine/result_columns.hpp"
#include "sim/stats/account_columns.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

std::string together(Combine combine) {
    switch (combine) {
    case Combine::sum:
        return "the sum";
    case Combine::largest:
        return "the largest";
    case Combine::smallest:
        return "the smallest";
    case Combine::share:
        return "a share of the sums";
    case Combine::of_called:
        return "the mean, by called_liquidations";
    case Combine::apart:
        break;
    }
    return "";
}

template <class Table> void add(std::vector<MetricEntry>& entries, const char* layer, const Table& table) {
    for_each_column(table, [&](const auto& row) {
        entries.push_back({layer, std::string(row.name), std::string(row.units), std::string(row.label),
                           std::string(row.formula), std::string(row.description), together(row.combine)});
    });
}

// What the letters of formulas are.
constexpr std::string_view letters =
    "W wealth before haircuts, E equity, M maintenance margin, G gross notional of a row; q its position, k its "
    "collateral, f the share of it that is closed; p the mark, b the bankruptcy price; exp(x) the index price; T the "
    "end of the world.";

std::string unit_of(const MetricEntry& entry) { return entry.units == "1" ? "" : entry.units; }

// A pipe would end a cell of a table.
std::string cell(const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
    return escaped;
}

std::string meaning_of(const std::string& layer) {
    if (layer == "venue")
        return "per venue and world, in `/venues/<name>/worlds`; all venues together in `/worlds`, put together as "
               "the last column says";
    if (layer == "world") return "per world, in `/worlds`";
    if (layer == "asset") return "per world and asset, in `/worlds`";
    if (layer == "cohort") return "per world and cohort, in `/cohorts`";
    if (layer == "account") return "per account that the scenario lists, over all worlds, in `/accounts`";
    return "per run of steps with forced liquidations, in `/cascades`";
}

} // namespace

std::vector<MetricEntry> metric_entries() {
    std::vector<MetricEntry> entries;
    add(entries, "venue", venue_metrics());
    add(entries, "world", std::tuple{amplification_metric});
    add(entries, "world", counterfactual_metrics());
    add(entries, "world", network_metrics());
    add(entries, "asset", asset_metrics());
    add(entries, "cohort", cohort_metrics());
    add(entries, "account", account_columns());
    add(entries, "cascade", cascade_columns());
    return entries;
}

std::string metric_list() {
    std::string text;
    std::string layer;
    for (const MetricEntry& entry : metric_entries()) {
        if (entry.layer != layer) text += fmt::format("{}per {}\n", layer.empty() ? "" : "\n", entry.layer);
        layer = entry.layer;
        text += fmt::format("  {:<38} {:<3} {}\n", entry.name, unit_of(entry), entry.label);
    }
    return text;
}

std::string metric_page(const std::string& name) {
    std::string text;
    for (const MetricEntry& entry : metric_entries()) {
        if (entry.name != name) continue;
        if (!text.empty()) text += "\n";
        text += fmt::format("{}: {}\n", entry.name, entry.label);
        text += wrap_sentence("layer: " + entry.layer + ", " +
                              meaning_of(entry.layer).substr(0, meaning_of(entry.layer).find(';')));
        text += wrap_sentence("unit: " + (entry.units == "1" ? std::string("none") : entry.units));
        text += wrap_sentence("formula: " + entry.formula);
        if (!entry.together.empty()) text += wrap_sentence("all venues together: " + entry.together);
        text += wrap_sentence("what it is: " + entry.description);
        text += wrap_sentence("letters: " + std::string(letters));
    }
    return text;
}

std::string metric_catalogue() {
    std::string text = fmt::format("# Metrics\n\nWhat `plunge metrics --markdown` prints, from the tables that results "
                                   "are made of (`sim/engine/result_columns.hpp`).\n\nLetters: {} What is NaN is "
                                   "missing: means and quantiles leave it out.\n",
                                   letters);
    std::string layer;
    for (const MetricEntry& entry : metric_entries()) {
        const bool by_venue = entry.layer == "venue";
        if (entry.layer != layer) {
            text += fmt::format("\n## Per {}\n\nOne value {}.\n\n", entry.layer, meaning_of(entry.layer));
            text += by_venue ? "| metric | unit | label | formula | what is in it and what is not | together |\n"
                               "|---|---|---|---|---|---|\n"
                             : "| metric | unit | label | formula | what is in it and what is not |\n"
                               "|---|---|---|---|---|\n";
        }
        layer = entry.layer;
        text += fmt::format("| `{}` | {} | {} | {} | {} |", entry.name, unit_of(entry), cell(entry.label),
                            cell(entry.formula), cell(entry.description));
        if (by_venue) text += fmt::format(" {} |", entry.together);
        text += "\n";
    }
    return text;
}

} // namespace plunge
