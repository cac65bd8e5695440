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
    constexpr std::size_t lanes = 4; // independent ones, so that the compiler can keep them in a vector
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

/// The running trough and largest drawdown of a price.
class Drawdown {
  public:
    explicit Drawdown(double start) : peak_{start}, lowest_{start} {}

    void observe(double price) {
        peak_ = std::max(peak_, price);
        worst_ = std::min(worst_, price / peak_);
        lowest_ = std::min(lowest_, price);
    }

    /// Observes `count` prices, all within `range`: most stretches set no record and are done at once.
    void observe(const double* price, std::size_t count, const PriceRange& range) {
        if (sets_no_record(range)) return;
        constexpr std::size_t piece = 8; // most of these set no record either
        for (std::size_t first = 0; first < count; first += piece) {
            const std::size_t last = std::min(first + piece, count);
            if (sets_no_record(range_of(price + first, last - first))) continue;
            for (std::size_t k = first; k < last; ++k) observe(price[k]);
        }
    }

    double lowest() const { return lowest_; }
    double drawdown() const { return 1.0 - worst_; } ///< 1 - trough / peak before it

  private:
    bool sets_no_record(const PriceRange& range) const {
        return range.high <= peak_ && range.low >= lowest_ && range.low / peak_ >= worst_;
    }

    double peak_;
    double lowest_;
    double worst_ = 1.0; // price over the peak before it
};

} // namespace plunge
