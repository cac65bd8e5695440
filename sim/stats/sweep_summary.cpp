#include "sim/stats/sweep_summary.hpp"

#include <limits>
#include <stdexcept>

#include "sim/stats/observations.hpp"

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

} // namespace

std::vector<SweepMetric> summarize_sweep(const std::vector<Column>& columns, const std::vector<bool>& paired,
                                         const SweepSettings& settings) {
    std::vector<SweepMetric> metrics;
    for (const Column& column : columns) {
        if (column.values.size() != (1 + paired.size()) * settings.worlds)
            throw std::invalid_argument("summarize_sweep: " + column.name + " does not fill its points");
        const auto worlds_of = [&](std::size_t scenario) {
            const auto first = column.values.begin() + static_cast<std::ptrdiff_t>(scenario * settings.worlds);
            return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(settings.worlds));
        };
        SweepMetric& metric = metrics.emplace_back();
        metric.name = column.name;
        metric.units = column.units;
        metric.long_name = column.long_name;
        const std::vector<double> base = worlds_of(0);
        metric.base = estimate(base, settings.dependence);
        metric.base_count = metric.base.observations;
        std::vector<double> means;
        for (std::size_t point = 0; point < paired.size(); ++point) {
            const std::vector<double> values = worlds_of(1 + point);
            const MeanEstimate here = estimate(values, settings.dependence);
            const MeanDifference change = difference(base, values, paired[point], settings);
            metric.points.push_back({here.observations, here.mean, here.standard_error, change.difference,
                                     change.standard_error, change.interval});
            means.push_back(here.mean);
        }
        if (settings.saltelli_factors > 0)
            metric.indices = sobol_indices(means, settings.saltelli_factors, settings.confidence, settings.seed);
    }
    return metrics;
}

} // namespace plunge
