// Extremes and drawdowns of a stretch of prices.
#pragma once

#include <algorithm>
#include <cstddef>

#include <immintrin.h>

namespace plunge {

struct PriceRange {
    double low;
    double high;
};

/// Smallest and largest of `count` >= 1 prices.
inline PriceRange range_of(const double* price, std::size_t count) {
    constexpr std::size_t lanes = 4;
    if (count < lanes) {
        const auto [low, high] = std::minmax_element(price, price + count);
        return {*low, *high};
    }
    __m256d low = _mm256_loadu_pd(price + count - lanes); // the last ones, again where they are not a vector's own
    __m256d high = low;
    for (std::size_t i = 0; i + lanes < count; i += lanes) {
        const __m256d p = _mm256_loadu_pd(price + i);
        low = _mm256_min_pd(low, p);
        high = _mm256_max_pd(high, p);
    }
    __m128d l = _mm_min_pd(_mm256_castpd256_pd128(low), _mm256_extractf128_pd(low, 1));
    __m128d h = _mm_max_pd(_mm256_castpd256_pd128(high), _mm256_extractf128_pd(high, 1));
    l = _mm_min_sd(l, _mm_unpackhi_pd(l, l));
    h = _mm_max_sd(h, _mm_unpackhi_pd(h, h));
    return {_mm_cvtsd_f64(l), _mm_cvtsd_f64(h)};
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
