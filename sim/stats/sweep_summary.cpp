#include "sim/stats/sweep_summary.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "sim/stats/distributions.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/quantile_difference.hpp"

namespace plunge {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// The mean of the worlds that have a value; its error is that of whole pairs or replications, as in the summary of a
// run.
MeanEstimate estimate(const std::vector<double>& values, Dependence dependence) {
    MeanEstimate result = estimate_mean(present_values(values));
    if (dependence != Dependence::none)
        result.standard_error = estimate_mean(independent_values(values, dependence)).standard_error;
    return result;
}

MeanDifference difference(std::vector<double> base, std::vector<double> point, bool paired,
                          const SweepSettings& settings) {
    if (paired) match_worlds(base, point, settings.dependence);
    const std::vector<double> a = independent_values(base, settings.dependence);
    const std::vector<double> b = independent_values(point, settings.dependence);
    if (a.size() < 2 || b.size() < 2) return {{}, {}, nan, nan, nan, {nan, nan}, nan};
    return paired ? paired_difference(a, b, settings.confidence)
                  : welch_difference(estimate_mean(a), estimate_mean(b), settings.confidence);
}

double half_width(const Interval& interval, double confidence) {
    return 0.5 * (interval.high - interval.low) / normal_quantile(0.5 + 0.5 * confidence);
}

std::vector<double> sorted_values(const std::vector<double>& worlds) {
    std::vector<double> values = present_values(worlds);
    std::sort(values.begin(), values.end());
    return values;
}

// A quantile in place of the mean.
MeanEstimate estimate_of_quantile(const std::vector<double>& worlds, double probability,
                                  const SweepSettings& settings) {
    const std::vector<double> sorted = sorted_values(worlds);
    if (sorted.empty()) return {0, nan, nan};
    const BoundedQuantile quantile = bound_quantile({worlds, settings.dependence}, sorted, probability,
                                                    settings.confidence);
    return {sorted.size(), quantile.value, half_width(quantile.interval, settings.confidence)};
}

MeanDifference difference_of_quantiles(std::vector<double> base, std::vector<double> point, double probability,
                                       bool paired, const SweepSettings& settings) {
    if (paired) match_worlds(base, point, settings.dependence);
    const std::vector<double> a = sorted_values(base);
    const std::vector<double> b = sorted_values(point);
    if (a.empty() || b.empty()) return {{}, {}, nan, nan, nan, {nan, nan}, nan};
    const QuantileDifference difference = compare_quantile({base, settings.dependence}, {point, settings.dependence}, a,
                                                           b, probability, paired, settings.confidence);
    return {{},
            {},
            difference.b - difference.a,
            half_width(difference.interval, settings.confidence),
            nan,
            difference.interval,
            nan};
}

std::string meaning(const Column& column, const Statistic& statistic) {
    switch (statistic.kind) {
    case Statistic::Kind::mean:
        break;
    case Statistic::Kind::share:
        return "share of worlds in which it is above zero: " + column.long_name;
    case Statistic::Kind::quantile:
        return fmt::format("{:g} % quantile: {}", 100.0 * statistic.probability, column.long_name);
    }
    return column.long_name;
}

} // namespace

std::vector<SweepOutput> mean_outputs(const std::vector<Column>& columns) {
    std::vector<SweepOutput> outputs;
    for (std::size_t c = 0; c < columns.size(); ++c) outputs.push_back({c, {}, columns[c].name});
    return outputs;
}

std::vector<SweepOutput> usual_outputs(const std::vector<Column>& columns) {
    constexpr std::array<std::pair<std::string_view, const char*>, 4> more{
        {{"adl_notional", "share"}, {"uncovered", "share"}, {"shortfall", "q99"}, {"liquidated_notional", "q99"}}};
    std::vector<SweepOutput> outputs = mean_outputs(columns);
    for (std::size_t c = 0; c < columns.size(); ++c)
        for (const auto& [name, statistic] : more)
            if (columns[c].name == name)
                outputs.push_back({c, *parse_statistic(statistic), columns[c].name + "." + statistic});
    return outputs;
}

std::vector<SweepOutput> outputs_named(const std::vector<Column>& columns, const std::vector<std::string>& names) {
    const auto place_of = [&](const std::string& name) {
        return static_cast<std::size_t>(
            std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; }) -
            columns.begin());
    };
    std::vector<SweepOutput> outputs;
    for (const std::string& name : names) {
        if (const std::size_t place = place_of(name); place < columns.size()) {
            outputs.push_back({place, {}, name});
            continue;
        }
        const std::size_t dot = std::min(name.rfind('.'), name.size());
        const std::size_t place = place_of(name.substr(0, dot));
        const auto statistic = parse_statistic(name.substr(std::min(dot + 1, name.size())));
        if (place == columns.size() || !statistic) throw std::invalid_argument("there is no output " + name);
        outputs.push_back({place, *statistic, name});
    }
    return outputs;
}

std::vector<SweepMetric> summarize_sweep(const std::vector<Column>& columns, const std::vector<bool>& paired,
                                         const SweepSettings& settings) {
    return summarize_sweep(columns, paired, settings, mean_outputs(columns));
}

std::vector<SweepMetric> summarize_sweep(const std::vector<Column>& columns, const std::vector<bool>& paired,
                                         const SweepSettings& settings, const std::vector<SweepOutput>& outputs) {
    std::vector<SweepMetric> metrics;
    for (const SweepOutput& output : outputs) {
        const Column& column = columns.at(output.column);
        if (column.values.size() != (1 + paired.size()) * settings.worlds)
            throw std::invalid_argument("summarize_sweep: " + column.name + " does not fill its points");
        const bool is_share = output.statistic.kind == Statistic::Kind::share;
        const bool is_quantile = output.statistic.kind == Statistic::Kind::quantile;
        const double probability = output.statistic.probability;
        const auto worlds_of = [&](std::size_t scenario) {
            const auto first = column.values.begin() + static_cast<std::ptrdiff_t>(scenario * settings.worlds);
            const std::vector<double> values(first, first + static_cast<std::ptrdiff_t>(settings.worlds));
            return is_share ? above(values, 0.0) : values;
        };
        const auto estimate_of = [&](const std::vector<double>& worlds) {
            return is_quantile ? estimate_of_quantile(worlds, probability, settings)
                               : estimate(worlds, settings.dependence);
        };
        SweepMetric& metric = metrics.emplace_back();
        metric.name = output.name;
        metric.units = is_share ? "1" : column.units;
        metric.long_name = meaning(column, output.statistic);
        const std::vector<double> base = worlds_of(0);
        metric.base = estimate_of(base);
        metric.base_count = metric.base.observations;
        std::vector<double> numbers;
        for (std::size_t point = 0; point < paired.size(); ++point) {
            const std::vector<double> values = worlds_of(1 + point);
            const MeanEstimate here = estimate_of(values);
            const MeanDifference change = is_quantile ? difference_of_quantiles(base, values, probability,
                                                                                paired[point], settings)
                                                      : difference(base, values, paired[point], settings);
            metric.points.push_back({here.observations, here.mean, here.standard_error, change.difference,
                                     change.standard_error, change.interval});
            numbers.push_back(here.mean);
        }
        if (settings.saltelli_factors > 0)
            metric.indices = sobol_indices(numbers, settings.saltelli_factors, settings.confidence, settings.seed);
    }
    return metrics;
}

} // namespace plunge
