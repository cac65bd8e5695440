#include "sim/scenario/checks.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "models/price/correlation.hpp"
#include "sim/scenario/durations.hpp"

namespace plunge {
namespace {

// The same tolerance as the diffusion's, so that what is accepted here is accepted there.
constexpr double definiteness_tolerance = -1e-10;

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

bool check_definite(ReadContext& context, const Node& table, const std::string& path, const SquareMatrix& correlation,
                    const std::string& hint) {
    const double lowest = smallest_eigenvalue(correlation);
    if (lowest >= definiteness_tolerance) return true;
    context.error(node_or_table(table, "correlation"), join_path(path, "correlation"),
                  fmt::format("not positive semi-definite: the smallest eigenvalue is {:.6g}", lowest), hint);
    return false;
}

bool check_loadings(ReadContext& context, const Node& table, const std::string& path, const DependenceParams& params) {
    const Node& node = node_or_table(table, "loadings");
    const std::string key = join_path(path, "loadings");
    const std::size_t n = context.symbols.size();
    if (n > 0 && params.loadings.size() != n) {
        context.error(node, key,
                      fmt::format("{} for {} ({})", counted(params.loadings.size(), "row"), counted(n, "asset"),
                                  joined(context.symbols)));
        return false;
    }
    bool good = true;
    for (std::size_t a = 0; a < params.loadings.size(); ++a) {
        const auto& row = params.loadings[a];
        const std::string row_key = fmt::format("{}[{}]", key, a);
        if (row.size() != params.loadings.front().size()) {
            context.error(node.items[a], row_key, "every row must have the same number of factors");
            good = false;
            continue;
        }
        double squares = 0.0;
        for (const double loading : row) squares += loading * loading;
        constexpr double rounding = 1e-12;
        if (squares <= 1.0 + rounding) continue;
        context.error(node.items[a], row_key,
                      fmt::format("the squares of a row sum to {:.10g}: at most 1 is possible", squares));
        good = false;
    }
    return good;
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

const Node& node_or_table(const Node& table, std::string_view key) {
    const Node* node = table.find(key);
    return node != nullptr ? *node : table;
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

bool check(ReadContext& context, const Node& table, const std::string& path, const JumpParams& jumps) {
    const auto& rate = jumps.rate.values;
    if (!jumps.common || std::adjacent_find(rate.begin(), rate.end(), std::not_equal_to<>()) == rate.end()) return true;
    context.error(node_or_table(table, "rate"), join_path(path, "rate"), "a common component has one rate",
                  "give one number, or set common = false for arrivals of each asset's own");
    return false;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const DependenceParams& params) {
    const Node* correlation = table.find("correlation");
    const Node* loadings = table.find("loadings");
    if (correlation != nullptr && loadings != nullptr) {
        context.error(*loadings, join_path(path, "loadings"), "give correlation or loadings, not both");
        return false;
    }
    if (loadings != nullptr) return check_loadings(context, table, path, params);
    if (correlation == nullptr || params.correlation.empty() || params.repair) return true;
    return check_definite(context, table, path, params.correlation,
                          "no prices can have these correlations; repair = true takes the nearest possible ones "
                          "(Higham 2002)");
}

bool check(ReadContext& context, const Node& table, const std::string& path, const Gbm::Params& params) {
    return check(context, table, path, static_cast<const DependenceParams&>(params));
}

bool check(ReadContext& context, const Node& table, const std::string& path, const Merton::Params& params) {
    return check(context, table, path, static_cast<const DependenceParams&>(params));
}

bool check(ReadContext& context, const Node& table, const std::string& path, const Garch::Params& params) {
    bool good = check(context, table, path, static_cast<const DependenceParams&>(params));
    for (std::size_t a = 0; a < params.alpha.size(); ++a) {
        const double persistence = params.persistence(a);
        if (persistence < 1.0) continue;
        const std::string whose = a < context.symbols.size() ? context.symbols[a] + ": " : "";
        context.error(node_or_table(table, "alpha"), join_path(path, "alpha"),
                      fmt::format("{}alpha + beta + gamma / 2 = {:.6g}, but must be below one: the variance has no "
                                  "long-run mean",
                                  whose, persistence),
                      "smaller alpha, beta or gamma");
        good = false;
    }
    return good;
}

bool check(ReadContext& context, const Node& table, const std::string& path, const PortfolioVarMargin::Params& params) {
    return params.correlation.empty() ||
           check_definite(context, table, path, params.correlation, "no prices can have these correlations");
}

bool check(ReadContext& context, const Node& table, const std::string& path, const PortfolioEsMargin::Params& params) {
    const bool worst = params.measure == ScenarioMeasure::worst_case;
    if (worst && table.find("confidence") != nullptr) {
        context.error(*table.find("confidence"), join_path(path, "confidence"),
                      "the worst case has no confidence level", "measure = \"expected_shortfall\", or leave it out");
        return false;
    }
    const double tail = (1.0 - params.confidence) * static_cast<double>(params.scenarios);
    if (worst || tail >= 1.0 - 1e-9) return true;
    context.error(node_or_table(table, "scenarios"), join_path(path, "scenarios"),
                  fmt::format("{} scenarios hold {:.3g} of the worst {:.3g}: at least one is needed", params.scenarios,
                              tail, 1.0 - params.confidence),
                  fmt::format("at least {:.0f}", std::ceil(1.0 / (1.0 - params.confidence) - 1e-9)));
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
