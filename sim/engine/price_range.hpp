// Extremes and drawdowns of a stretch of prices.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace plunge {

struct PriceRange {
    double low;
    double high;
};

/// Smallest and largest of `count` >= 1 prices.
inline PriceRange range_of(const double* price, std::size_t count) {
    constexpr std::size_t lanes = 8; // independent ones, so that the compiler can keep them in vectors
    std::array<double, lanes> low;
    std::array<double, lanes> high;
    low.fill(price[0]);
    high.fill(price[0]);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) {
            const double p = price[i + l];
            low[l] = p < low[l] ? p : low[l];
            high[l] = p > high[l] ? p : high[l];
        }
    }
    for (; i < count; ++i) {
        low[0] = std::min(low[0], price[i]);
        high[0] = std::max(high[0], price[i]);
    }
    for (std::size_t l = 1; l < lanes; ++l) {
        low[0] = std::min(low[0], low[l]);
        high[0] = std::max(high[0], high[l]);
    }
    return {low[0], high[0]};
}

/// The running peak, trough and largest drawdown of a price.
struct Drawdown {
    double peak;
    double lowest;
    double drawdown = 0.0; ///< 1 - trough / peak before it

    explicit Drawdown(double start) : peak{start}, lowest{start} {}

    void observe(double price) {
        if (price > peak) {
            peak = price;
        } else if (price < peak * (1.0 - drawdown)) {
            drawdown = 1.0 - price / peak;
        }
        lowest = std::min(lowest, price);
    }

    /// Observes `count` prices, all within `range`: most stretches set no record and are done at once.
    void observe(const double* price, std::size_t count, const PriceRange& range) {
        if (range.high > peak || range.low < peak * (1.0 - drawdown)) {
            for (std::size_t k = 0; k < count; ++k) observe(price[k]);
        } else if (range.low < lowest && count > 0) {
            lowest = std::min(lowest, range_of(price, count).low);
        }
    }
};

} // namespace plunge
