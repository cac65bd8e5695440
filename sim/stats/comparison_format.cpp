// Comparisons as text for a terminal and as JSON.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "sim/stats/comparison.hpp"
#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

constexpr std::size_t name_width = 25;

std::string short_name(const MetricComparison& metric) {
    const std::string name = metric.units == "1" ? metric.name : metric.name + " " + metric.units;
    return name.size() <= name_width ? name : shorten(metric.name, name_width);
}

std::string percent_of(double probability) { return fmt::format("{:g} %", 100.0 * probability); }

std::string means_table(const std::vector<const MetricComparison*>& rows, double confidence, bool colour) {
    std::string text = heading(fmt::format("  {:<{}}{:>8}{:>9}{:>9}{:>9}{:>9}{:>9}", "mean per world", name_width, "A",
                                           "B", "B - A", percent_of(confidence), "interval", "change"),
                               colour);
    for (const MetricComparison* row : rows) {
        const MeanDifference& mean = row->mean;
        text += fmt::format("  {:<{}}{:>8}{:>9}{:>9}{:>9}{:>9}{:>9}\n", short_name(*row), name_width,
                            format_number(mean.a.mean), format_number(mean.b.mean), format_number(mean.difference),
                            format_number(mean.interval.low), format_number(mean.interval.high),
                            format_change(row->relative));
    }
    return text + "\n";
}

std::string tests_table(const std::vector<const MetricComparison*>& rows, bool paired, bool colour) {
    std::string head = fmt::format("  {:<{}}{:>9}{:>9}{:>9}", "of the means", name_width, "p", "Holm p", "effect");
    if (paired) head += fmt::format("{:>9}{:>9}", "variance", "differ");
    std::string text = heading(head, colour);
    for (const MetricComparison* row : rows) {
        text += fmt::format("  {:<{}}{:>9}{:>9}{:>9}", short_name(*row), name_width,
                            format_probability(row->mean.p_value), format_probability(row->p_adjusted),
                            format_number(row->effect_size));
        if (paired)
            text += fmt::format("{:>9}{:>9}", format_number(row->variance_ratio), with_separators(row->differing));
        text += "\n";
    }
    return text + "\n";
}

std::string quantiles_of(const std::vector<const MetricComparison*>& rows, const std::array<double, 2>& probabilities,
                         bool colour) {
    if (rows.empty()) return {};
    std::string head = fmt::format("  {:<{}}", "quantiles, B - A", name_width);
    for (const double probability : probabilities)
        head += fmt::format("{:>{}}{:>9}{:>9}", percent_of(probability), head.size() > name_width + 2 ? 9 : 8,
                            "interval", "");
    while (head.ends_with(' ')) head.pop_back();
    std::string text = heading(head, colour);
    for (const MetricComparison* row : rows) {
        text += fmt::format("  {:<{}}", short_name(*row), name_width);
        for (const QuantileDifference& quantile : row->quantiles)
            text += fmt::format("{:>{}}{:>9}{:>9}", format_number(quantile.b - quantile.a),
                                &quantile == &row->quantiles.front() ? 8 : 9, format_number(quantile.interval.low),
                                format_number(quantile.interval.high));
        text += "\n";
    }
    return text + "\n";
}

// The bad end of each metric: the high one, of minima the low one.
std::string quantiles_table(const std::vector<const MetricComparison*>& rows, bool colour) {
    std::vector<const MetricComparison*> high;
    std::vector<const MetricComparison*> low;
    for (const MetricComparison* row : rows) (small_is_bad(row->name) ? low : high).push_back(row);
    return quantiles_of(high, compared_probabilities, colour) + quantiles_of(low, compared_low_probabilities, colour);
}

std::string shares_table(const std::vector<const MetricComparison*>& rows, double confidence, bool colour) {
    std::string lines;
    for (const MetricComparison* row : rows) {
        if (!row->share) continue;
        const ShareDifference& share = *row->share;
        lines += fmt::format("  {:<{}}{:>8.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9}\n", shorten(row->name, name_width),
                             name_width, 100.0 * share.a, 100.0 * share.b, 100.0 * (share.b - share.a),
                             100.0 * share.interval.low, 100.0 * share.interval.high,
                             format_probability(share.p_value));
    }
    if (lines.empty()) return {};
    return heading(fmt::format("  {:<{}}{:>8}{:>9}{:>9}{:>9}{:>9}{:>9}", "% of worlds above zero", name_width, "A", "B",
                               "B - A", percent_of(confidence), "interval", "p"),
                   colour) +
           lines + "\n";
}

std::string run_line(const char* label, const ComparedRun& run) {
    const std::string worlds =
        with_separators(run.worlds) +
        (run.worlds < run.worlds_requested ? " of " + with_separators(run.worlds_requested) + ", interrupted" : "");
    return fmt::format("  {}  {}: {}, {} worlds\n", label, run.file, run.title, worlds);
}

