#include "sim/stats/regression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "sim/stats/difference.hpp"
#include "sim/stats/distributions.hpp"
#include "sim/stats/multiplicity.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/order_statistic.hpp"
#include "sim/stats/power.hpp"
#include "sim/stats/proportions.hpp"

namespace plunge {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The metrics whose power is stated, where they vary.
constexpr std::array<std::string_view, 9> main_metrics{
    "liquidated_accounts", "liquidated_notional", "cascades", "largest_cascade_notional", "shortfall", "fund_used",
    "adl_notional",        "socialized_loss",     "uncovered"};

double relative_shift(double from, double to) { return from != 0.0 ? (to - from) / std::fabs(from) : nan; }

/// A share of worlds and its standard error, where pairs or replications give one.
struct ShareEstimate {
    Proportion worlds;
    std::optional<double> group_error;

    double error() const {
        const double share = worlds.share();
        return group_error ? *group_error : std::sqrt(share * (1.0 - share) / static_cast<double>(worlds.trials));
    }
};

/// Worlds that satisfy a condition, among those with a value.
template <class Condition>
ShareEstimate share_of(const std::vector<double>& values, Dependence dependence, Condition holds) {
    std::vector<double> indicator(values);
    ShareEstimate estimate;
    for (double& value : indicator) {
        if (std::isnan(value)) continue;
        value = holds(value) ? 1.0 : 0.0;
        ++estimate.worlds.trials;
        estimate.worlds.count += value == 1.0 ? 1U : 0U;
    }
    if (dependence != Dependence::none) {
        const double error = estimate_mean(independent_values(indicator, dependence)).standard_error;
        estimate.group_error = std::isnan(error) ? 0.0 : error;
    }
    return estimate;
}

double larger_error(const ShareEstimate& a, const ShareEstimate& b) {
    return std::max(pooled_share_error(a.worlds, b.worlds), std::hypot(a.error(), b.error()));
}

double standard_errors(const ShareEstimate& a, const ShareEstimate& b) {
    const double shift = b.worlds.share() - a.worlds.share();
    return shift == 0.0 ? 0.0 : shift / larger_error(a, b);
}

/// Two-sided, of a relative shift of at most `tolerance`.
double share_p_value(const ShareEstimate& a, const ShareEstimate& b, double tolerance) {
    const FisherTails tails = fisher_tails(a.worlds, b.worlds);
    const double exact = std::min(1.0, 2.0 * std::min(tails.upper, tails.lower));
    if (tolerance == 0.0 && !a.group_error && !b.group_error) return exact;
    const double beyond = std::fabs(b.worlds.share() - a.worlds.share()) - tolerance * a.worlds.share();
    return beyond <= 0.0 ? 1.0 : std::max(exact, normal_two_sided(beyond / larger_error(a, b)));
}

/// As many worlds should lie above the baseline's value as did; fewer above a higher one and more above a lower one are
/// within tolerance.
double quantile_p_value(const ShareEstimate& then, const std::vector<double>& values, Dependence dependence,
                        double value, double tolerance) {
    const double margin = tolerance * std::fabs(value);
    const auto above_value = [&](double threshold) {
        return share_of(values, dependence, [threshold](double x) { return x > threshold; });
    };
    const ShareEstimate above_high = above_value(value + margin);
    const ShareEstimate above_low = above_value(value - margin);
    double up = fisher_tails(then.worlds, above_high.worlds).upper;
    double down = fisher_tails(then.worlds, above_low.worlds).lower;
    if (then.group_error || dependence != Dependence::none) {
        up = std::max(up, 0.5 * normal_two_sided(std::max(0.0, standard_errors(then, above_high))));
        down = std::max(down, 0.5 * normal_two_sided(std::min(0.0, standard_errors(then, above_low))));
    }
    return std::min(1.0, 2.0 * std::min(up, down));
}

/// Of the difference of two means: the larger of Welch's standard error and the pooled one, with Welch's degrees of
/// freedom.
struct ErrorOfDifference {
    double standard_error = 0.0;
    double degrees_of_freedom = infinity;
};

ErrorOfDifference error_of_difference(const MeanEstimate& a, const MeanEstimate& b) {
    const MeanDifference welch = welch_difference(a, b, 0.95);
    const auto n_a = static_cast<double>(a.observations);
    const auto n_b = static_cast<double>(b.observations);
    const double variance_a = a.standard_error * a.standard_error * n_a;
    const double variance_b = b.standard_error * b.standard_error * n_b;
    const double pooled = ((n_a - 1.0) * variance_a + (n_b - 1.0) * variance_b) / (n_a + n_b - 2.0);
    return {std::max(welch.standard_error, std::sqrt(pooled * (1.0 / n_a + 1.0 / n_b))), welch.degrees_of_freedom};
}

class MetricCheck {
  public:
    MetricCheck(const MetricBaseline& then, const Column& now, const Baseline& baseline, Dependence dependence,
                bool same_worlds, CheckReport& report)
        : then_{then}, values_{now.values}, baseline_{baseline}, dependence_{dependence}, same_worlds_{same_worlds},
          tolerance_{then.tolerance.value_or(baseline.settings.tolerance)}, now_{measure(now, dependence)},
          report_{report} {}

