#include "sim/scenario/checks.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "sim/scenario/durations.hpp"

namespace plunge {
namespace {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

bool check_min_below_max(ReadContext& context, const Node& table, const std::string& path, double min, double max) {
    if (min < max) return true;
    context.error(node_or_table(table, "max"), join_path(path, "max"),
                  fmt::format("must be above min = {}", number_text(min)));
    return false;
}

// Bounds redraw: where hardly any draw falls between them, drawing would not end.
bool check_bounds_keep(ReadContext& context, const Node& table, const std::string& path, double kept) {
    constexpr double smallest_share = 1e-3;
    if (kept >= smallest_share) return true;
    context.error(table, path,
                  fmt::format("min and max keep {} of the draws, less than {}", number_text(kept), smallest_share),
                  "draws outside the bounds are drawn again: widen them, or move the distribution");
    return false;
}

} // namespace

bool is_identifier(std::string_view text, std::string_view also) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               also.find(c) != std::string_view::npos;
    });
}

bool is_one_line(std::string_view text) {
    return text.find_first_not_of(' ') != std::string_view::npos && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           });
}

bool check(ReadContext& context, const Node& table, const std::string& path, const ScenarioHeader& header) {
    if (is_one_line(header.name)) return true;
    context.error(node_or_table(table, "name"), join_path(path, "name"), "must be one line of text");
    return false;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const RunSettings& run) {
    constexpr double max_steps = 2147483647.0; // steps are counted in 32 bits
    const double steps = run.horizon_seconds / run.step_seconds;
    const Node& horizon = node_or_table(table, "horizon");
    const std::string key = join_path(path, "horizon");
    const std::string step = format_duration(run.step_seconds);
    const double whole = std::round(steps);
    if (steps < 1.0 - 1e-9) {
        context.error(
            node_or_table(table, "step"), join_path(path, "step"),
            fmt::format("the step {} is longer than the horizon {}", step, format_duration(run.horizon_seconds)));
        return false;
    }
    if (whole > max_steps) {
        context.error(horizon, key, fmt::format("{:.3g} steps of {}: at most {:.0f}", whole, step, max_steps));
        return false;
    }
    if (std::fabs(steps - whole) > 1e-9 * whole) {
        context.error(horizon, key, fmt::format("must be a whole number of steps of {}", step),
                      fmt::format("nearest: \"{}\"", format_duration(whole * run.step_seconds)));
        return false;
    }
    if (run.antithetic && run.paths == PathSampling::sobol) {
        context.error(node_or_table(table, "paths"), join_path(path, "paths"),
                      "quasi-random worlds do not come in antithetic pairs: they spread evenly over both signs already",
                      "leave out antithetic, or use paths = \"pseudo\"");
        return false;
    }
    return true;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const RecordSettings& record) {
    bool good = true;
    for (std::size_t i = 1; i < record.quantiles.size(); ++i) {
        if (record.quantiles[i] > record.quantiles[i - 1]) continue;
        context.error(table.find("quantiles")->items[i], fmt::format("{}[{}]", join_path(path, "quantiles"), i),
                      "quantiles must ascend");
        good = false;
    }
    for (std::size_t i = 0; i < record.traces.size(); ++i) {
        const auto begin = record.traces.begin();
        const auto here = begin + static_cast<std::ptrdiff_t>(i);
        if (std::find(begin, here, *here) == here) continue;
        context.error(table.find("traces")->items[i], fmt::format("{}[{}]", join_path(path, "traces"), i),
                      "this world is named twice");
        good = false;
    }
    return good;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const Shock& shock) {
    const bool simple = table.find("return") != nullptr;
    const bool log = table.find("log_return") != nullptr;
    if (simple != log) return true;
    if (simple) {
        context.error(node_or_table(table, "log_return"), join_path(path, "log_return"),
                      "give return or log_return, not both");
    } else {
        context.missing(table, path, "return", "the move, as { BTC = -0.13 }; or log_return");
    }
    static_cast<void>(shock);
    return false;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const UniformDistribution& d) {
    return check_min_below_max(context, table, path, d.min, d.max);
}

bool check(ReadContext& context, const Node& table, const std::string& path, const LogUniformDistribution& d) {
    return check_min_below_max(context, table, path, d.min, d.max);
}

bool check(ReadContext& context, const Node& table, const std::string& path, const NormalDistribution& d) {
    if (!check_min_below_max(context, table, path, d.min, d.max)) return false;
    const auto below = [&](double x) {
        if (d.stddev == 0.0) return x >= d.mean ? 1.0 : 0.0;
        return normal_cdf((x - d.mean) / d.stddev);
    };
    return check_bounds_keep(context, table, path,
                             below(d.max) - (d.stddev == 0.0 && d.min == d.mean ? 0.0 : below(d.min)));
}

bool check(ReadContext& context, const Node& table, const std::string& path, const LogNormalDistribution& d) {
    if (!check_min_below_max(context, table, path, d.min, d.max)) return false;
    const auto below = [&](double x) {
        if (d.sigma == 0.0) return x >= d.median ? 1.0 : 0.0;
        return normal_cdf(std::log(x / d.median) / d.sigma);
    };
    return check_bounds_keep(context, table, path,
                             below(d.max) - (d.sigma == 0.0 && d.min == d.median ? 0.0 : below(d.min)));
}

bool check(ReadContext& context, const Node& table, const std::string& path, const ParetoDistribution& d) {
    if (!check_min_below_max(context, table, path, d.min, d.max)) return false;
    return check_bounds_keep(context, table, path, 1.0 - std::pow(d.min / d.max, d.alpha));
}

} // namespace plunge
