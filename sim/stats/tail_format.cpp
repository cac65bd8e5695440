// Tails in words, in tables and as JSON.
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/tail_estimate.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

std::string in_percent(double share) { return fmt::format("{:.6g} %", 100.0 * share); }

std::string of_tail(const PeaksOverThreshold& tail, const std::string& losses) {
    return fmt::format("{} {} beyond {} ({} of all)", with_separators(tail.exceedances()), losses,
                       format_number(tail.threshold()), in_percent(tail.share()));
}

} // namespace

std::string tail_sentence(const TailEstimate& estimate, const std::string& losses) {
    const std::size_t tried = estimate.thresholds.size();
    const auto range_of_thresholds = [&] {
        return fmt::format("{} to {} {}", with_separators(estimate.thresholds.back().exceedances),
                           with_separators(estimate.thresholds.front().exceedances), losses);
    };
    switch (estimate.fit) {
    case TailFit::chosen:
        return fmt::format("A generalized Pareto tail fits the {}: of {} thresholds tried, from low to high, a test "
                           "rejects {}; from here on p is {}.",
                           of_tail(*estimate.tail, losses), tried,
                           estimate.rejected > 0 ? fmt::format("the first {}", estimate.rejected) : "none",
                           format_probability(estimate.tail->p_value()));
    case TailFit::own: {
        bool agrees = true;
        for (const TailCheck& check : estimate.checks) agrees = agrees && check.agrees();
        const bool fits = estimate.tail->p_value() > threshold_error_rate;
        return fmt::format("Threshold as asked for: {}; a test of a generalized Pareto tail has p = {}{}{}.",
                           of_tail(*estimate.tail, losses), format_probability(estimate.tail->p_value()),
                           fits ? "" : ": IT DOES NOT FIT, do not rely on it",
                           agrees ? "" : "; IT IS NOT WHERE THE SAMPLE IS, do not rely on it");
    }
    case TailFit::too_few:
        return fmt::format("No tail is fitted: it takes {} different {} beyond a threshold{}.", fewest_exceedances,
                           losses, estimate.question.threshold ? "" : " (a fifth of all at most)");
    case TailFit::infinite:
        return fmt::format("No tail is fitted: some {} have no finite value.", losses);
    case TailFit::inside:
        return estimate.question.threshold
                   ? "No tail is fitted: the quantile asked for lies below the threshold."
                   : fmt::format("No tail is fitted: the quantile asked for lies among the bulk of {}.", losses);
    case TailFit::rejected:
        return fmt::format("No tail fits: a generalized Pareto tail is rejected at each of {} thresholds, with {} "
                           "beyond, so that nothing can be said of what lies beyond the sample.",
                           tried, range_of_thresholds());
    case TailFit::contradicted:
        for (const TailCheck& check : estimate.checks) {
            if (check.agrees()) continue;
            return fmt::format("No tail fits: the one that passes the test says {} at {}, and the sample {} to {}.",
                               format_number(check.fitted), in_percent(check.sample.probability),
                               format_number(check.sample.value.low), format_number(check.sample.value.high));
        }
    }
    return {};
}

std::string threshold_lines(const TailEstimate& estimate) {
    if (estimate.thresholds.empty()) return {};
    std::string text = fmt::format("    {:>7}{:>10}{:>12}{:>7}{:>14}{:>6}{:>9}{:>9}\n", "beyond", "threshold",
                                   "mean excess", "xi", "interval", "p", "VaR", "ES");
    for (std::size_t i = 0; i < estimate.thresholds.size(); ++i) {
        const ThresholdRow& row = estimate.thresholds[i];
        const bool rejected = i < estimate.rejected;
        text += fmt::format("    {:>7}{:>10}{:>12}{:>7.3f}{:>14}{:>6}{:>9}{:>9}\n", with_separators(row.exceedances),
                            format_number(row.threshold), format_number(row.mean_excess), row.shape.point,
                            fmt::format("{:.2f} - {:.2f}", row.shape.low, row.shape.high),
                            format_probability(row.p_value), rejected ? "no fit" : format_number(row.value_at_risk),
                            rejected ? "" : format_number(row.expected_shortfall));
    }
    return text;
}

nlohmann::ordered_json tail_json(const TailEstimate& estimate) {
    using nlohmann::ordered_json;
    constexpr std::array<const char*, 7> fits{"chosen", "own",      "too_few",     "infinite",
                                              "inside", "rejected", "contradicted"};
    ordered_json json{{"fit", fits.at(static_cast<std::size_t>(estimate.fit))},
                      {"extrapolated", estimate.extrapolated()},
                      {"thresholds_tried", estimate.thresholds.size()},
                      {"thresholds_rejected", estimate.rejected}};
    if (estimate.tail) {
        const PeaksOverThreshold& tail = *estimate.tail;
        json.update({{"threshold", tail.threshold()},
                     {"exceedances", tail.exceedances()},
                     {"share", tail.share()},
                     {"xi", json_interval(tail.shape(estimate.question.confidence))},
                     {"beta", tail.pareto().parameters.beta},
                     {"log_likelihood", tail.pareto().log_likelihood},
                     {"at_edge", tail.pareto().at_edge},
                     {"p_value", tail.p_value()},
                     {"var", json_interval(estimate.value_at_risk)},
                     {"expected_shortfall", json_interval(estimate.expected_shortfall)}});
    }
    json["checks"] = ordered_json::array();
    for (const TailCheck& check : estimate.checks)
        json["checks"].push_back({{"probability", check.sample.probability},
                                  {"fitted", check.fitted},
                                  {"sample", json_interval(check.sample.value)},
                                  {"agrees", check.agrees()}});
    json["thresholds"] = ordered_json::array();
    for (std::size_t i = 0; i < estimate.thresholds.size(); ++i) {
        const ThresholdRow& row = estimate.thresholds[i];
        json["thresholds"].push_back({{"exceedances", row.exceedances},
                                      {"threshold", row.threshold},
                                      {"mean_excess", row.mean_excess},
                                      {"xi", json_interval(row.shape)},
                                      {"p_value", row.p_value},
                                      {"rejected", i < estimate.rejected},
                                      {"var", json_number(row.value_at_risk)},
                                      {"expected_shortfall", json_number(row.expected_shortfall)}});
    }
    return json;
}

} // namespace plunge
