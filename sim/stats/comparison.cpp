#include "sim/stats/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/stats/multiplicity.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/quantile_difference.hpp"

namespace plunge {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const Column* find_column(const std::vector<Column>& columns, const std::string& name) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
    return found == columns.end() ? nullptr : &*found;
}

// Covariance of the means of two samples of observations made together.
double covariance_of_means(const std::vector<double>& x, const std::vector<double>& y) {
    if (x.size() < 2) return 0.0;
    const double mean_x = estimate_mean(x).mean;
    const double mean_y = estimate_mean(y).mean;
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mean_x) * (y[i] - mean_y);
    const auto n = static_cast<double>(x.size());
    return sum / (n - 1.0) / n;
}

// Variance of the share of worlds above the quantile, over that of independent worlds.
double design_effect(const std::vector<double>& is_above, std::size_t worlds) {
    const MeanEstimate share = estimate_mean(is_above);
    const double independent = share.mean * (1.0 - share.mean) / static_cast<double>(worlds);
    return independent > 0.0 ? share.standard_error * share.standard_error / independent : 1.0;
}

struct RunOfValues {
    const std::vector<double>& worlds; ///< NaN where a world has none, or has no partner
    Dependence dependence;
};

QuantileDifference compare_quantile(const RunOfValues& a, const RunOfValues& b, const std::vector<double>& sorted_a,
                                    const std::vector<double>& sorted_b, double probability, bool paired,
                                    double confidence) {
    BoundedQuantile in_a = bound_quantile(sorted_a, probability, confidence);
    BoundedQuantile in_b = bound_quantile(sorted_b, probability, confidence);
    const std::vector<double> above_a = independent_values(above(a.worlds, in_a.value), a.dependence);
    const std::vector<double> above_b = independent_values(above(b.worlds, in_b.value), b.dependence);
    if (a.dependence != Dependence::none)
        in_a = bound_quantile(sorted_a, probability, confidence, design_effect(above_a, sorted_a.size()));
    if (b.dependence != Dependence::none)
        in_b = bound_quantile(sorted_b, probability, confidence, design_effect(above_b, sorted_b.size()));
    double correlation = 0.0;
    if (paired) {
        const double spread = estimate_mean(above_a).standard_error * estimate_mean(above_b).standard_error;
        if (spread > 0.0) correlation = covariance_of_means(above_a, above_b) / spread;
    }
    return {probability, in_a.value, in_b.value, difference_interval(in_a, in_b, correlation)};
}

// Whether every world is as in the other run, but for the last bits.
Verdict verdict_of(const std::vector<double>& a, const std::vector<double>& b, std::uint64_t& differing) {
    double largest = 0.0;
    double largest_difference = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max({largest, std::fabs(a[i]), std::fabs(b[i])});
        largest_difference = std::max(largest_difference, std::fabs(b[i] - a[i]));
        differing += a[i] != b[i] ? 1U : 0U;
    }
    if (differing == 0) return Verdict::same;
    return largest_difference <= 1e-12 * largest ? Verdict::rounding : Verdict::compared;
}

MetricComparison compare_columns(const Column& column_a, const Column& column_b, const ComparedRun& a,
                                 const ComparedRun& b, bool paired, double confidence) {
    MetricComparison result;
    result.name = column_a.name;
    result.units = column_a.units;
    result.long_name = column_a.long_name;
    std::vector<double> values_a = column_a.values;
    std::vector<double> values_b = column_b.values;
    if (paired) match_worlds(values_a, values_b, a.dependence);
    std::vector<double> sorted_a = present_values(values_a);
    std::vector<double> sorted_b = present_values(values_b);
    result.worlds_a = sorted_a.size();
    result.worlds_b = sorted_b.size();
    result.effect_size = standardised_difference(sorted_a, sorted_b);
    if (paired) result.verdict = verdict_of(sorted_a, sorted_b, result.differing);
    std::sort(sorted_a.begin(), sorted_a.end());
    std::sort(sorted_b.begin(), sorted_b.end());

    const std::vector<double> observed_a = independent_values(values_a, a.dependence);
    const std::vector<double> observed_b = independent_values(values_b, b.dependence);
    if (observed_a.size() < 2 || observed_b.size() < 2) {
        result.verdict = Verdict::no_values;
        result.mean = {estimate_mean(observed_a), estimate_mean(observed_b), nan, nan, nan, {nan, nan}, nan};
        result.relative = result.variance_ratio = nan;
        return result;
    }
    const MeanEstimate mean_a = estimate_mean(observed_a);
    const MeanEstimate mean_b = estimate_mean(observed_b);
    if (paired) {
        result.mean = paired_difference(observed_a, observed_b, confidence);
        const double apart = mean_a.standard_error * mean_a.standard_error +
                             mean_b.standard_error * mean_b.standard_error;
        result.variance_ratio = apart > 0.0 ? result.mean.standard_error * result.mean.standard_error / apart : nan;
    } else {
        result.mean = welch_difference(mean_a, mean_b, confidence);
        // Constants on both sides: nothing to test.
        if (result.mean.standard_error == 0.0 && result.mean.difference == 0.0) result.verdict = Verdict::same;
    }
    result.relative = mean_a.mean != 0.0 ? result.mean.difference / std::fabs(mean_a.mean) : nan;
    for (const double probability : compared_probabilities)
        result.quantiles.push_back(compare_quantile({values_a, a.dependence}, {values_b, b.dependence}, sorted_a,
                                                    sorted_b, probability, paired, confidence));
    return result;
}

} // namespace

Comparison compare_runs(const ComparedRun& a, const ComparedRun& b, bool paired, double confidence) {
    Comparison comparison;
    comparison.paired = paired;
    comparison.confidence = confidence;
    comparison.worlds_a = a.worlds;
    comparison.worlds_b = b.worlds;
    if (paired) comparison.worlds_a = comparison.worlds_b = std::min(a.worlds, b.worlds);
    std::vector<double> p_values;
    for (const Column& column : a.columns) {
        const Column* other = find_column(b.columns, column.name);
        if (other == nullptr) {
            comparison.only_in_a.push_back(column.name);
            continue;
        }
        MetricComparison metric = compare_columns(column, *other, a, b, paired, confidence);
        p_values.push_back(metric.verdict == Verdict::compared ? metric.mean.p_value : nan);
        comparison.metrics.push_back(std::move(metric));
    }
    for (const Column& column : b.columns)
        if (find_column(a.columns, column.name) == nullptr) comparison.only_in_b.push_back(column.name);
    const std::vector<double> adjusted = holm_adjusted(p_values);
    for (std::size_t i = 0; i < adjusted.size(); ++i) comparison.metrics[i].p_adjusted = adjusted[i];
    return comparison;
}

} // namespace plunge
