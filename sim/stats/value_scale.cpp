#include "sim/stats/value_scale.hpp"

#include <immintrin.h>

namespace plunge {

void ValueScale::encode(const double* value, std::size_t count, std::uint16_t* out) const {
    const __m256d its_atom = _mm256_set1_pd(atom_);
    const __m128i dropped = _mm_cvtsi32_si128(dropped_bits_);
    const __m128i before_first = _mm_set1_epi32(static_cast<int>(before_first_));
    const __m256i even = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    // Lanes of 64 bits, of which the low halves say it all, as lanes of 32.
    const auto halves = [&](__m256i x) { return _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(x, even)); };
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const __m256d x = _mm256_loadu_pd(value + i);
        const __m256i positive = _mm256_castpd_si256(_mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_GT_OQ));
        const __m256i is_atom = _mm256_castpd_si256(_mm256_cmp_pd(x, its_atom, _CMP_EQ_OQ));
        __m128i cell = _mm_sub_epi32(halves(_mm256_srl_epi64(_mm256_castpd_si256(x), dropped)), before_first);
        cell = _mm_min_epi32(_mm_max_epi32(cell, _mm_set1_epi32(1)), _mm_set1_epi32(atom - 1));
        cell = _mm_and_si128(cell, halves(positive));
        cell = _mm_blendv_epi8(cell, _mm_set1_epi32(atom), halves(is_atom));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i), _mm_packus_epi32(cell, cell));
    }
    for (; i < count; ++i) out[i] = code(value[i]);
}

} // namespace plunge
