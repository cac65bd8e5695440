// Summaries as text for a terminal and as JSON.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"

namespace plunge {

namespace {

constexpr std::size_t name_width = 34; ///< of the first column

/// Quantities of which the low end is the bad one.
bool low_is_bad(std::string_view name) {
    return name.starts_with("min_price") || name.starts_with("final_price") || name == "fund_min_balance" ||
           name == "fund_final_balance" || name == "min_layer_cover" || name == "layer_cover_at_start" ||
           name == "call_to_liquidation_seconds" || name == "liquidation_to_exhaustion_seconds";
}

bool zero_everywhere(const ColumnSummary& column) {
    return column.count > 0 && column.smallest == 0.0 && column.largest == 0.0;
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100.0 * share); }

/// A table of columns under the mean and the quantiles of the given indices into summary_probabilities.
std::string table(const std::vector<const ColumnSummary*>& rows, const std::string& title,
                  const std::array<std::size_t, 3>& quantiles, bool colour) {
    if (rows.empty()) return {};
    std::string head = fmt::format("  {:<{}}{:>9}{:>8}", title, name_width, "mean", "s.e.");
    for (const std::size_t q : quantiles)
        head += fmt::format("{:>9}", fmt::format("{:g} %", 100.0 * summary_probabilities[q]));
    std::string text = heading(head, colour);
    for (const ColumnSummary* row : rows) {
        const std::string units = row->units == "1" ? "" : " " + row->units;
        std::string name = row->name + units + (row->missing > 0 ? " *" : "");
        if (name.size() > name_width)
            name = row->name.substr(0, name_width - (row->missing > 0 ? 2 : 0)) + (row->missing > 0 ? " *" : "");
        text += fmt::format("  {:<{}}{:>9}{:>8}", name, name_width, format_number(row->mean),
                            format_number(row->standard_error));
        for (const std::size_t q : quantiles) text += fmt::format("{:>9}", format_number(row->quantiles[q]));
        text += "\n";
    }
    return text + "\n";
}

std::string with_interval(const IntervalEstimate& value) {
    if (std::isnan(value.low)) return format_number(value.point); // of one certain world
    const std::string high = std::isfinite(value.high) ? format_number(value.high) : "?";
    return fmt::format("{} ({} - {})", format_number(value.point), format_number(std::max(0.0, value.low)), high);
}

/// Values and liquidations at risk, one line each.
std::string risk_table(const std::vector<RiskMeasure>& risks, bool colour) {
    if (risks.empty()) return {};
    std::string head = fmt::format("  {:<24}", "at risk, 95 % interval");
    for (const double probability : risk_probabilities)
        head += fmt::format("{:>27}", fmt::format("{:g} % of worlds", 100.0 * probability));
    std::string text = heading(head, colour);
    for (std::size_t i = 0; i < risks.size(); ++i) {
        if (i % risk_probabilities.size() == 0) text += fmt::format("  {:<24}", risks[i].long_name + " USD");
        text += fmt::format("{:>27}", with_interval(risks[i].value));
        if ((i + 1) % risk_probabilities.size() == 0) text += "\n";
    }
    return text + "    of loss_beyond_bankruptcy and liquidated_notional: no more in so many worlds\n\n";
}

/// A matrix where it fits, else its largest cells off the diagonal.
std::string contagion_table(const ContagionSummary& contagion, bool colour) {
    const double share = ContagionSummary::share_between_assets(contagion.mean);
    if (std::isnan(share)) return {};
    constexpr std::size_t most = 6; // columns
    constexpr std::size_t symbol_width = 9;
    const std::size_t assets = contagion.assets.size();
    const auto symbol = [&](std::size_t asset) { return shorten(contagion.assets[asset], symbol_width); };
    std::string text;
    if (assets <= most) {
        std::string head = fmt::format("  {:<22}", "mean USD liquidated of");
        for (std::size_t a = 0; a < assets; ++a) head += fmt::format("{:>9}", symbol(a));
        text = heading(head, colour);
        for (std::size_t lost = 0; lost < assets; ++lost) {
            text += fmt::format("    {:<20}", "lost in " + symbol(lost));
            for (std::size_t sold = 0; sold < assets; ++sold)
                text += fmt::format("{:>9}", format_number(contagion.mean[lost * assets + sold]));
            text += "\n";
        }
    } else {
        text = heading("  mean USD liquidated, largest across assets", colour);
        std::vector<std::size_t> cells;
        for (std::size_t i = 0; i < contagion.mean.size(); ++i)
            if (i / assets != i % assets && contagion.mean[i] > 0.0) cells.push_back(i);
        std::stable_sort(cells.begin(), cells.end(),
                         [&](std::size_t x, std::size_t y) { return contagion.mean[x] > contagion.mean[y]; });
        cells.resize(std::min<std::size_t>(cells.size(), 10));
        for (const std::size_t i : cells)
            text += fmt::format("    {:<40}{:>9}\n",
                                fmt::format("lost in {}, sold {}", symbol(i / assets), symbol(i % assets)),
                                format_number(contagion.mean[i]));
    }
    text += fmt::format("    sold for losses in another asset: {}", percent(share));
    if (!contagion.without_impact.empty()) {
        const double without = ContagionSummary::share_between_assets(contagion.without_impact);
        text += ", without impact " + (std::isnan(without) ? std::string("nothing was sold") : percent(without));
    }
    return text + "\n\n";
}

/// The accounts of tables that were liquidated most often.
std::string account_table(std::vector<NamedAccount> accounts, std::uint64_t worlds, bool colour) {
    std::erase_if(accounts, [](const NamedAccount& account) { return account.summary.liquidated_worlds == 0; });
    if (accounts.empty()) return {};
    constexpr std::size_t most = 10;
    const std::size_t all = accounts.size();
    std::stable_sort(accounts.begin(), accounts.end(), [](const NamedAccount& x, const NamedAccount& y) {
        return x.summary.liquidated_worlds > y.summary.liquidated_worlds;
    });
    accounts.resize(std::min(all, most));
    std::string text = heading(fmt::format("  {:<34}{:>10}{:>10}{:>11}{:>11}", "accounts most often liquidated",
                                           "worlds", "times", "mean loss", "largest"),
                               colour);
    for (const NamedAccount& account : accounts) {
        const auto worlds_with = static_cast<double>(account.summary.liquidated_worlds);
        text += fmt::format("    {:<32}{:>10}{:>10}{:>11}{:>11}\n", shorten(account.label, 32),
                            percent(worlds_with / static_cast<double>(worlds)),
                            format_number(static_cast<double>(account.summary.liquidations) / worlds_with),
                            format_number(account.summary.mean_loss), format_number(account.summary.largest_loss));
    }
    return text +
           wrap_sentence(fmt::format("{} of the accounts listed were liquidated in some world; times and losses are "
                                     "those of the worlds in which they were",
                                     with_separators(all))) +
           "\n";
}

} // namespace

