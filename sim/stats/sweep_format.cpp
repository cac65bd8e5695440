// Sweeps as text for a terminal and as JSON.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "sim/scenario/factor.hpp"
#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/sweep_summary.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

constexpr std::size_t most_lines = 120; // of points; more are read from the file
constexpr std::size_t value_width = 9;
constexpr std::size_t error_width = 8;
constexpr std::size_t name_width = 25;

bool is_main(std::string_view name) {
    constexpr std::array<std::string_view, 9> names{"liquidated_notional", "shortfall",       "fund_used",
                                                    "adl_notional",        "socialized_loss", "uncovered",
                                                    "adl_notional.share",  "uncovered.share", "shortfall.q99"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool zero_everywhere(const SweepMetric& metric) {
    return metric.base.mean == 0.0 && std::all_of(metric.points.begin(), metric.points.end(),
                                                  [](const PointEstimate& point) { return point.mean == 0.0; });
}

std::string with_units(const SweepMetric& metric) {
    return metric.units == "1" ? metric.name : metric.name + " " + metric.units;
}

// A column per factor, as wide as its values.
class FactorColumns {
  public:
    explicit FactorColumns(const SweepText& text) : text_{text} {
        for (std::size_t f = 0; f < text.factors.size(); ++f) {
            std::size_t width = std::max<std::size_t>(text.factors[f].size(), 4);
            for (const auto& values : text.values) width = std::max(width, shown(values[f]).size());
            widths_.push_back(std::min<std::size_t>(width, most));
        }
        constexpr std::size_t title = 14; // "point - base" stands above them
        if (width() < title) widths_.back() += title - width();
    }

    std::size_t width() const {
        std::size_t sum = 0;
        for (const std::size_t width : widths_) sum += width + 2;
        return sum;
    }

    std::string head() const { return line(text_.factors); }
    std::string base() const { return line(std::vector<std::string>(text_.factors.size())); }
    std::string point(std::size_t point) const { return line(text_.values[point]); }

  private:
    static constexpr std::size_t most = 24;

    // Numbers in few digits; what the scenario has is a dot.
    static std::string shown(const std::string& value) {
        if (value.empty()) return ".";
        constexpr std::size_t long_number = 8;
        const double number = number_of(value);
        return std::isfinite(number) && value.size() > long_number ? fmt::format("{:.5g}", number) : value;
    }

    std::string line(const std::vector<std::string>& cells) const {
        std::string text;
        for (std::size_t f = 0; f < cells.size(); ++f) {
            std::string cell = shown(cells[f]);
            if (cell.size() > widths_[f]) cell = shorten(cell, widths_[f]);
            text += fmt::format("  {:<{}}", cell, widths_[f]);
        }
        return text;
    }

    const SweepText& text_;
    std::vector<std::size_t> widths_;
};

// Lines of points, with as many metrics beside one another as fit. \param cell  value and error of (metric, point).
template <class Cell, class BaseCell>
std::string points_tables(const SweepText& text, const std::vector<const SweepMetric*>& metrics, std::string_view title,
                          std::string_view value_name, const Cell& cell, const BaseCell& base_cell, bool colour) {
    const FactorColumns factors(text);
    constexpr std::size_t widest = name_width + 2;
    const std::size_t room = factors.width() + widest < line_width ? line_width - factors.width() : widest;
    std::string result;
    for (std::size_t first = 0; first < metrics.size();) {
        std::vector<const SweepMetric*> block;
        std::vector<std::size_t> widths;
        std::size_t used = 0;
        for (std::size_t m = first; m < metrics.size(); ++m) {
            const std::size_t width = std::max(with_units(*metrics[m]).size() + 2, value_width + error_width + 2);
            if (!block.empty() && used + width > room) break;
            block.push_back(metrics[m]);
            widths.push_back(width);
            used += width;
        }
        first += block.size();
        std::string names = fmt::format("  {:<{}}", title, factors.width() - 2);
        std::string kinds = factors.head();
        for (std::size_t m = 0; m < block.size(); ++m) {
            names += fmt::format("{:>{}}", with_units(*block[m]), widths[m]);
            kinds += fmt::format("{:>{}}{:>{}}", value_name, widths[m] - error_width, "s.e.", error_width);
        }
        result += heading(names, colour) + heading(kinds, colour);
        const auto add_line = [&](std::string line, const auto& values_of) {
            for (std::size_t m = 0; m < block.size(); ++m) {
                const auto [value, error] = values_of(*block[m]);
                line += fmt::format("{:>{}}{:>{}}", format_number(value), widths[m] - error_width, format_number(error),
                                    error_width);
            }
            result += line + "\n";
        };
        base_cell(factors.base(), add_line);
        for (std::size_t point = 0; point < text.values.size(); ++point)
            add_line(factors.point(point), [&](const SweepMetric& metric) { return cell(metric.points[point]); });
        result += "\n";
    }
    return result;
}

struct ValueAndError {
    double value;
    double error;
};

std::string indices_table(const SweepText& text, const std::vector<const SweepMetric*>& metrics, double confidence,
                          bool colour) {
    std::string result;
    for (const SweepMetric* metric : metrics) {
        result += heading(fmt::format("  {:<{}}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}", shorten(metric->name, name_width),
                                      name_width, "first", fmt::format("{:g} %", 100.0 * confidence), "interval",
                                      "total", fmt::format("{:g} %", 100.0 * confidence), "interval"),
                          colour);
        for (std::size_t f = 0; f < text.factors.size(); ++f) {
            const SobolIndex& index = metric->indices[f];
            result += fmt::format("  {:<{}}", shorten(text.factors[f], name_width), name_width);
            for (const IntervalEstimate* estimate : {&index.first_order, &index.total})
                result += std::isnan(estimate->point)
                              ? fmt::format("{:>9}{:>9}{:>9}", "-", "-", "-")
                              : fmt::format("{:>9.3f}{:>9.3f}{:>9.3f}", estimate->point, estimate->low, estimate->high);
            result += "\n";
        }
        result += "\n";
    }
    return result;
}

std::string pairing(std::size_t paired, std::size_t points) {
    if (paired == points) return "All have the same index paths: differences are of each world with itself.";
    if (paired == 0) return "No point has the base's index paths: differences are of two samples.";
    return fmt::format("{} points have the base's index paths, their differences are of each world with itself; those "
                       "of the others are of two samples.",
                       with_separators(paired));
}

nlohmann::ordered_json factor_values(const SweepText& text, std::size_t point) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (std::size_t f = 0; f < text.factors.size(); ++f) {
        const std::string& value = text.values[point][f];
        const double number = number_of(value);
        if (value.empty())
            json[text.factors[f]] = nullptr;
        else if (std::isfinite(number))
            json[text.factors[f]] = number;
        else
            json[text.factors[f]] = value;
    }
    return json;
}

nlohmann::ordered_json index_json(const IntervalEstimate& estimate) {
    return {{"point", json_number(estimate.point)},
            {"low", json_number(estimate.low)},
            {"high", json_number(estimate.high)}};
}

} // namespace

