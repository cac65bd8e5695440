#include "models/random/elementary_block.hpp"

#include <algorithm>
#include <array>

#include <immintrin.h>
#include <sleef.h>

#include "models/random/wide.hpp"

namespace plunge {
namespace {

// Eight at a time where the processor can, then four, the last of them filled up with ones: the bits are the same.
template <class Wide, class Four>
void fill(const double* x, std::size_t count, double* out, const Wide& wide, const Four& four) {
    static const bool is_wide = wide::available();
    std::size_t i = 0;
    if (is_wide) {
        wide(count / 8);
        i = count / 8 * 8;
    }
    for (; i + 4 <= count; i += 4) _mm256_storeu_pd(out + i, four(_mm256_loadu_pd(x + i)));
    if (i == count) return;
    std::array<double, 4> rest{1.0, 1.0, 1.0, 1.0};
    std::copy(x + i, x + count, rest.begin());
    _mm256_storeu_pd(rest.data(), four(_mm256_loadu_pd(rest.data())));
    std::copy_n(rest.begin(), count - i, out + i);
}

} // namespace

void fill_exp(const double* x, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_exp(x, vectors, out); },
        [](__m256d v) { return Sleef_finz_expd4_u10avx2(v); });
}

void fill_log(const double* x, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_log(x, vectors, out); },
        [](__m256d v) { return Sleef_finz_logd4_u10avx2(v); });
}

void fill_pow(const double* x, double exponent, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_pow(x, exponent, vectors, out); },
        [power = _mm256_set1_pd(exponent)](__m256d v) { return Sleef_finz_powd4_u10avx2(v, power); });
}

} // namespace plunge
