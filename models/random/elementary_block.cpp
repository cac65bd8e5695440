#include "models/random/elementary_block.hpp"

#include <algorithm>
#include <array>

#include <immintrin.h>
#include <sleef.h>

#include "models/random/elementary_kernels.hpp"
#include "models/random/lanes.hpp"
#include "models/random/wide.hpp"

namespace plunge {
namespace {

// Eight at a time where the processor can, then four, the last of them filled up with ones: the bits are the same.
template <class Wide, class Fours>
void fill(const double* x, std::size_t count, double* out, const Wide& wide, const Fours& fours) {
    static const bool is_wide = wide::available();
    std::size_t i = 0;
    if (is_wide) {
        wide(count / 8);
        i = count / 8 * 8;
    }
    const std::size_t vectors = (count - i) / 4;
    fours(x + i, vectors, out + i);
    i += 4 * vectors;
    if (i == count) return;
    std::array<double, 4> rest{1.0, 1.0, 1.0, 1.0};
    std::copy(x + i, x + count, rest.begin());
    fours(rest.data(), 1, rest.data());
    std::copy_n(rest.begin(), count - i, out + i);
}

void pow_vectors(const double* x, double exponent, std::size_t vectors, double* out) {
    const __m256d power = _mm256_set1_pd(exponent);
    for (std::size_t i = 0; i < 4 * vectors; i += 4)
        _mm256_storeu_pd(out + i, Sleef_finz_powd4_u10avx2(_mm256_loadu_pd(x + i), power));
}

} // namespace

void fill_exp(const double* x, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_exp(x, vectors, out); }, exp_vectors<FourLanes>);
}

void fill_log(const double* x, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_log(x, vectors, out); }, log_vectors<FourLanes>);
}

void fill_pow(const double* x, double exponent, std::size_t count, double* out) {
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_pow(x, exponent, vectors, out); },
        [exponent](const double* from, std::size_t vectors, double* to) { pow_vectors(from, exponent, vectors, to); });
}

} // namespace plunge
