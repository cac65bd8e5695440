#include "sim/stats/tail_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/stats/expected_shortfall.hpp"
#include "sim/stats/pareto_test.hpp"

namespace plunge {
namespace {

TailCheck check_at(const PeaksOverThreshold& tail, const std::vector<double>& sorted, double probability) {
    constexpr double confidence = 0.99;
    return {tail.value_at_risk(probability, confidence).point, estimate_quantile(sorted, probability, confidence)};
}

void use(TailEstimate& estimate, const std::vector<double>& sorted, TailFit fit, PeaksOverThreshold tail) {
    const auto [probability, confidence, threshold] = estimate.question;
    constexpr double beyond = 10.0; // few enough to be far out, many enough to be known
    estimate.fit = fit;
    estimate.value_at_risk = tail.value_at_risk(probability, confidence);
    estimate.expected_shortfall = tail.expected_shortfall(probability, confidence);
    estimate.checks = {check_at(tail, sorted, 1.0 - beyond / static_cast<double>(sorted.size()))};
    if (!estimate.extrapolated()) estimate.checks.push_back(check_at(tail, sorted, probability));
    estimate.tail = std::move(tail);
}

bool reaches(const PeaksOverThreshold& tail, double probability) {
    return tail.share() >= (1.0 - probability) * (1.0 - 1e-12);
}

void use_own(TailEstimate& estimate, const std::vector<double>& sorted, double threshold) {
    auto tail = PeaksOverThreshold::fit_beyond(sorted, threshold);
    if (!tail) return;
    if (!reaches(*tail, estimate.question.probability)) {
        estimate.fit = TailFit::inside;
        return;
    }
    use(estimate, sorted, TailFit::own, std::move(*tail));
}

void choose(TailEstimate& estimate, const std::vector<double>& sorted) {
    if (estimate.thresholds.empty()) {
        const double beyond = (1.0 - estimate.question.probability) * static_cast<double>(sorted.size());
        const bool enough = PeaksOverThreshold::fit(sorted, sorted.size() / 5).has_value();
        if (enough && beyond >= static_cast<double>(fewest_exceedances)) estimate.fit = TailFit::inside;
        return;
    }
    std::vector<double> p_values;
    for (const ThresholdRow& row : estimate.thresholds) p_values.push_back(row.p_value);
    estimate.rejected = forward_stop(p_values, threshold_error_rate);
    estimate.fit = TailFit::rejected;
    if (estimate.rejected == p_values.size()) return;
    use(estimate, sorted, TailFit::chosen,
        *PeaksOverThreshold::fit_beyond(sorted, estimate.thresholds[estimate.rejected].threshold));
    if (std::all_of(estimate.checks.begin(), estimate.checks.end(), [](const TailCheck& c) { return c.agrees(); }))
        return;
    estimate.fit = TailFit::contradicted;
    estimate.tail.reset();
}

} // namespace

TailEstimate estimate_tail(const std::vector<double>& sorted, const TailQuestion& question) {
    TailEstimate estimate;
    estimate.question = question;
    estimate.sample = estimate_quantile(sorted, question.probability, question.confidence);
    estimate.sample_shortfall = expected_shortfall(sorted, question.probability);
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), 0.0);
    estimate.zeros = static_cast<std::uint64_t>(last - first);
    if (!std::isfinite(sorted.back())) {
        estimate.fit = TailFit::infinite;
        return estimate;
    }
    estimate.thresholds = threshold_table(sorted, question.probability, question.confidence);
    if (question.threshold)
        use_own(estimate, sorted, *question.threshold);
    else
        choose(estimate, sorted);
    return estimate;
}

} // namespace plunge
