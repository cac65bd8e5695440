// Checks as text for a terminal, as JSON and as JUnit XML.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "sim/stats/json.hpp"
#include "sim/stats/regression.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

constexpr std::size_t name_width = 28;

std::string errors_text(double standard_errors) {
    if (std::isnan(standard_errors)) return "-";
    return std::isinf(standard_errors) ? "inf" : fmt::format("{:+.1f}", standard_errors);
}

std::string statistic_line(const StatisticCheck& statistic) {
    return fmt::format("{:<{}}{:>9}{:>9}{:>9}{:>10}{:>7}{:>7}", shorten(statistic.metric, name_width - 1),
                       name_width - 1, statistic.statistic, format_number(statistic.baseline),
                       format_number(statistic.now), format_change(statistic.relative),
                       errors_text(statistic.standard_errors), format_probability(statistic.p_adjusted));
}

std::string statistics_table(const std::string& title, const std::vector<const StatisticCheck*>& rows, bool colour) {
    if (rows.empty()) return {};
    std::string text = heading(fmt::format("  {:<{}}{:>9}{:>9}{:>9}{:>10}{:>7}{:>7}", title, name_width - 1,
                                           "statistic", "baseline", "now", "shift", "s.e.", "Holm p"),
                               colour);
    for (const StatisticCheck* row : rows) text += "  " + statistic_line(*row) + "\n";
    return text + "\n";
}

/// The statistics that moved; where none did, those that came closest to it.
std::string statistics_text(const CheckReport& report, bool colour) {
    constexpr std::size_t most_moved = 40;
    constexpr std::size_t most_close = 5;
    std::vector<const StatisticCheck*> rows;
    for (const StatisticCheck& statistic : report.statistics)
        if (statistic.moved) rows.push_back(&statistic);
    if (!rows.empty()) {
        const std::size_t more = rows.size() > most_moved ? rows.size() - most_moved : 0;
        rows.resize(rows.size() - more);
        return statistics_table("moved", rows, colour) +
               (more > 0 ? fmt::format("  ... and {} more statistics (--json has them all)\n\n", more) : "");
    }
    for (const StatisticCheck& statistic : report.statistics)
        if (statistic.p_value < 1.0) rows.push_back(&statistic);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const StatisticCheck* x, const StatisticCheck* y) { return x->p_value < y->p_value; });
    rows.resize(std::min(rows.size(), most_close));
    return statistics_table("nothing moved; closest", rows, colour);
}

std::string closing_line(const CheckReport& report) {
    const std::vector<std::string> moved = report.moved();
    std::string names;
    constexpr std::size_t most = 6;
    for (std::size_t i = 0; i < std::min(moved.size(), most); ++i) names += (i == 0 ? "" : ", ") + moved[i];
    if (moved.size() > most) names += fmt::format(" and {} more", moved.size() - most);
    switch (report.mode) {
    case CheckMode::same_results:
        return "check: passed: the results are the baseline's, bit for bit";
    case CheckMode::same_program:
        return "check: failed: results changed though nothing should have" +
               (names.empty() ? ", in single worlds, venues or cohorts: all statistics are equal" : ": " + names);
    case CheckMode::statistical:
        break;
    }
    const std::string scale = fmt::format("{} statistics of {} metrics at family error {:g}", report.statistics.size(),
                                          report.metrics.size(), report.family_error);
    return moved.empty() ? "check: passed: none moved of " + scale
                         : fmt::format("check: failed: {} moved: {} ({})", moved.size(), names, scale);
}

const char* mode_name(CheckMode mode) {
    switch (mode) {
    case CheckMode::same_results:
        return "same_results";
    case CheckMode::same_program:
        return "same_program";
    case CheckMode::statistical:
        return "statistical";
    }
    return "";
}

/// Text as XML content or attribute; characters that XML 1.0 has no way to write become '?'.
std::string xml_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\n':
            out += "&#10;";
            break;
        default:
            out += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c;
        }
    }
    return out;
}

nlohmann::ordered_json identity_json(const RunIdentity& run) {
    return {{"title", run.title},
            {"plunge_version", run.plunge_version},
            {"git_commit", run.git_commit},
            {"created", run.created},
            {"seed", run.seed},
            {"worlds", run.worlds},
            {"antithetic", run.dependence == Dependence::pairs},
            {"paths", run.dependence == Dependence::replications ? "sobol" : "pseudo"},
            {"scenario_sha256", run.scenario_sha256},
            {"results_sha256", run.results_sha256}};
}

} // namespace

