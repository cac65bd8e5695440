#include "sim/stats/quantile_interval.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <boost/math/distributions/binomial.hpp>

namespace plunge {
namespace {

// The largest number in [0, count] that satisfies a condition true of 0 and false from some number on.
template <class Condition> std::uint64_t largest_that(std::uint64_t count, const Condition& holds) {
    std::uint64_t low = 0;
    std::uint64_t high = count;
    while (low < high) {
        const std::uint64_t middle = high - (high - low) / 2;
        if (holds(middle)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

bool inside_unit_interval(double x) { return x > 0.0 && x < 1.0; }

} // namespace

QuantileRanks quantile_ranks(std::uint64_t count, double probability, double confidence) {
    if (count == 0 || !inside_unit_interval(probability) || !inside_unit_interval(confidence))
        throw std::invalid_argument("a quantile needs values, and a probability and a confidence between 0 and 1");
    const double tail = 0.5 * (1.0 - confidence);
    const auto n = static_cast<double>(count);
    const boost::math::binomial_distribution<double> below(n, probability);
    const auto at_most = [&](std::uint64_t k) { return cdf(below, static_cast<double>(k)); };
    const auto at_least = [&](std::uint64_t k) { // k > 0
        return cdf(complement(below, static_cast<double>(k - 1)));
    };
    QuantileRanks ranks;
    // The same rank as order_statistic(): products such as 0.95 * 20 may land above the whole number they stand for.
    ranks.point = static_cast<std::uint64_t>(std::clamp(std::ceil(probability * n * (1.0 - 1e-12)), 1.0, n));
    ranks.low = largest_that(count, [&](std::uint64_t k) { return k == 0 || at_most(k - 1) <= tail; });
    const std::uint64_t too_low = largest_that(count, [&](std::uint64_t k) { return k == 0 || at_least(k) > tail; });
    ranks.high = too_low < count ? too_low + 1 : 0;
    const double missed_below = ranks.low > 0 ? at_most(ranks.low - 1) : 0.0;
    const double missed_above = ranks.high > 0 ? at_least(ranks.high) : 0.0;
    ranks.coverage = 1.0 - missed_below - missed_above;
    return ranks;
}

QuantileEstimate estimate_quantile(const std::vector<double>& sorted, double probability, double confidence) {
    QuantileEstimate estimate{
        probability, confidence, sorted.size(), quantile_ranks(sorted.size(), probability, confidence), {}};
    const auto at = [&](std::uint64_t rank) { return sorted[static_cast<std::size_t>(rank - 1)]; };
    estimate.value.point = at(estimate.ranks.point);
    if (estimate.ranks.low > 0) estimate.value.low = at(estimate.ranks.low);
    if (estimate.ranks.high > 0) estimate.value.high = at(estimate.ranks.high);
    return estimate;
}

std::uint64_t sample_for_upper_bound(double probability, double failure) {
    if (!inside_unit_interval(probability) || !inside_unit_interval(failure))
        throw std::invalid_argument("a probability and a chance of failure lie between 0 and 1");
    auto n = static_cast<std::uint64_t>(std::ceil(std::log(failure) / std::log(probability)));
    // The quotient may round to the wrong side of a whole number.
    while (n > 1 && std::pow(probability, static_cast<double>(n - 1)) <= failure) --n;
    while (std::pow(probability, static_cast<double>(n)) > failure) ++n;
    return n;
}

} // namespace plunge
