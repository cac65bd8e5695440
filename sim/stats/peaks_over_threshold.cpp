#include "sim/stats/peaks_over_threshold.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "sim/stats/exceedance.hpp"
#include "sim/stats/pareto_test.hpp"

namespace plunge {
namespace {

// (q^xi - 1) / xi, also where xi is zero.
double quantile_multiple(double log_q, double xi) { return xi == 0.0 ? log_q : std::expm1(xi * log_q) / xi; }

double shortfall_multiple(double log_q, double xi) { return (quantile_multiple(log_q, xi) + 1.0) / (1.0 - xi); }

std::uint64_t positive_values(const std::vector<double>& sorted) {
    return static_cast<std::uint64_t>(sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), 0.0));
}

} // namespace

std::uint64_t default_exceedances(const std::vector<double>& sorted) {
    const std::uint64_t count = std::min<std::uint64_t>(sorted.size() / 10, positive_values(sorted) / 2);
    return count < fewest_exceedances ? 0 : count;
}

PeaksOverThreshold::PeaksOverThreshold(double threshold, std::size_t sample, std::vector<double> excesses)
    : threshold_{threshold}, sample_{sample}, share_{static_cast<double>(excesses.size()) /
                                                     static_cast<double>(sample)},
      mean_excess_{std::accumulate(excesses.begin(), excesses.end(), 0.0) / static_cast<double>(excesses.size())},
      likelihood_{excesses}, fit_{likelihood_.fit()}, p_value_{anderson_darling_p_value(
                                                          anderson_darling(excesses, fit_.parameters),
                                                          fit_.parameters.xi)} {}

std::optional<PeaksOverThreshold> PeaksOverThreshold::fit(const std::vector<double>& sorted,
                                                          std::uint64_t exceedances) {
    if (exceedances == 0 || exceedances >= sorted.size()) return std::nullopt;
    return fit_beyond(sorted, sorted[sorted.size() - static_cast<std::size_t>(exceedances) - 1]);
}

std::optional<PeaksOverThreshold> PeaksOverThreshold::fit_beyond(const std::vector<double>& sorted, double threshold) {
    if (sorted.empty() || !std::isfinite(sorted.back())) return std::nullopt;
    std::vector<double> excesses;
    for (auto value = std::upper_bound(sorted.begin(), sorted.end(), threshold); value != sorted.end(); ++value)
        excesses.push_back(*value - threshold);
    if (excesses.size() < fewest_exceedances || !(excesses.back() > excesses.front())) return std::nullopt;
    return PeaksOverThreshold(threshold, sorted.size(), std::move(excesses));
}

// log q: how far beyond the threshold.
double PeaksOverThreshold::reach(double probability) const {
    const double q = share_ / (1.0 - probability);
    constexpr double rounding = 1e-12; // of 1 - p and of the share, where they are meant to be equal
    if (!(probability < 1.0) || !(q >= 1.0 - rounding))
        throw std::invalid_argument("the tail that was fitted begins beyond this probability");
    return std::max(0.0, std::log(q));
}

// The threshold plus the scale times multiple(log q, xi).
template <class Multiple>
IntervalEstimate PeaksOverThreshold::estimate(const Multiple& multiple, double below_shape, double probability,
                                              double confidence) const {
    const double log_q = reach(probability);
    const auto [xi, beta] = fit_.parameters;
    IntervalEstimate result{0.0, 0.0, 0.0}; // a quantile at the threshold itself
    if (multiple(log_q, std::min(0.0, below_shape)) > 0.0)
        result = likelihood_.multiple_interval(
            fit_, [&](double shape) { return multiple(log_q, shape); }, below_shape, confidence);
    if (std::isfinite(result.point)) {
        const Exceedance share = binomial_interval(fit_.count, sample_, confidence);
        const auto with_share = [&](double other) {
            return beta * multiple(log_q + std::log(other / share_), xi) - result.point;
        };
        result.low = result.point - std::hypot(result.point - result.low, with_share(share.low));
        if (std::isfinite(result.high))
            result.high = result.point + std::hypot(result.high - result.point, with_share(share.high));
    }
    return {threshold_ + result.point, threshold_ + result.low, threshold_ + result.high};
}

IntervalEstimate PeaksOverThreshold::value_at_risk(double probability, double confidence) const {
    return estimate(quantile_multiple, std::numeric_limits<double>::infinity(), probability, confidence);
}

IntervalEstimate PeaksOverThreshold::expected_shortfall(double probability, double confidence) const {
    return estimate(shortfall_multiple, 1.0, probability, confidence);
}

std::vector<ThresholdRow> threshold_table(const std::vector<double>& sorted, double probability, double confidence) {
    std::vector<ThresholdRow> rows;
    constexpr double step = 1.4142135623730951;
    const auto most = static_cast<double>(std::min<std::uint64_t>(sorted.size() / 5, positive_values(sorted)));
    const double fewest = std::max(static_cast<double>(fewest_exceedances),
                                   (1.0 - probability) * static_cast<double>(sorted.size()) * (1.0 - 1e-12));
    for (double k = most; k >= fewest; k /= step) {
        const auto tail = PeaksOverThreshold::fit(sorted, static_cast<std::uint64_t>(k));
        if (!tail || tail->share() < (1.0 - probability) * (1.0 - 1e-12)) continue;
        if (!rows.empty() && rows.back().threshold == tail->threshold()) continue; // equal values
        const double log_q = std::log(tail->share() / (1.0 - probability));
        const auto [xi, beta] = tail->pareto().parameters;
        const double shortfall = xi < 1.0 ? tail->threshold() + beta * shortfall_multiple(log_q, xi)
                                          : std::numeric_limits<double>::infinity();
        rows.push_back({tail->exceedances(), tail->threshold(), tail->mean_excess(), tail->shape(confidence),
                        tail->p_value(), tail->threshold() + beta * quantile_multiple(log_q, xi), shortfall});
    }
    return rows;
}

} // namespace plunge