std::string format_sweep(const SweepText& text, const std::vector<SweepMetric>& metrics, const SweepSettings& settings,
                         bool colour) {
    std::vector<const SweepMetric*> rows;
    std::vector<std::string> zero;
    for (const SweepMetric& metric : metrics) {
        if (!text.metrics_chosen && !is_main(metric.name)) continue;
        if (zero_everywhere(metric))
            zero.push_back(metric.name);
        else
            rows.push_back(&metric);
    }
    const std::size_t points = text.values.size();
    const auto paired = static_cast<std::size_t>(std::count(text.paired.begin(), text.paired.end(), true));
    std::string result = heading(text.title, colour);
    result += wrap_sentence(fmt::format("{}: {} points and the scenario itself (base), {} worlds each, seed {}.",
                                        text.sample, with_separators(points), with_separators(settings.worlds),
                                        text.seed));
    result += wrap_sentence(pairing(paired, points));
    if (!text.left_out.empty()) result += wrap_sentence(text.left_out);
    result += "\n";
    if (settings.saltelli_factors > 0) {
        result += indices_table(text, rows, settings.confidence, colour);
        result += wrap_sentence("First: share of the variance over points that a factor explains alone; total: with "
                                "its interactions. Intervals: bootstrap over the rows of the design. They are "
                                "of the means over these worlds, and say nothing of what other worlds would give.") +
                  "\n";
    }
    if (points <= most_lines) {
        result += points_tables(
            text, rows, "per world", "value",
            [](const PointEstimate& p) {
                return ValueAndError{p.mean, p.standard_error};
            },
            [](std::string base, const auto& add_line) {
                base.replace(0, 6, "  base");
                add_line(base, [](const SweepMetric& m) { return ValueAndError{m.base.mean, m.base.standard_error}; });
            },
            colour);
        result += points_tables(
            text, rows, "point - base", "difference",
            [](const PointEstimate& p) {
                return ValueAndError{p.difference, p.difference_standard_error};
            },
            [](const std::string& /*base*/, const auto& /*add_line*/) {}, colour);
    } else {
        result += wrap_sentence(
                      fmt::format("The {} points are in the file; --json prints them.", with_separators(points))) +
                  "\n";
    }
    if (!zero.empty()) result += wrap("zero at every point:", zero);
    while (result.ends_with("\n\n")) result.pop_back();
    return result;
}