std::string explanation(const Comparison& comparison) {
    std::string text = comparison.paired ? "Paired: every world is compared with itself"
                                         : "Two samples: the worlds of one run have no partner in the other";
    for (std::size_t i = 0; i < comparison.reasons.size(); ++i) text += (i == 0 ? "; " : ", ") + comparison.reasons[i];
    return wrap_sentence(text + ".");
}

bool is_moved(const MetricComparison& metric, double confidence) {
    return metric.verdict == Verdict::compared && metric.p_adjusted <= 1.0 - confidence;
}

std::string with_change(const MetricComparison& metric) {
    const std::string change = std::isfinite(metric.relative) ? format_change(metric.relative)
                                                              : "from " + format_number(metric.mean.a.mean) + " to " +
                                                                    format_number(metric.mean.b.mean);
    return fmt::format("{} ({})", metric.name, change);
}

// What the columns mean, in words that a reader of the table needs.
std::string legend(const Comparison& comparison) {
    std::string text = fmt::format(
        "Intervals are at {} each ({}); p is of no difference, Holm p is adjusted for all metrics compared; effect is "
        "the difference in standard deviations of worlds.",
        percent_of(comparison.confidence), comparison.paired ? "Student's t on differences" : "Welch's t");
    if (comparison.paired)
        text += " Variance: of the difference, over that of runs with paths of their own. Differ: worlds that do.";
    return wrap_sentence(text + " Quantiles: order statistics, combined by Zou (2007).");
}

std::string verdict_name(Verdict verdict) {
    switch (verdict) {
    case Verdict::compared:
        return "compared";
    case Verdict::same:
        return "same";
    case Verdict::rounding:
        return "rounding";
    case Verdict::no_values:
        return "no_values";
    }
    return {};
}

// The losses first, and what comes before them in time.
std::vector<const MetricComparison*> moved_metrics(const Comparison& comparison) {
    constexpr std::array<std::string_view, 7> main{"uncovered", "socialized_loss",     "adl_notional", "fund_used",
                                                   "shortfall", "liquidated_notional", "margin_calls"};
    const auto place = [&](const MetricComparison* metric) {
        return std::find(main.begin(), main.end(), metric->name) - main.begin();
    };
    std::vector<const MetricComparison*> moved;
    for (const MetricComparison& metric : comparison.metrics)
        if (is_moved(metric, comparison.confidence)) moved.push_back(&metric);
    std::stable_sort(moved.begin(), moved.end(),
                     [&](const MetricComparison* x, const MetricComparison* y) { return place(x) < place(y); });
    return moved;
}

std::string comparison_sentence(const Comparison& comparison) {
    const std::vector<const MetricComparison*> moved = moved_metrics(comparison);
    const auto same = std::count_if(comparison.metrics.begin(), comparison.metrics.end(), [](const auto& metric) {
        return metric.verdict == Verdict::same || metric.verdict == Verdict::rounding;
    });
    const std::string level = fmt::format("Holm-adjusted p <= {:g}", 1.0 - comparison.confidence);
    const auto metrics = static_cast<std::size_t>( // that have values to compare
        std::count_if(comparison.metrics.begin(), comparison.metrics.end(),
                      [](const auto& metric) { return metric.verdict != Verdict::no_values; }));
    if (moved.empty())
        return same == static_cast<std::ptrdiff_t>(metrics)
                   ? fmt::format("Nothing differs: all {} metrics are the same.", metrics)
                   : fmt::format("No mean of {} metrics differs from A to B by more than chance ({}); {} are the same "
                                 "in every world.",
                                 metrics, level, same);
    constexpr std::size_t most = 4;
    std::vector<std::string> up;
    std::vector<std::string> down;
    for (std::size_t i = 0; i < std::min(most, moved.size()); ++i)
        (moved[i]->mean.difference > 0.0 ? up : down).push_back(with_change(*moved[i]));
    std::string text = "B has ";
    if (!up.empty()) text += fmt::format("more {}", fmt::join(up, ", "));
    if (!down.empty()) text += fmt::format("{}less {}", up.empty() ? "" : ", and ", fmt::join(down, ", "));
    text += moved.size() > most ? fmt::format("; with these {} of {} metrics differ", moved.size(), metrics)
                                : fmt::format("; the other {} metrics do not differ", metrics - moved.size());
    return text + fmt::format(" ({}).", level);
}

nlohmann::ordered_json run_json(const ComparedRun& run) {
    nlohmann::ordered_json json{{"file", run.file},
                                {"title", run.title},
                                {"worlds", run.worlds},
                                {"worlds_requested", run.worlds_requested},
                                {"antithetic", run.dependence == Dependence::pairs},
                                {"paths", run.dependence == Dependence::replications ? "sobol" : "pseudo"}};
    json.update(provenance_json(run.provenance));
    return json;
}