std::string format_number(double value) {
    if (std::isnan(value)) return "-";
    if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
    if (value == 0.0) return "0";
    double scaled = value;
    constexpr std::array<const char*, 5> suffixes{"", "k", "M", "B", "T"};
    std::size_t suffix = 0;
    // 999.95 would round to 1000: it belongs to the next unit.
    while (std::abs(scaled) >= 999.95 && suffix + 1 < suffixes.size()) {
        scaled /= 1000.0;
        ++suffix;
    }
    if (suffix == 0 && scaled == std::round(scaled)) return fmt::format("{:.0f}", scaled);
    if (std::abs(scaled) >= 999.95 || std::abs(scaled) < 1e-3) return fmt::format("{:.1e}", value);
    if (suffix == 0 && std::abs(scaled) < 1.0) return fmt::format("{:.3g}", scaled);
    const int decimals = std::abs(scaled) < 9.995 ? 2 : (std::abs(scaled) < 99.95 ? 1 : 0);
    return fmt::format("{:.{}f}{}", scaled, decimals, suffixes[suffix]);
}

std::string format_columns(const std::vector<ColumnSummary>& columns, const std::string& title, bool colour) {
    std::vector<const ColumnSummary*> high;
    std::vector<const ColumnSummary*> low;
    std::vector<std::string> zero;
    std::vector<std::string> missing;
    std::vector<std::string> empty;
    for (const ColumnSummary& column : columns) {
        if (column.count == 0) {
            empty.push_back(column.name);
        } else if (zero_everywhere(column)) {
            zero.push_back(column.name);
        } else {
            (low_is_bad(column.name) ? low : high).push_back(&column);
            if (column.missing > 0) missing.push_back(column.name + " " + with_separators(column.count));
        }
    }
    std::string text = table(high, title, {2, 3, 4}, colour);
    text += table(low, title + ", low end", {2, 1, 0}, colour);
    if (!missing.empty()) text += wrap("* worlds that have a value:", missing);
    if (!empty.empty()) text += wrap("no world has a value:", empty);
    if (!zero.empty()) text += wrap("zero in every world:", zero);
    return text;
}