    void run() {
        check_present();
        if (then_.worlds == 0 || now_.worlds == 0) return;
        if (then_.constant) {
            check_constant();
            return;
        }
        check_mean();
        if (then_.nonzero < then_.worlds) {
            const ShareEstimate now = share_of(values_, dependence_, [](double x) { return x != 0.0; });
            check_share("nonzero", {{then_.nonzero, then_.worlds}, then_.nonzero_error}, now);
        }
        for (const BaselineQuantile& quantile : then_.quantiles) check_quantile(quantile);
    }

  private:
    void add(std::string_view statistic, double from, double to, double errors, double p_value) {
        report_.statistics.push_back(
            {then_.name, std::string(statistic), from, to, relative_shift(from, to), errors, p_value});
    }

    void check_share(std::string_view statistic, const ShareEstimate& from, const ShareEstimate& to) {
        add(statistic, from.worlds.share(), to.worlds.share(), standard_errors(from, to),
            share_p_value(from, to, tolerance_));
    }

    // Only where a world of either run has no value.
    void check_present() {
        const std::uint64_t worlds = baseline_.run.worlds;
        if (then_.worlds == worlds && now_.worlds == values_.size()) return;
        std::vector<double> has_value(values_.size());
        for (std::size_t i = 0; i < values_.size(); ++i) has_value[i] = std::isnan(values_[i]) ? 0.0 : 1.0;
        ShareEstimate now = share_of(has_value, dependence_, [](double x) { return x > 0.0; });
        const ShareEstimate then{{then_.worlds, worlds}, std::nullopt};
        check_share("present", then, now);
    }

    // All worlds had the same value: how many have not now?
    void check_constant() {
        const double constant = *then_.constant;
        const double margin = tolerance_ * std::fabs(constant);
        const ShareEstimate now = share_of(values_, dependence_,
                                           [&](double x) { return std::fabs(x - constant) > margin; });
        const ShareEstimate then{{0, then_.worlds}, std::nullopt};
        const double mean = now_.constant.value_or(now_.mean);
        // In the same worlds another constant is another model, however few they are.
        const bool all = now.worlds.count == now.worlds.trials;
        add("constant", constant, mean, all ? infinity : standard_errors(then, now),
            all && same_worlds_ ? 0.0 : share_p_value(then, now, 0.0));
    }

    static MeanEstimate observed(const MetricBaseline& metric, Dependence dependence) {
        return {count_observations(metric.worlds, dependence), metric.constant.value_or(metric.mean),
                metric.constant ? 0.0 : metric.standard_error};
    }

    void check_mean() {
        const MeanEstimate from = observed(then_, baseline_.run.dependence);
        const MeanEstimate to = observed(now_, dependence_);
        if (from.observations < 2 || to.observations < 2) return;
        const bool by_blocks = same_worlds_ && !then_.blocks.empty() && then_.blocks.size() == now_.blocks.size();
        ErrorOfDifference error = error_of_difference(from, to);
        double shift = to.mean - from.mean;
        double margin = tolerance_ * std::fabs(from.mean);
        if (by_blocks) {
            const MeanDifference blocks = paired_difference(then_.blocks, now_.blocks, 0.95);
            error = {blocks.standard_error, blocks.degrees_of_freedom};
            shift = blocks.difference;
            margin = std::max(margin, 1e-9 * std::fabs(from.mean));
            report_.paired = true;
        }
        const double beyond = std::max(0.0, std::fabs(shift) - margin);
        const double p_value = beyond == 0.0
                                   ? 1.0
                                   : student_two_sided(beyond / error.standard_error, error.degrees_of_freedom);
        add("mean", from.mean, to.mean, shift == 0.0 ? 0.0 : shift / error.standard_error, p_value);
        if (std::find(main_metrics.begin(), main_metrics.end(), then_.name) == main_metrics.end()) return;
        if (from.mean == 0.0) return;
        report_.power.push_back(
            {then_.name, error.standard_error / std::fabs(from.mean), error.degrees_of_freedom, tolerance_, 0.0, 0.0});
    }

