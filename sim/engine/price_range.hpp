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

inline double smallest_of(__m256d x) {
    const __m128d half = _mm_min_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
    return _mm_cvtsd_f64(_mm_min_sd(half, _mm_unpackhi_pd(half, half)));
}

inline double largest_of(__m256d x) {
    const __m128d half = _mm_max_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
    return _mm_cvtsd_f64(_mm_max_sd(half, _mm_unpackhi_pd(half, half)));
}

/// Smallest and largest of `count` >= 4 prices, of which four(i) gives those from i on. The last four come first, and
/// again where they are not a vector's own.
template <class Four> PriceRange range_of_fours(std::size_t count, const Four& four) {
    __m256d low = four(count - 4);
    __m256d high = low;
    for (std::size_t i = 0; i + 4 < count; i += 4) {
        const __m256d p = four(i);
        low = _mm256_min_pd(low, p);
        high = _mm256_max_pd(high, p);
    }
    return {smallest_of(low), largest_of(high)};
}

/// Smallest and largest of `count` >= 1 prices.
inline PriceRange range_of(const double* price, std::size_t count) {
    if (count < 4) {
        const auto [low, high] = std::minmax_element(price, price + count);
        return {*low, *high};
    }
    return range_of_fours(count, [&](std::size_t i) { return _mm256_loadu_pd(price + i); });
}

/// Smallest and largest of `count` >= 1 prices times a factor, which are written to `out`; not in place: some are done
/// twice.
inline PriceRange scale(const double* price, double factor, std::size_t count, double* out) {
    if (count < 4) {
        for (std::size_t i = 0; i < count; ++i) out[i] = price[i] * factor;
        return range_of(out, count);
    }
    const __m256d factors = _mm256_set1_pd(factor);
    return range_of_fours(count, [&](std::size_t i) {
        const __m256d p = _mm256_mul_pd(_mm256_loadu_pd(price + i), factors);
        _mm256_storeu_pd(out + i, p);
        return p;
    });
}

/// The same in place.
inline PriceRange scale_in_place(double* price, double factor, std::size_t count) {
    if (count % 4 == 0) return scale(price, factor, count, price); // then none is done twice
    for (std::size_t i = 0; i < count; ++i) price[i] *= factor;
    return range_of(price, count);
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

    /// Observes `count` prices, all within `range`: most stretches set no new peak and are done at once.
    void observe(const double* price, std::size_t count, const PriceRange& range) {
        if (range.high <= peak_) { // then the lowest price is the farthest below it
            if (range.low < lowest_ || range.low / peak_ < worst_) observe(range_of(price, count).low);
            return;
        }
        constexpr std::size_t lanes = 4;
        __m256d peak = _mm256_set1_pd(peak_);
        __m256d worst = _mm256_set1_pd(worst_);
        __m256d lowest = _mm256_set1_pd(lowest_);
        std::size_t i = 0;
        for (; i + lanes <= count; i += lanes) {
            const __m256d p = _mm256_loadu_pd(price + i);
            // The largest up to each lane: of two, of four, of all before.
            const __m256d two = _mm256_max_pd(p, _mm256_permute4x64_pd(p, 0x90));      // and lanes 0, 0, 1, 2
            const __m256d four = _mm256_max_pd(two, _mm256_permute4x64_pd(two, 0x40)); // and lanes 0, 0, 0, 1
            peak = _mm256_max_pd(peak, four);
            worst = _mm256_min_pd(worst, _mm256_div_pd(p, peak));
            lowest = _mm256_min_pd(lowest, p);
            peak = _mm256_permute4x64_pd(peak, 0xFF);
        }
        peak_ = _mm256_cvtsd_f64(peak);
        worst_ = smallest_of(worst);
        lowest_ = smallest_of(lowest);
        for (; i < count; ++i) observe(price[i]);
    }

    double lowest() const { return lowest_; }
    double drawdown() const { return 1.0 - worst_; } ///< 1 - trough / peak before it

  private:
    double peak_;
    double lowest_;
    double worst_ = 1.0; // price over the peak before it
};

} // namespace plunge
