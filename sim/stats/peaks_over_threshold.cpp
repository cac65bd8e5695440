#include "sim/stats/peaks_over_threshold.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <utility>

namespace plunge {
namespace {

// (q^xi - 1) / xi, also where xi is zero.
double quantile_multiple(double log_q, double xi) { return xi == 0.0 ? log_q : std::expm1(xi * log_q) / xi; }

double shortfall_multiple(double log_q, double xi) { return (quantile_multiple(log_q, xi) + 1.0) / (1.0 - xi); }

IntervalEstimate moved(const IntervalEstimate& estimate, double by) {
    return {estimate.point + by, estimate.low + by, estimate.high + by};
}

std::uint64_t positive_values(const std::vector<double>& sorted) {
    return static_cast<std::uint64_t>(sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), 0.0));
}

} // namespace

std::uint64_t default_exceedances(const std::vector<double>& sorted) {
    const std::uint64_t count = std::min<std::uint64_t>(sorted.size() / 10, positive_values(sorted) / 2);
    return count < fewest_exceedances ? 0 : count;
}

PeaksOverThreshold::PeaksOverThreshold(double threshold, double share, ExcessLikelihood likelihood)
    : threshold_{threshold}, share_{share}, likelihood_{std::move(likelihood)}, fit_{likelihood_.fit()} {}

std::optional<PeaksOverThreshold> PeaksOverThreshold::fit(const std::vector<double>& sorted,
                                                          std::uint64_t exceedances) {
    if (exceedances == 0 || exceedances >= sorted.size() || !std::isfinite(sorted.back())) return std::nullopt;
    const double threshold = sorted[sorted.size() - static_cast<std::size_t>(exceedances) - 1];
    std::vector<double> excesses;
    for (auto value = std::upper_bound(sorted.begin(), sorted.end(), threshold); value != sorted.end(); ++value)
        excesses.push_back(*value - threshold);
    if (excesses.size() < fewest_exceedances || !(excesses.back() > excesses.front())) return std::nullopt;
    const double share = static_cast<double>(excesses.size()) / static_cast<double>(sorted.size());
    return PeaksOverThreshold(threshold, share, ExcessLikelihood(std::move(excesses)));
}

// log q: how far beyond the threshold.
double PeaksOverThreshold::reach(double probability) const {
    const double q = share_ / (1.0 - probability);
    constexpr double rounding = 1e-12; // of 1 - p and of the share, where they are meant to be equal
    if (!(probability < 1.0) || !(q >= 1.0 - rounding))
        throw std::invalid_argument("the tail that was fitted begins beyond this probability");
    return std::max(0.0, std::log(q));
}

IntervalEstimate PeaksOverThreshold::value_at_risk(double probability, double confidence) const {
    const double log_q = reach(probability);
    if (log_q == 0.0) return {threshold_, threshold_, threshold_};
    return moved(likelihood_.multiple_interval(
                     fit_, [&](double xi) { return quantile_multiple(log_q, xi); },
                     std::numeric_limits<double>::infinity(), confidence),
                 threshold_);
}

IntervalEstimate PeaksOverThreshold::expected_shortfall(double probability, double confidence) const {
    const double log_q = reach(probability);
    return moved(likelihood_.multiple_interval(
                     fit_, [&](double xi) { return shortfall_multiple(log_q, xi); }, 1.0, confidence),
                 threshold_);
}

std::vector<ThresholdRow> threshold_table(const std::vector<double>& sorted, double probability, double confidence) {
    std::vector<ThresholdRow> rows;
    for (std::uint64_t k = 2 * default_exceedances(sorted); k >= fewest_exceedances; k /= 2) {
        const auto tail = PeaksOverThreshold::fit(sorted, k);
        if (!tail) continue;
        ThresholdRow row{tail->exceedances(), tail->threshold(), 0.0, tail->shape(confidence), 0.0, 0.0};
        for (auto value = std::upper_bound(sorted.begin(), sorted.end(), row.threshold); value != sorted.end(); ++value)
            row.mean_excess += (*value - row.threshold) / static_cast<double>(row.exceedances);
        const double q = tail->share() / (1.0 - probability);
        const GeneralizedPareto& pareto = tail->pareto().parameters;
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        constexpr double infinite = std::numeric_limits<double>::infinity();
        const bool inside = !(q >= 1.0);
        row.value_at_risk = inside ? none : row.threshold + pareto.beta * quantile_multiple(std::log(q), pareto.xi);
        row.expected_shortfall = inside ? none
                                 : pareto.xi >= 1.0
                                     ? infinite
                                     : row.threshold + pareto.beta * shortfall_multiple(std::log(q), pareto.xi);
        rows.push_back(row);
    }
    return rows;
}

} // namespace plunge
