#include "models/random/elementary_block.hpp"

#include <immintrin.h>

#include "models/random/elementary.hpp"
#include "models/random/wide.hpp"

namespace plunge {
namespace {

// Eight at a time where the processor can, then four, then one: the bits are the same.
template <class Wide, class Four, class One>
void fill(const double* x, std::size_t count, double* out, const Wide& wide, const Four& four, const One& one) {
    static const bool is_wide = wide::available();
    std::size_t i = 0;
    if (is_wide) {
        wide(count / 8);
        i = count / 8 * 8;
    }
    for (; i + 4 <= count; i += 4) _mm256_storeu_pd(out + i, four(_mm256_loadu_pd(x + i)));
    for (; i < count; ++i) out[i] = one(x[i]);
}

} // namespace

void fill_exp(const double* x, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_exp(x, vectors, out); },
        [](__m256d v) { return Sleef_finz_expd4_u10avx2(v); }, det_exp);
}

void fill_log(const double* x, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_log(x, vectors, out); },
        [](__m256d v) { return Sleef_finz_logd4_u10avx2(v); }, det_log);
}

void fill_pow(const double* x, double exponent, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_pow(x, exponent, vectors, out); },
        [power = _mm256_set1_pd(exponent)](__m256d v) { return Sleef_finz_powd4_u10avx2(v, power); },
        [exponent](double v) { return det_pow(v, exponent); });
}

} // namespace plunge