std::string sweep_json(const SweepText& text, const std::vector<SweepMetric>& metrics, const SweepSettings& settings,
                       const Provenance& from) {
    using nlohmann::ordered_json;
    ordered_json json{{"title", text.title},
                      {"sample", text.sample},
                      {"seed", text.seed},
                      {"intervals_leave_out", text.left_out},
                      {"worlds", settings.worlds},
                      {"antithetic", settings.dependence == Dependence::pairs},
                      {"quasi_random", settings.dependence == Dependence::replications},
                      {"confidence", settings.confidence},
                      {"factors", ordered_json::array()},
                      {"base", ordered_json::object()},
                      {"points", ordered_json::array()}};
    for (std::size_t f = 0; f < text.factors.size(); ++f)
        json["factors"].push_back({{"name", text.factors[f]}, {"keys", text.keys[f]}});
    for (const SweepMetric& metric : metrics)
        json["base"][metric.name] = {{"units", metric.units},
                                     {"comment", metric.long_name},
                                     {"count", metric.base_count},
                                     {"mean", json_number(metric.base.mean)},
                                     {"standard_error", json_number(metric.base.standard_error)}};
    for (std::size_t point = 0; point < text.values.size(); ++point) {
        ordered_json row{{"values", factor_values(text, point)},
                         {"paired", static_cast<bool>(text.paired[point])},
                         {"metrics", ordered_json::object()}};
        for (const SweepMetric& metric : metrics) {
            const PointEstimate& here = metric.points[point];
            row["metrics"][metric.name] = {{"count", here.count},
                                           {"mean", json_number(here.mean)},
                                           {"standard_error", json_number(here.standard_error)},
                                           {"difference", json_number(here.difference)},
                                           {"difference_standard_error", json_number(here.difference_standard_error)},
                                           {"difference_low", json_number(here.difference_interval.low)},
                                           {"difference_high", json_number(here.difference_interval.high)}};
        }
        json["points"].push_back(std::move(row));
    }
    if (settings.saltelli_factors == 0) return json_text(json, from);
    json["indices"] = ordered_json::object();
    for (const SweepMetric& metric : metrics)
        for (std::size_t f = 0; f < text.factors.size(); ++f)
            json["indices"][metric.name][text.factors[f]] = {{"first_order", index_json(metric.indices[f].first_order)},
                                                             {"total", index_json(metric.indices[f].total)}};
    return json_text(json, from);
}

} // namespace plunge