    void check_quantile(const BaselineQuantile& quantile) {
        const ShareEstimate then{{quantile.above, then_.worlds}, quantile.error};
        const ShareEstimate now = share_of(values_, dependence_, [&](double x) { return x > quantile.value; });
        double value = now_.constant.value_or(nan);
        if (!now_.constant) {
            const auto same = std::find_if(baseline_quantiles.begin(), baseline_quantiles.end(),
                                           [&](const NamedProbability& known) { return known.name == quantile.name; });
            std::vector<double> sorted = present_values(values_);
            std::sort(sorted.begin(), sorted.end());
            value = order_statistic(sorted, same->probability);
        }
        add(quantile.name, quantile.value, value, standard_errors(then, now),
            quantile_p_value(then, values_, dependence_, quantile.value, tolerance_));
    }

    const MetricBaseline& then_;
    const std::vector<double>& values_;
    const Baseline& baseline_;
    Dependence dependence_;
    bool same_worlds_;
    double tolerance_;
    MetricBaseline now_;
    CheckReport& report_;
};

/// Calls `visit(metric of the baseline, column)` for those that both have, and notes the others.
template <class Visit>
CheckReport match_metrics(const Baseline& baseline, const std::vector<Column>& columns, const Visit& visit) {
    CheckReport report;
    report.family_error = baseline.settings.family_error;
    std::set<std::string> known(baseline.settings.ignore.begin(), baseline.settings.ignore.end());
    for (const MetricBaseline& metric : baseline.metrics) {
        if (!known.insert(metric.name).second) continue; // ignored
        const auto column = std::find_if(columns.begin(), columns.end(),
                                         [&](const Column& c) { return c.name == metric.name; });
        if (column == columns.end()) {
            report.missing.push_back(metric.name);
            continue;
        }
        report.metrics.push_back(metric.name);
        visit(metric, *column, report);
    }
    for (const Column& column : columns)
        if (known.count(column.name) == 0) report.added.push_back(column.name);
    return report;
}

} // namespace

std::vector<std::string> CheckReport::moved() const {
    std::vector<std::string> names;
    for (const StatisticCheck& statistic : statistics)
        if (statistic.moved && (names.empty() || names.back() != statistic.metric)) names.push_back(statistic.metric);
    names.insert(names.end(), missing.begin(), missing.end());
    return names;
}

CheckReport check_statistics(const Baseline& baseline, const std::vector<Column>& columns, Dependence dependence,
                             bool same_worlds) {
    CheckReport report = match_metrics(baseline, columns,
                                       [&](const MetricBaseline& metric, const Column& column, CheckReport& out) {
                                           MetricCheck(metric, column, baseline, dependence, same_worlds, out).run();
                                       });
    std::vector<double> p_values;
    for (const StatisticCheck& statistic : report.statistics) p_values.push_back(statistic.p_value);
    const std::vector<double> adjusted = holm_adjusted(p_values);
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
        report.statistics[i].p_adjusted = adjusted[i];
        report.statistics[i].moved = adjusted[i] <= report.family_error;
    }
    const double worlds = columns.empty() ? 0.0 : static_cast<double>(columns.front().values.size());
    // Holm starts where Bonferroni stands: a shift found there is found.
    const double level = report.family_error / static_cast<double>(std::max<std::size_t>(1, adjusted.size()));
    for (PowerRow& row : report.power) {
        const double shift = detectable_difference(row.relative_error, level, check_power, row.degrees_of_freedom);
        row.detectable = shift + row.tolerance;
        row.worlds_needed = std::ceil(worlds * worlds_factor(shift, wanted_shift - row.tolerance));
    }
    return report;
}

CheckReport check_exactly(const Baseline& baseline, const std::vector<Column>& columns, Dependence dependence) {
    CheckReport report = match_metrics(
        baseline, columns, [&](const MetricBaseline& then, const Column& column, CheckReport& out) {
            const MetricBaseline now = measure(column, dependence);
            const auto compare = [&](std::string_view statistic, double from, double to) {
                if (from == to) return;
                out.statistics.push_back(
                    {then.name, std::string(statistic), from, to, relative_shift(from, to), nan, nan, nan, true});
            };
            compare("present", static_cast<double>(then.worlds), static_cast<double>(now.worlds));
            compare("mean", then.constant.value_or(then.mean), now.constant.value_or(now.mean));
            compare("s.e.", then.standard_error, now.standard_error);
            if (then.constant || now.constant) return;
            compare("nonzero", static_cast<double>(then.nonzero), static_cast<double>(now.nonzero));
            for (const BaselineQuantile& from : then.quantiles)
                for (const BaselineQuantile& to : now.quantiles)
                    if (from.name == to.name) compare(from.name, from.value, to.value);
        });
    report.mode = CheckMode::same_program;
    return report;
}

} // namespace plunge
