#include "models/random/elementary_block.hpp"

#include <immintrin.h>

#include "models/random/elementary.hpp"

namespace plunge {

void fill_exp(const double* x, std::size_t count, double* out) {
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) _mm256_storeu_pd(out + i, Sleef_finz_expd4_u10avx2(_mm256_loadu_pd(x + i)));
    for (; i < count; ++i) out[i] = det_exp(x[i]);
}

void fill_log(const double* x, std::size_t count, double* out) {
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) _mm256_storeu_pd(out + i, Sleef_finz_logd4_u10avx2(_mm256_loadu_pd(x + i)));
    for (; i < count; ++i) out[i] = det_log(x[i]);
}

void fill_pow(const double* x, double exponent, std::size_t count, double* out) {
    const __m256d power = _mm256_set1_pd(exponent);
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) _mm256_storeu_pd(out + i, Sleef_finz_powd4_u10avx2(_mm256_loadu_pd(x + i), power));
    for (; i < count; ++i) out[i] = det_pow(x[i], exponent);
}

} // namespace plunge