std::string format_power(const CheckReport& report, std::uint64_t worlds, bool colour) {
    if (report.power.empty()) return {};
    std::string text = heading(fmt::format("  {:<{}}{:>9}{:>18}",
                                           fmt::format("seen with {:g} % power", 100 * check_power), name_width + 6,
                                           "shift", fmt::format("worlds for {:g} %", 100 * wanted_shift)),
                               colour);
    for (const PowerRow& row : report.power) {
        const bool certain = row.relative_error == 0.0; // no world differs, or all by the same
        const std::string shift = certain ? "any" : fmt::format("{:.3g} %", 100.0 * row.detectable);
        const bool finite = row.worlds_needed < 1e18;
        const std::string needed = certain  ? "any"
                                   : finite ? with_separators(static_cast<std::uint64_t>(row.worlds_needed))
                                            : "-";
        text += fmt::format("  {:<{}}{:>9}{:>18}\n", row.metric, name_width + 6, shift, needed);
    }
    const std::string how = report.paired ? "as the same worlds differ now" : "between runs of different worlds";
    return text +
           wrap_sentence(fmt::format("Of the means, {}, at {} worlds and family error {:g} over {} statistics.", how,
                                     with_separators(worlds), report.family_error, report.statistics.size())) +
           "\n";
}

std::string format_check(const CheckReport& report, const Baseline& baseline, const CheckNote& note, bool colour) {
    std::string text = heading(fmt::format("{} against {}", note.result_path, note.baseline_path), colour);
    const auto line = [](const char* label, const RunIdentity& run) {
        return fmt::format("  {:<9} {} worlds, seed {}, plunge {} ({:.12}), {:.10}\n", label,
                           with_separators(run.worlds), run.seed, run.plunge_version, run.git_commit, run.created);
    };
    text += line("baseline", baseline.run) + line("now", note.run) + wrap_sentence(note.relation) + "\n";
    if (report.mode != CheckMode::same_results) text += statistics_text(report, colour);
    text += format_power(report, note.run.worlds, colour);
    if (!report.missing.empty()) text += wrap("of the baseline, but not in the result:", report.missing);
    if (!report.added.empty()) text += wrap("not in the baseline (--update adds them):", report.added);
    return text + closing_line(report) + "\n";
}

std::string check_json(const CheckReport& report, const Baseline& baseline, const CheckNote& note) {
    using nlohmann::ordered_json;
    ordered_json json{{"passed", report.passed()},
                      {"mode", mode_name(report.mode)},
                      {"relation", note.relation},
                      {"result", note.result_path},
                      {"baseline", note.baseline_path},
                      {"run", identity_json(note.run)},
                      {"baseline_run", identity_json(baseline.run)},
                      {"paired", report.paired},
                      {"family_error", report.family_error},
                      {"multiplicity", "holm"},
                      {"moved", report.moved()},
                      {"missing", report.missing},
                      {"added", report.added},
                      {"statistics", ordered_json::array()},
                      {"power", ordered_json::object()}};
    for (const StatisticCheck& statistic : report.statistics)
        json["statistics"].push_back(ordered_json{{"metric", statistic.metric},
                                                  {"statistic", statistic.statistic},
                                                  {"baseline", json_number(statistic.baseline)},
                                                  {"now", json_number(statistic.now)},
                                                  {"relative", json_number(statistic.relative)},
                                                  {"standard_errors", json_number(statistic.standard_errors)},
                                                  {"p_value", json_number(statistic.p_value)},
                                                  {"p_adjusted", json_number(statistic.p_adjusted)},
                                                  {"moved", statistic.moved}});
    for (const PowerRow& row : report.power)
        json["power"][row.metric] = ordered_json{{"relative_error", json_number(row.relative_error)},
                                                 {"tolerance", row.tolerance},
                                                 {"detectable_shift", json_number(row.detectable)},
                                                 {"worlds_for_2_percent", json_number(row.worlds_needed)}};
    return json_text(json);
}

std::string check_junit(const CheckReport& report, const Baseline& baseline, const CheckNote& note) {
    struct Case {
        std::string name;
        std::string failure; ///< empty: passed
        std::string details;
    };
    std::vector<Case> cases;
    if (report.mode == CheckMode::same_program)
        cases.push_back({"results_sha256", closing_line(report), note.relation});
    for (const std::string& metric : report.metrics) {
        Case& one = cases.emplace_back(Case{metric, "", ""});
        for (const StatisticCheck& statistic : report.statistics) {
            if (statistic.metric != metric || !statistic.moved) continue;
            if (one.failure.empty())
                one.failure = fmt::format("{} moved by {} ({} standard errors)", statistic.statistic,
                                          format_change(statistic.relative), errors_text(statistic.standard_errors));
            one.details += statistic_line(statistic) + "\n";
        }
    }
    for (const std::string& metric : report.missing)
        cases.push_back({metric, "of the baseline, but not in the result", note.relation});
    const auto failures = std::count_if(cases.begin(), cases.end(),
                                        [](const Case& one) { return !one.failure.empty(); });
    const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\"", cases.size(), failures);
    std::string text = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n"
                                   "  <testsuite name=\"plunge check: {1}\" {0} skipped=\"0\" time=\"0\">\n",
                                   counts, xml_text(note.baseline_path));
    const std::string group = xml_text(baseline.run.title);
    for (const Case& one : cases) {
        text += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", group, xml_text(one.name));
        text += one.failure.empty() ? "/>\n"
                                    : fmt::format(">\n      <failure type=\"moved\" message=\"{}\">{}</failure>\n"
                                                  "    </testcase>\n",
                                                  xml_text(one.failure), xml_text(one.details));
    }
    return text + "  </testsuite>\n</testsuites>\n";
}

} // namespace plunge
