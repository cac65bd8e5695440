#include "models/random/normal_block.hpp"

#include <immintrin.h>
#include <sleef.h>

#include "models/random/elementary.hpp"
#include "models/random/wide.hpp"

namespace plunge {
namespace {

// Four Philox4x32-10 counters side by side, each 32-bit word in the low half of a 64-bit lane. What is in the high
// halves does not matter: products are of the low ones.
struct FourCounters {
    __m256i c0, c1, c2, c3;
};

FourCounters philox_rounds(FourCounters c, std::uint32_t key0, std::uint32_t key1) {
    const __m256i multiplier0 = _mm256_set1_epi64x(0xD2511F53);
    const __m256i multiplier1 = _mm256_set1_epi64x(0xCD9E8D57);
    for (int round = 0; round < 10; ++round) {
        const __m256i product0 = _mm256_mul_epu32(c.c0, multiplier0);
        const __m256i product1 = _mm256_mul_epu32(c.c2, multiplier1);
        const __m256i k0 = _mm256_set1_epi64x(key0);
        const __m256i k1 = _mm256_set1_epi64x(key1);
        c = {_mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product1, 32), c.c1), k0), product1,
             _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product0, 32), c.c3), k1), product0};
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
    return c;
}

// uniform_open() of four word pairs: the top 52 bits put into a mantissa of [1, 2), minus 1, plus half a cell.
__m256d uniforms(__m256i low, __m256i high) {
    constexpr int odd = 0xAA; // the high halves
    const __m256i bits = _mm256_srli_epi64(_mm256_blend_epi32(low, _mm256_slli_epi64(high, 32), odd), 12);
    const __m256d one_to_two = _mm256_castsi256_pd(_mm256_or_si256(bits, _mm256_set1_epi64x(0x3FF0000000000000)));
    return _mm256_add_pd(_mm256_sub_pd(one_to_two, _mm256_set1_pd(1.0)), _mm256_set1_pd(0x1p-53));
}

} // namespace

void fill_normals(const StreamKey& key, std::uint32_t index, std::size_t first_group, std::size_t groups, double* out) {
    const auto key0 = static_cast<std::uint32_t>(key.seed);
    const auto key1 = static_cast<std::uint32_t>(key.seed >> 32U);
    static const bool is_wide = wide::available();
    const std::size_t pairs = is_wide ? groups / 2 : 0; // the bits are the same
    if (pairs > 0) {
        wide::fill_normals(key0, key1, static_cast<std::uint32_t>(key.world), philox_top_word(key), index, first_group,
                           pairs, out);
    }
    const __m256i world = _mm256_set1_epi64x(static_cast<std::uint32_t>(key.world));
    const __m256i top = _mm256_set1_epi64x(philox_top_word(key));
    const __m256i asset = _mm256_set1_epi64x(index);
    for (std::size_t group = 2 * pairs; group < groups; ++group) {
        const auto step = static_cast<long long>(normal_group * (first_group + group));
        const __m256i steps = _mm256_add_epi64(_mm256_set1_epi64x(step), _mm256_set_epi64x(3, 2, 1, 0));
        const FourCounters words = philox_rounds({steps, asset, world, top}, key0, key1);
        const __m256d radius = _mm256_sqrt_pd(
            _mm256_mul_pd(_mm256_set1_pd(-2.0), Sleef_finz_logd4_u10avx2(uniforms(words.c0, words.c1))));
        const __m256d turn = _mm256_add_pd(uniforms(words.c2, words.c3), uniforms(words.c2, words.c3));
        const Sleef___m256d_2 angle = Sleef_finz_sincospid4_u35avx2(turn);
        _mm256_storeu_pd(out + normal_group * group, _mm256_mul_pd(radius, angle.y));
        _mm256_storeu_pd(out + normal_group * group + 4, _mm256_mul_pd(radius, angle.x));
    }
}

} // namespace plunge
