#include "sim/stats/weighted_tail.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "sim/stats/distributions.hpp"

namespace plunge {

WeightedTail::WeightedTail(std::vector<WeightedValue> values) : sorted_{std::move(values)} {
    std::sort(sorted_.begin(), sorted_.end(),
              [](const WeightedValue& x, const WeightedValue& y) { return x.value < y.value; });
    beyond_.resize(sorted_.size() + 1);
    for (std::size_t i = sorted_.size(); i-- > 0;) {
        const double weight = sorted_[i].weight;
        beyond_[i] = {beyond_[i + 1].weight + weight, beyond_[i + 1].square + weight * weight};
    }
}

double WeightedTail::share_beyond(std::size_t place) const {
    return beyond_[place].weight / static_cast<double>(sorted_.size());
}

double WeightedTail::error_beyond(std::size_t place) const {
    const auto n = static_cast<double>(sorted_.size());
    const double share = share_beyond(place);
    return std::sqrt(std::max(0.0, beyond_[place].square / n - share * share) / (n - 1.0));
}

IntervalEstimate WeightedTail::exceedance(double level, double confidence) const {
    const auto place = static_cast<std::size_t>(
        std::upper_bound(sorted_.begin(), sorted_.end(), level,
                         [](double x, const WeightedValue& value) { return x < value.value; }) -
        sorted_.begin());
    if (sorted_.size() < 2) return {};
    const double share = share_beyond(place);
    if (!(share > 0.0)) return {share, 0.0, 1.0}; // nothing seen there says nothing about weights
    const double t = student_quantile(0.5 + 0.5 * confidence, static_cast<double>(sorted_.size()) - 1.0);
    const double error = t * error_beyond(place);
    return {std::min(1.0, share), std::max(0.0, share - error), std::min(1.0, share + error)};
}

double WeightedTail::relative_error(double level) const {
    const auto place = static_cast<std::size_t>(
        std::upper_bound(sorted_.begin(), sorted_.end(), level,
                         [](double x, const WeightedValue& value) { return x < value.value; }) -
        sorted_.begin());
    const double share = share_beyond(place);
    return share > 0.0 ? error_beyond(place) / share : std::numeric_limits<double>::infinity();
}

// The smallest value of which the values beyond it are accepted; infinite where only none of them would be.
template <class Accepts> double WeightedTail::first_value(Accepts&& accepts) const {
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
        if (i + 1 < sorted_.size() && sorted_[i + 1].value == sorted_[i].value) continue;
        if (accepts(i + 1)) return sorted_[i].value;
    }
    return std::numeric_limits<double>::infinity();
}

IntervalEstimate WeightedTail::quantile(double probability, double confidence) const {
    if (sorted_.size() < 2) return {};
    const double allowed = 1.0 - probability;
    const double t = student_quantile(0.5 + 0.5 * confidence, static_cast<double>(sorted_.size()) - 1.0);
    IntervalEstimate result;
    result.point = first_value([&](std::size_t place) { return share_beyond(place) <= allowed; });
    result.low = first_value(
        [&](std::size_t place) { return share_beyond(place) - t * error_beyond(place) <= allowed; });
    // Beyond the last value there is no error to be seen either.
    result.high = first_value([&](std::size_t place) {
        return place < sorted_.size() && share_beyond(place) + t * error_beyond(place) <= allowed;
    });
    return result;
}

double WeightedTail::expected_shortfall(double probability) const {
    const double allowed = 1.0 - probability;
    const double quantile = first_value([&](std::size_t place) { return share_beyond(place) <= allowed; });
    const auto n = static_cast<double>(sorted_.size());
    double beyond = 0.0;
    double share = 0.0;
    for (const WeightedValue& one : sorted_) {
        if (!(one.value > quantile)) continue;
        beyond += one.weight * one.value / n;
        share += one.weight / n;
    }
    return (beyond + quantile * (allowed - share)) / allowed;
}

} // namespace plunge
