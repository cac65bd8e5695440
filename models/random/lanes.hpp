// One number, or four side by side: what the kernels of this folder are written over, so that they do the same
// operations and give the same bits at any width. Eight side by side are in wide.cpp.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <immintrin.h>

namespace plunge {

struct OneLane {
    using Number = double;
    using Word = std::uint64_t;

    static Number all(double x) { return x; }
    static Word all_words(std::uint64_t w) { return w; }
    static Word bits(Number x) { return std::bit_cast<Word>(x); }
    static Number number(Word w) { return std::bit_cast<Number>(w); }
    static Word shift_right(Word w, unsigned places) { return w >> places; }
    /// a b + c, rounded once
    static Number multiply_add(Number a, Number b, Number c) { return std::fma(a, b, c); }
    /// Of a table of sixteen the place that the lowest four bits name.
    static Number look_up(const double* table, Word place) { return table[place & 15U]; }
    /// By the lowest bit.
    static Number choose(Word word, Number odd, Number even) { return (word & 1U) != 0 ? odd : even; }
};

struct FourLanes {
    using Number = __m256d;
    using Word = __m256i;
    static constexpr std::size_t count = 4;

    static Number all(double x) { return _mm256_set1_pd(x); }
    static Word all_words(std::uint64_t w) { return _mm256_set1_epi64x(static_cast<long long>(w)); }
    static Word bits(Number x) { return _mm256_castpd_si256(x); }
    static Number number(Word w) { return _mm256_castsi256_pd(w); }
    static Word shift_right(Word w, unsigned places) { return _mm256_srli_epi64(w, static_cast<int>(places)); }
    static Number multiply_add(Number a, Number b, Number c) { return _mm256_fmadd_pd(a, b, c); }
    static Number look_up(const double* table, Word place) {
        constexpr int bytes = 8;
        return _mm256_i64gather_pd(table, _mm256_and_si256(place, all_words(15)), bytes);
    }
    static Number choose(Word word, Number odd, Number even) {
        return _mm256_blendv_pd(even, odd, number(_mm256_slli_epi64(word, 63)));
    }

    static Number load(const double* x) { return _mm256_loadu_pd(x); }
    static void store(double* out, Number x) { _mm256_storeu_pd(out, x); }
    /// Numbers of 32 bits in the low halves of lanes.
    static Word load_words(const std::uint32_t* w) {
        return _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(w)));
    }
    static Number smaller(Number a, Number b) { return _mm256_min_pd(a, b); }
    /// `far` with the sign of x where |x| > limit, else `near`. \param far  not negative
    static Number choose_by_size(Number x, double limit, Number far, Number near) {
        const Number sign = all(-0.0);
        const Number is_far = _mm256_cmp_pd(_mm256_andnot_pd(sign, x), all(limit), _CMP_GT_OQ);
        return _mm256_blendv_pd(near, _mm256_or_pd(far, _mm256_and_pd(sign, x)), is_far);
    }
    /// Whether low <= x <= high in every lane.
    static bool within(Number x, double low, double high) {
        const Number inside = _mm256_and_pd(_mm256_cmp_pd(x, all(low), _CMP_GE_OQ),
                                            _mm256_cmp_pd(x, all(high), _CMP_LE_OQ));
        return _mm256_movemask_pd(inside) == 0xF;
    }

    static Number square_root(Number x) { return _mm256_sqrt_pd(x); }
    /// Products of the low halves.
    static Word multiply_low(Word a, Word b) { return _mm256_mul_epu32(a, b); }
    static Word exclusive_or(Word a, Word b, Word c) { return a ^ b ^ c; }
    /// The low half of `low` below the low half of `high`.
    static Word join_halves(Word low, Word high) {
        constexpr int odd = 0xAA; // the high halves
        return _mm256_blend_epi32(low, _mm256_slli_epi64(high, 32), odd);
    }
    // Normals come in groups of eight steps: a vector of cosines, then one of sines.
    static Word lane_steps() { return _mm256_set_epi64x(3, 2, 1, 0); }
    static constexpr std::size_t groups = 1;
    static void store_groups(double* out, Number cosine, Number sine) {
        store(out, cosine);
        store(out + 4, sine);
    }
};

} // namespace plunge
