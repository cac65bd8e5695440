#include "sim/stats/weighted_summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include "sim/stats/weighted_tail.hpp"

namespace plunge {
namespace {

// The squares of the sums over draws, and how many draws there are.
struct DrawSums {
    double squares = 0.0;
    std::uint64_t draws = 0;
};

template <class Residual>
DrawSums add_up(const std::vector<double>& values, const std::vector<std::uint64_t>& draw, const Residual& residual) {
    DrawSums sums;
    double sum = 0.0;
    std::uint64_t current = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) continue;
        if (sums.draws == 0 || draw[i] != current) {
            sums.squares += sum * sum;
            sum = 0.0;
            current = draw[i];
            ++sums.draws;
        }
        sum += residual(i);
    }
    sums.squares += sum * sum;
    return sums;
}

// The smallest value up to which at least this share of the weight lies. \param sorted  not empty
double weighted_quantile(const std::vector<WeightedValue>& sorted, double total, double probability) {
    double sum = 0.0;
    for (const WeightedValue& one : sorted) {
        sum += one.weight;
        if (sum >= probability * total) return one.value;
    }
    return sorted.back().value; // where rounding kept the sum below the whole
}

} // namespace

ColumnSummary summarize_weighted(const Column& column, const WorldWeights& weights) {
    const std::vector<double>& values = column.values;
    if (weights.weight.size() != values.size() || weights.draw.size() != values.size())
        throw std::invalid_argument(column.name + ": as many weights and draws as values");
    ColumnSummary summary{column.name, column.units, column.long_name};
    summary.quantiles.fill(not_a_number);
    std::vector<WeightedValue> sorted;
    double total = 0.0;
    double weighted = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) continue;
        sorted.push_back({values[i], weights.weight[i]});
        total += weights.weight[i];
        weighted += weights.weight[i] * values[i];
    }
    summary.count = sorted.size();
    summary.missing = values.size() - sorted.size();
    if (sorted.empty()) return summary;

    const double mean = weighted / total;
    summary.mean = mean;
    const DrawSums sums = add_up(values, weights.draw,
                                 [&](std::size_t i) { return weights.weight[i] * (values[i] - mean); });
    const auto draws = static_cast<double>(sums.draws);
    if (sums.draws > 1) summary.standard_error = std::sqrt(draws / (draws - 1.0) * sums.squares) / total;

    std::sort(sorted.begin(), sorted.end(),
              [](const WeightedValue& x, const WeightedValue& y) { return x.value < y.value; });
    for (std::size_t i = 0; i < summary_probabilities.size(); ++i)
        summary.quantiles[i] = weighted_quantile(sorted, total, summary_probabilities[i]);
    summary.smallest = sorted.front().value;
    summary.largest = sorted.back().value;
    return summary;
}

} // namespace plunge
