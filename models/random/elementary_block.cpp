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

// Four at a time from number i on, the last of them filled up with ones.
template <class Fours>
void fill_from(std::size_t i, const double* x, std::size_t count, double* out, const Fours& fours) {
    const std::size_t vectors = (count - i) / 4;
    fours(x + i, vectors, out + i);
    i += 4 * vectors;
    if (i == count) return;
    std::array<double, 4> rest{1.0, 1.0, 1.0, 1.0};
    std::copy(x + i, x + count, rest.begin());
    fours(rest.data(), 1, rest.data());
    std::copy_n(rest.begin(), count - i, out + i);
}

// Eight at a time where the processor can, then four: the bits are the same.
template <class Wide, class Fours>
void fill(const double* x, std::size_t count, double* out, const Wide& wide, const Fours& fours) {
    static const bool is_wide = wide::available();
    if (is_wide) wide(count / 8);
    fill_from(is_wide ? count / 8 * 8 : 0, x, count, out, fours);
}

void pow_vectors(const double* x, double exponent, std::size_t vectors, double* out) {
    const __m256d power = _mm256_set1_pd(exponent);
    for (std::size_t i = 0; i < 4 * vectors; i += 4)
        _mm256_storeu_pd(out + i, Sleef_finz_powd4_u10avx2(_mm256_loadu_pd(x + i), power));
}

// Powers that are roots need no kernel of eight: the processor rounds roots and quotients alike at every width.
template <class Root> void fill_root(const double* x, std::size_t count, double* out, const Root& root) {
    fill_from(0, x, count, out, [&](const double* from, std::size_t vectors, double* to) {
        for (std::size_t i = 0; i < 4 * vectors; i += 4) FourLanes::store(to + i, root(FourLanes::load(from + i)));
    });
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
    const auto inverse = [](__m256d value) { return _mm256_div_pd(FourLanes::all(1.0), value); };
    const auto root = [](__m256d value) { return FourLanes::square_root(value); };
    if (exponent == 0.5) return fill_root(x, count, out, root);
    if (exponent == -0.5) return fill_root(x, count, out, [&](__m256d value) { return inverse(root(value)); });
    if (exponent == -0.25) return fill_root(x, count, out, [&](__m256d value) { return inverse(root(root(value))); });
    fill(
        x, count, out, [&](std::size_t vectors) { wide::fill_pow(x, exponent, vectors, out); },
        [exponent](const double* from, std::size_t vectors, double* to) { pow_vectors(from, exponent, vectors, to); });
}

} // namespace plunge