nlohmann::ordered_json metric_json(const MetricComparison& metric, bool paired) {
    nlohmann::ordered_json json{{"units", metric.units},
                                {"comment", metric.long_name},
                                {"verdict", verdict_name(metric.verdict)},
                                {"worlds_a", metric.worlds_a},
                                {"worlds_b", metric.worlds_b},
                                {"mean_a", json_number(metric.mean.a.mean)},
                                {"mean_b", json_number(metric.mean.b.mean)},
                                {"difference", json_number(metric.mean.difference)},
                                {"standard_error", json_number(metric.mean.standard_error)},
                                {"low", json_number(metric.mean.interval.low)},
                                {"high", json_number(metric.mean.interval.high)},
                                {"relative", json_number(metric.relative)},
                                {"effect_size", json_number(metric.effect_size)},
                                {"degrees_of_freedom", json_number(metric.mean.degrees_of_freedom)},
                                {"p_value", json_number(metric.mean.p_value)},
                                {"p_adjusted", json_number(metric.p_adjusted)}};
    if (paired) {
        json["differing_worlds"] = metric.differing;
        json["variance_ratio"] = json_number(metric.variance_ratio);
    }
    json["share"] = nullptr;
    if (metric.share)
        json["share"] = {{"a", metric.share->a},
                         {"b", metric.share->b},
                         {"difference", metric.share->b - metric.share->a},
                         {"low", json_number(metric.share->interval.low)},
                         {"high", json_number(metric.share->interval.high)},
                         {"p_value", json_number(metric.share->p_value)}};
    json["quantiles"] = nlohmann::ordered_json::object();
    for (const QuantileDifference& quantile : metric.quantiles)
        json["quantiles"][fmt::format("{:g}", quantile.probability)] = {
            {"a", json_number(quantile.a)},
            {"b", json_number(quantile.b)},
            {"difference", json_number(quantile.b - quantile.a)},
            {"low", json_number(quantile.interval.low)},
            {"high", json_number(quantile.interval.high)}};
    return json;
}

} // namespace

std::string format_comparison(const Comparison& comparison, const ComparedRun& a, const ComparedRun& b, bool colour) {
    std::string text = heading("B minus A", colour) + run_line("A", a) + run_line("B", b) +
                       wrap_sentence(comparison_sentence(comparison)) + explanation(comparison) + "\n";
    std::vector<const MetricComparison*> rows;
    const auto names_of = [&](const std::function<bool(const MetricComparison&)>& belongs) {
        std::vector<std::string> names;
        for (const MetricComparison& metric : comparison.metrics)
            if (belongs(metric)) names.push_back(metric.name);
        return names;
    };
    for (const MetricComparison& metric : comparison.metrics)
        if (metric.verdict == Verdict::compared) rows.push_back(&metric);
    if (!rows.empty()) {
        text += means_table(rows, comparison.confidence, colour) + tests_table(rows, comparison.paired, colour) +
                shares_table(rows, comparison.confidence, colour) + quantiles_table(rows, colour) + legend(comparison);
    }
    const auto add_names = [&](const std::string& label, const std::vector<std::string>& names) {
        if (!names.empty()) text += wrap(label, names);
    };
    std::vector<std::string> incomplete;
    for (const MetricComparison* row : rows) {
        if (row->worlds_a == comparison.worlds_a && row->worlds_b == comparison.worlds_b) continue;
        incomplete.push_back(comparison.paired ? row->name + " " + with_separators(row->worlds_a)
                                               : fmt::format("{} {} and {}", row->name, with_separators(row->worlds_a),
                                                             with_separators(row->worlds_b)));
    }
    add_names(comparison.paired ? "worlds with a value in both:" : "worlds with a value, A and B:", incomplete);
    const auto with_verdict = [&](Verdict verdict) {
        return names_of([verdict](const MetricComparison& metric) { return metric.verdict == verdict; });
    };
    add_names(comparison.paired ? "the same in every world:" : "one and the same value in all worlds:",
              with_verdict(Verdict::same));
    add_names("the same but for rounding:", with_verdict(Verdict::rounding));
    add_names("too few worlds with a value:", with_verdict(Verdict::no_values));
    add_names("only in A:", comparison.only_in_a);
    add_names("only in B:", comparison.only_in_b);
    return text;
}

std::string comparison_json(const Comparison& comparison, const ComparedRun& a, const ComparedRun& b) {
    nlohmann::ordered_json json{{"a", run_json(a)},
                                {"b", run_json(b)},
                                {"mode", comparison.paired ? "paired" : "two_sample"},
                                {"in_words", comparison_sentence(comparison)},
                                {"reasons", comparison.reasons},
                                {"confidence", comparison.confidence},
                                {"worlds_a", comparison.worlds_a},
                                {"worlds_b", comparison.worlds_b},
                                {"multiplicity", "holm"},
                                {"only_in_a", comparison.only_in_a},
                                {"only_in_b", comparison.only_in_b},
                                {"metrics", nlohmann::ordered_json::object()}};
    for (const MetricComparison& metric : comparison.metrics)
        json["metrics"][metric.name] = metric_json(metric, comparison.paired);
    return json_text(json);
}

} // namespace plunge
