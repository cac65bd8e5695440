#include "sim/engine/value_scale.hpp"

#include <immintrin.h>

namespace plunge {

// Eight at a time; the last eight overlap the ones before where `count` is no multiple.
void ValueScale::encode(const double* value, std::size_t count, std::uint16_t* out) const {
    constexpr std::size_t lanes = 8;
    if (count < lanes) {
        for (std::size_t i = 0; i < count; ++i) out[i] = code(value[i]);
        return;
    }
    const __m256d its_atom = _mm256_set1_pd(atom_);
    const __m128i dropped = _mm_cvtsi32_si128(dropped_bits_);
    const __m256i before_first = _mm256_set1_epi32(static_cast<int>(before_first_));
    // The low halves of two vectors of 64-bit lanes, which say it all, as lanes of 32: first 0, 1, 4, 5, then 2, 3,
    // 6, 7.
    const auto halves = [](__m256d first, __m256d second) {
        return _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castpd_ps(first), _mm256_castpd_ps(second), 0x88));
    };
    const auto shifted = [&](__m256d x) {
        return _mm256_castsi256_pd(_mm256_srl_epi64(_mm256_castpd_si256(x), dropped));
    };
    for (std::size_t next = 0; next < count; next += lanes) {
        const std::size_t i = std::min(next, count - lanes);
        const __m256d x = _mm256_loadu_pd(value + i);
        const __m256d y = _mm256_loadu_pd(value + i + 4);
        const __m256d zeros = _mm256_setzero_pd();
        const __m256i positive = halves(_mm256_cmp_pd(x, zeros, _CMP_GT_OQ), _mm256_cmp_pd(y, zeros, _CMP_GT_OQ));
        const __m256i is_atom = halves(_mm256_cmp_pd(x, its_atom, _CMP_EQ_OQ), _mm256_cmp_pd(y, its_atom, _CMP_EQ_OQ));
        __m256i cell = _mm256_sub_epi32(halves(shifted(x), shifted(y)), before_first);
        cell = _mm256_min_epi32(_mm256_max_epi32(cell, _mm256_set1_epi32(1)), _mm256_set1_epi32(atom - 1));
        cell = _mm256_blendv_epi8(_mm256_and_si256(cell, positive), _mm256_set1_epi32(atom), is_atom);
        const __m256i in_order = _mm256_permute4x64_epi64(cell, 0xD8);
        const __m128i codes = _mm_packus_epi32(_mm256_castsi256_si128(in_order), _mm256_extracti128_si256(in_order, 1));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), codes);
    }
}

} // namespace plunge