std::string format_summary(const Summary& summary, bool colour) {
    const std::string worlds =
        with_separators(summary.worlds) +
        (summary.worlds < summary.worlds_requested ? " of " + with_separators(summary.worlds_requested) : "") +
        (summary.worlds_requested == 1 ? " world" : " worlds");
    const std::string title = summary.title.size() + worlds.size() + 2 > line_width
                                  ? summary.title + "\n  " + worlds
                                  : fmt::format("{}{:>{}}", summary.title, worlds, line_width - summary.title.size());
    std::string text = heading(title, colour);
    text += fmt::format("  open interest {} USD, insurance fund {} USD at the start\n\n",
                        format_number(summary.initial_open_interest), format_number(summary.initial_fund_balance));

    text += heading(
        fmt::format("  {:<{}}{:>9}{:>12}   {}", "worlds with", name_width, "worlds", "share", "95 % interval"), colour);
    for (const Share& share : summary.shares)
        text += fmt::format("  {:<{}}{:>9}{:>12}   {}\n", share.long_name, name_width, with_separators(share.count),
                            percent(share.share),
                            summary.deterministic ? "certain"
                                                  : fmt::format("{} - {}", percent(share.low), percent(share.high)));
    text += "\n";
    if (summary.deterministic) text += "  Nothing is drawn: every world is this one.\n\n";
    if (!summary.left_out.empty()) text += wrap_sentence(summary.left_out) + "\n";

    text += risk_table(summary.risks, colour);
    if (summary.contagion) text += contagion_table(*summary.contagion, colour);
    text += account_table(summary.accounts, summary.worlds, colour);
    return text + format_columns(summary.columns, "per world", colour);
}

nlohmann::ordered_json columns_json(const std::vector<ColumnSummary>& columns) {
    using nlohmann::ordered_json;
    ordered_json json = ordered_json::object();
    for (const ColumnSummary& column : columns) {
        ordered_json quantiles = ordered_json::object();
        for (std::size_t i = 0; i < summary_probabilities.size(); ++i)
            quantiles[fmt::format("{:g}", summary_probabilities[i])] = json_number(column.quantiles[i]);
        json[column.name] = ordered_json{{"units", column.units},
                                         {"comment", column.long_name},
                                         {"count", column.count},
                                         {"missing", column.missing},
                                         {"mean", json_number(column.mean)},
                                         {"standard_error", json_number(column.standard_error)},
                                         {"min", json_number(column.smallest)},
                                         {"max", json_number(column.largest)},
                                         {"quantiles", std::move(quantiles)}};
    }
    return json;
}

namespace {

nlohmann::ordered_json matrix_json(const std::vector<std::string>& assets, const std::vector<double>& matrix) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < matrix.size(); ++i)
        json[assets[i / assets.size()]][assets[i % assets.size()]] = json_number(matrix[i]);
    return json;
}

/// Mean notional: lost in the outer asset, sold of the inner.
nlohmann::ordered_json contagion_json(const ContagionSummary& contagion) {
    nlohmann::ordered_json json{{"mean", matrix_json(contagion.assets, contagion.mean)},
                                {"share", json_number(ContagionSummary::share_between_assets(contagion.mean))}};
    if (contagion.without_impact.empty()) return json;
    json["mean_without_impact"] = matrix_json(contagion.assets, contagion.without_impact);
    json["share_without_impact"] = json_number(ContagionSummary::share_between_assets(contagion.without_impact));
    return json;
}

nlohmann::ordered_json accounts_json(const std::vector<NamedAccount>& accounts) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const NamedAccount& account : accounts)
        json.push_back({{"account", account.label},
                        {"cohort", account.cohort},
                        {"liquidated_worlds", account.summary.liquidated_worlds},
                        {"liquidations", account.summary.liquidations},
                        {"deleveraged_worlds", account.summary.deleveraged_worlds},
                        {"mean_loss", json_number(account.summary.mean_loss)},
                        {"largest_loss", json_number(account.summary.largest_loss)}});
    return json;
}

} // namespace

std::string summary_json(const Summary& summary, const Provenance& from) {
    using nlohmann::ordered_json;
    ordered_json json{{"title", summary.title},
                      {"worlds", summary.worlds},
                      {"worlds_requested", summary.worlds_requested},
                      {"initial_fund_balance", json_number(summary.initial_fund_balance)},
                      {"initial_open_interest", json_number(summary.initial_open_interest)},
                      {"deterministic", summary.deterministic},
                      {"intervals_leave_out", summary.left_out},
                      {"shares", ordered_json::object()}};
    for (const Share& share : summary.shares)
        json["shares"][share.name] = ordered_json{{"worlds", share.count},
                                                  {"share", json_number(share.share)},
                                                  {"wilson_95_low", json_number(share.low)},
                                                  {"wilson_95_high", json_number(share.high)},
                                                  {"comment", share.long_name}};
    json["risk"] = ordered_json::object();
    for (const RiskMeasure& risk : summary.risks) {
        ordered_json& measure = json["risk"][risk.name];
        measure["metric"] = risk.metric;
        measure["quantiles"][fmt::format("{:g}", risk.probability)] = json_interval(risk.value);
    }
    if (summary.contagion) json["contagion"] = contagion_json(*summary.contagion);
    if (!summary.accounts.empty()) json["accounts"] = accounts_json(summary.accounts);
    json["metrics"] = columns_json(summary.columns);
    return json_text(json, from);
}

} // namespace plunge
