// Events whose probability is known, or that worlds are sent after.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>
#include <vector>

#include "sim/engine/market.hpp"
#include "sim/engine/score.hpp"

namespace plunge::test {

inline double normal_tail_below(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// P(min over n steps of a Gaussian random walk <= barrier), by integrating the density of those that have not reached
/// it from step to step: Simpson's rule, exact to far more digits than a simulation needs.
inline double passage_of_walk(double mean, double stddev, std::size_t steps, double barrier) {
    constexpr std::size_t panels = 3000;
    const double top = 12.0 * stddev * std::sqrt(static_cast<double>(steps));
    const double h = (top - barrier) / panels;
    const auto at = [&](std::size_t i) { return barrier + h * static_cast<double>(i); };
    const auto weight = [&](std::size_t i) { return h / 3.0 * (i == 0 || i == panels ? 1.0 : i % 2 == 1 ? 4.0 : 2.0); };
    const auto density = [&](double x) {
        const double z = (x - mean) / stddev;
        return std::exp(-0.5 * z * z) / (stddev * std::sqrt(2.0 * std::numbers::pi));
    };
    double reached = normal_tail_below((barrier - mean) / stddev);
    std::vector<double> alive(panels + 1);
    for (std::size_t i = 0; i <= panels; ++i) alive[i] = density(at(i));
    for (std::size_t step = 2; step <= steps; ++step) {
        for (std::size_t i = 0; i <= panels; ++i) {
            reached += weight(i) * alive[i] * normal_tail_below((barrier - at(i) - mean) / stddev);
        }
        std::vector<double> next(panels + 1, 0.0);
        for (std::size_t i = 0; i <= panels; ++i) {
            for (std::size_t j = 0; j <= panels; ++j) next[j] += weight(i) * alive[i] * density(at(j) - at(i));
        }
        alive = std::move(next);
    }
    return reached;
}

inline RareEvent event_on(const Market& market, RareQuantity quantity, double threshold) {
    RareEvent event;
    event.quantity = quantity;
    event.threshold = threshold;
    event.weight.assign(market.assets(), 1.0 / static_cast<double>(market.assets()));
    event.typical_move = market.typical_move()[0];
    for (const double interest : market.initial_open_interest()) event.open_interest += interest;
    return event;
}

} // namespace plunge::test
