#include "sim/stats/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "sim/stats/difference.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/order_statistic.hpp"

namespace plunge {
namespace {

std::uint64_t count_ones(const std::vector<double>& indicator) {
    return static_cast<std::uint64_t>(std::count(indicator.begin(), indicator.end(), 1.0));
}

// Of a share of worlds, from pairs or replications. Independent worlds need none: theirs follows from the count.
std::optional<double> share_error(const std::vector<double>& indicator, Dependence dependence) {
    if (dependence == Dependence::none) return std::nullopt;
    const MeanEstimate share = estimate_mean(independent_values(indicator, dependence));
    return std::isnan(share.standard_error) ? 0.0 : share.standard_error;
}

// An antithetic pair does not lie in two blocks.
std::vector<double> block_means(const std::vector<double>& values, Dependence dependence) {
    std::vector<double> means;
    if (values.size() < 2 * baseline_blocks) return means;
    if (dependence == Dependence::replications) return replication_values(values);
    const auto boundary = [&](std::size_t block) { return values.size() * block / baseline_blocks / 2 * 2; };
    for (std::size_t block = 0; block < baseline_blocks; ++block) {
        const std::size_t end = block + 1 < baseline_blocks ? boundary(block + 1) : values.size();
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(boundary(block));
        means.push_back(estimate_mean({first, values.begin() + static_cast<std::ptrdiff_t>(end)}).mean);
    }
    return means;
}

} // namespace

MetricBaseline measure(const Column& column, Dependence dependence) {
    MetricBaseline metric;
    metric.name = column.name;
    std::vector<double> sorted = present_values(column.values);
    metric.worlds = sorted.size();
    if (sorted.empty()) return metric;
    const double mean = estimate_mean(sorted).mean; // in the order of worlds, as summaries take it
    std::sort(sorted.begin(), sorted.end());
    if (sorted.front() == sorted.back()) {
        metric.constant = sorted.front();
        return metric;
    }
    const MeanEstimate observed = estimate_mean(independent_values(column.values, dependence));
    metric.mean = mean;
    metric.standard_error = std::isnan(observed.standard_error) ? 0.0 : observed.standard_error;
    std::vector<double> nonzero = column.values;
    for (double& value : nonzero)
        if (!std::isnan(value)) value = value != 0.0 ? 1.0 : 0.0;
    metric.nonzero = count_ones(nonzero);
    metric.nonzero_error = share_error(nonzero, dependence);
    for (const NamedProbability& kept : baseline_quantiles) {
        const double value = order_statistic(sorted, kept.probability);
        const bool known = !metric.quantiles.empty() && metric.quantiles.back().value == value;
        const bool says_nonzero = value == 0.0 && sorted.front() == 0.0;
        if (known || says_nonzero || value == sorted.back()) continue; // no world lies above the largest
        const std::vector<double> is_above = above(column.values, value);
        metric.quantiles.push_back(
            {std::string(kept.name), value, count_ones(is_above), share_error(is_above, dependence)});
    }
    if (metric.worlds == column.values.size()) metric.blocks = block_means(column.values, dependence);
    return metric;
}

Baseline make_baseline(RunIdentity run, BaselineSettings settings, const std::vector<Column>& columns) {
    Baseline baseline{std::move(run), std::move(settings), {}};
    const std::vector<std::string>& ignore = baseline.settings.ignore;
    for (const Column& column : columns)
        if (std::find(ignore.begin(), ignore.end(), column.name) == ignore.end())
            baseline.metrics.push_back(measure(column, baseline.run.dependence));
    return baseline;
}

} // namespace plunge
