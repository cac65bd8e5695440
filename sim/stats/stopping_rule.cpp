#include "sim/stats/stopping_rule.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <regex>
#include <stdexcept>
#include <vector>

#include "sim/stats/exceedance.hpp"
#include "sim/stats/quantile_interval.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {
namespace {

constexpr double confidence = 0.95;
constexpr double normal_975 = 1.959963984540054;

[[noreturn]] void refuse(const std::string& what) {
    throw std::invalid_argument(what + "\nwrite width(METRIC.q999) < 5%, with mean, share or a quantile q5, q99, q999 "
                                       "... of a metric of the summary; or se(METRIC.mean) < 1%");
}

double relative(double size, double of) {
    if (size == 0.0) return 0.0;
    return of == 0.0 ? std::numeric_limits<double>::infinity() : size / std::fabs(of);
}

} // namespace

StoppingRule parse_stopping_rule(const std::string& text) {
    static const std::regex form(R"(\s*(\w+)\s*\(\s*([\w.\-]+)\.(\w+)\s*\)\s*<\s*([0-9.eE+\-]+)\s*(%?)\s*)");
    std::smatch part;
    if (!std::regex_match(text, part, form)) refuse("not a rule");
    StoppingRule rule;
    rule.text = text;
    rule.metric = part[2];
    const std::string measure = part[1];
    if (measure != "width" && measure != "se") refuse("\"" + measure + "\" is neither width nor se");
    rule.measure = measure == "width" ? StoppingRule::Measure::width : StoppingRule::Measure::standard_error;
    const std::string statistic = part[3];
    const auto known = parse_statistic(statistic);
    if (!known) refuse("\"" + statistic + "\" is neither mean nor share nor a quantile");
    rule.statistic = *known;
    if (known->kind == Statistic::Kind::quantile && rule.measure == StoppingRule::Measure::standard_error)
        refuse("a quantile has an interval but no standard error");
    const std::string limit = part[4];
    const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), rule.limit);
    if (error != std::errc{} || end != limit.data() + limit.size() || !(rule.limit > 0.0))
        refuse("\"" + limit + "\" is not a positive number");
    if (part[5] == "%") rule.limit /= 100.0;
    return rule;
}

double uncertainty(const StoppingRule& rule, const Column& column, Dependence dependence) {
    std::vector<double> values;
    std::copy_if(column.values.begin(), column.values.end(), std::back_inserter(values),
                 [](double value) { return !std::isnan(value); });
    if (values.empty()) return std::numeric_limits<double>::infinity();
    const bool by_error = rule.measure == StoppingRule::Measure::standard_error;
    switch (rule.statistic.kind) {
    case Statistic::Kind::mean: {
        const ColumnSummary summary = summarize_column(column, dependence);
        if (std::isnan(summary.standard_error)) break;
        return relative(summary.standard_error * (by_error ? 1.0 : 2.0 * normal_975), summary.mean);
    }
    case Statistic::Kind::share: {
        const auto hits = std::count_if(values.begin(), values.end(), [](double value) { return value > 0.0; });
        const Exceedance share = binomial_interval(static_cast<std::uint64_t>(hits), values.size(), confidence);
        const double p = share.probability;
        const double error = std::sqrt(p * (1.0 - p) / static_cast<double>(values.size()));
        // No hit is no certainty: its standard error of zero must not end a run.
        if (hits == 0) break;
        return relative(by_error ? error : share.high - share.low, p);
    }
    case Statistic::Kind::quantile: {
        std::sort(values.begin(), values.end());
        const IntervalEstimate value = estimate_quantile(values, rule.statistic.probability, confidence).value;
        return relative(value.high - value.low, value.point);
    }
    }
    return std::numeric_limits<double>::infinity();
}

} // namespace plunge
