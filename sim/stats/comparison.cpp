#include "sim/stats/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/stats/exceedance.hpp"
#include "sim/stats/multiplicity.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/proportions.hpp"
#include "sim/stats/quantile_difference.hpp"

namespace plunge {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const Column* find_column(const std::vector<Column>& columns, const std::string& name) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
    return found == columns.end() ? nullptr : &*found;
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

// Exact tests and intervals where worlds are independent, else those of means of observations.
std::optional<ShareDifference> compare_shares(const std::vector<double>& values_a, const std::vector<double>& values_b,
                                              Dependence dependence_a, Dependence dependence_b, bool paired,
                                              double confidence) {
    const std::vector<double> in_a = independent_values(above(values_a, 0.0), dependence_a);
    const std::vector<double> in_b = independent_values(above(values_b, 0.0), dependence_b);
    ShareDifference result{estimate_mean(in_a).mean, estimate_mean(in_b).mean, {}, 1.0};
    const bool always = result.a == 1.0 && result.b == 1.0;
    if (always || (result.a == 0.0 && result.b == 0.0)) return std::nullopt;
    if (dependence_a != Dependence::none || dependence_b != Dependence::none) {
        const MeanDifference difference = paired
                                              ? paired_difference(in_a, in_b, confidence)
                                              : welch_difference(estimate_mean(in_a), estimate_mean(in_b), confidence);
        result.interval = difference.interval;
        result.p_value = difference.p_value;
        return result;
    }
    const auto bound = [&](const std::vector<double>& hits) {
        const auto count = static_cast<std::uint64_t>(std::count(hits.begin(), hits.end(), 1.0));
        const Exceedance share = binomial_interval(count, hits.size(), confidence);
        return BoundedQuantile{share.probability, {share.low, share.high}};
    };
    result.interval = difference_interval(bound(in_a), bound(in_b), paired ? correlation_of_means(in_a, in_b) : 0.0);
    if (paired) { // McNemar's exact test: of the worlds that differ, half each way
        std::uint64_t gained = 0;
        std::uint64_t lost = 0;
        for (std::size_t i = 0; i < in_a.size(); ++i) {
            gained += in_b[i] > in_a[i] ? 1U : 0U;
            lost += in_b[i] < in_a[i] ? 1U : 0U;
        }
        result.p_value = fair_coin_p_value(gained, lost);
    } else {
        const Proportion a{static_cast<std::uint64_t>(std::count(in_a.begin(), in_a.end(), 1.0)), in_a.size()};
        const Proportion b{static_cast<std::uint64_t>(std::count(in_b.begin(), in_b.end(), 1.0)), in_b.size()};
        const FisherTails tails = fisher_tails(a, b);
        result.p_value = std::min(1.0, 2.0 * std::min(tails.upper, tails.lower));
    }
    return result;
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
    for (const double probability : small_is_bad(column_a.name) ? compared_low_probabilities : compared_probabilities)
        result.quantiles.push_back(compare_quantile({values_a, a.dependence}, {values_b, b.dependence}, sorted_a,
                                                    sorted_b, probability, paired, confidence));
    if (result.verdict == Verdict::compared)
        result.share = compare_shares(values_a, values_b, a.dependence, b.dependence, paired, confidence);
    return result;
}

} // namespace

bool small_is_bad(std::string_view metric) {
    return metric.starts_with("min_") || metric.find("_min_") != std::string_view::npos ||
           metric.ends_with("_balance") || metric.starts_with("first_");
}

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
