#include "models/random/wide.hpp"

#include <immintrin.h>
#include <sleef.h>

namespace plunge::wide {
namespace {

// Eight Philox4x32-10 counters side by side; see normal_block.cpp.
struct EightCounters {
    __m512i c0, c1, c2, c3;
};

EightCounters philox_rounds(EightCounters c, std::uint32_t key0, std::uint32_t key1) {
    const __m512i multiplier0 = _mm512_set1_epi64(0xD2511F53);
    const __m512i multiplier1 = _mm512_set1_epi64(0xCD9E8D57);
    for (int round = 0; round < 10; ++round) {
        const __m512i product0 = _mm512_mul_epu32(c.c0, multiplier0);
        const __m512i product1 = _mm512_mul_epu32(c.c2, multiplier1);
        const __m512i k0 = _mm512_set1_epi64(key0);
        const __m512i k1 = _mm512_set1_epi64(key1);
        constexpr int exclusive_or = 0x96; // of three
        c = {_mm512_ternarylogic_epi64(_mm512_srli_epi64(product1, 32), c.c1, k0, exclusive_or), product1,
             _mm512_ternarylogic_epi64(_mm512_srli_epi64(product0, 32), c.c3, k1, exclusive_or), product0};
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
    return c;
}

__m512d uniforms(__m512i low, __m512i high) {
    constexpr __mmask16 odd = 0xAAAA; // the high halves
    const __m512i bits = _mm512_srli_epi64(_mm512_mask_blend_epi32(odd, low, _mm512_slli_epi64(high, 32)), 12);
    const __m512d one_to_two = _mm512_castsi512_pd(_mm512_or_si512(bits, _mm512_set1_epi64(0x3FF0000000000000)));
    return _mm512_add_pd(_mm512_sub_pd(one_to_two, _mm512_set1_pd(1.0)), _mm512_set1_pd(0x1p-53));
}

} // namespace

bool available() { return __builtin_cpu_supports("avx512f") != 0; }

void fill_normals(std::uint32_t key0, std::uint32_t key1, std::uint32_t world, std::uint32_t top, std::uint32_t index,
                  std::size_t first_group, std::size_t pairs, double* out) {
    const __m512i worlds = _mm512_set1_epi64(world);
    const __m512i tops = _mm512_set1_epi64(top);
    const __m512i indices = _mm512_set1_epi64(index);
    const __m512i lane_step = _mm512_set_epi64(11, 10, 9, 8, 3, 2, 1, 0); // four of each group
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        const auto step = static_cast<long long>(8 * first_group + 16 * pair);
        const __m512i steps = _mm512_add_epi64(_mm512_set1_epi64(step), lane_step);
        const EightCounters words = philox_rounds({steps, indices, worlds, tops}, key0, key1);
        const __m512d radius = _mm512_sqrt_pd(
            _mm512_mul_pd(_mm512_set1_pd(-2.0), Sleef_finz_logd8_u10avx512f(uniforms(words.c0, words.c1))));
        const __m512d turn = _mm512_add_pd(uniforms(words.c2, words.c3), uniforms(words.c2, words.c3));
        const Sleef___m512d_2 angle = Sleef_finz_sincospid8_u35avx512f(turn);
        const __m512d cosine = _mm512_mul_pd(radius, angle.y);
        const __m512d sine = _mm512_mul_pd(radius, angle.x);
        _mm512_storeu_pd(out + 16 * pair, _mm512_shuffle_f64x2(cosine, sine, 0x44));
        _mm512_storeu_pd(out + 16 * pair + 8, _mm512_shuffle_f64x2(cosine, sine, 0xEE));
    }
}

void fill_exp(const double* x, std::size_t vectors, double* out) {
    for (std::size_t i = 0; i < 8 * vectors; i += 8) {
        _mm512_storeu_pd(out + i, Sleef_finz_expd8_u10avx512f(_mm512_loadu_pd(x + i)));
    }
}

void fill_log(const double* x, std::size_t vectors, double* out) {
    for (std::size_t i = 0; i < 8 * vectors; i += 8) {
        _mm512_storeu_pd(out + i, Sleef_finz_logd8_u10avx512f(_mm512_loadu_pd(x + i)));
    }
}

void fill_pow(const double* x, double exponent, std::size_t vectors, double* out) {
    const __m512d power = _mm512_set1_pd(exponent);
    for (std::size_t i = 0; i < 8 * vectors; i += 8) {
        _mm512_storeu_pd(out + i, Sleef_finz_powd8_u10avx512f(_mm512_loadu_pd(x + i), power));
    }
}

} // namespace plunge::wide
