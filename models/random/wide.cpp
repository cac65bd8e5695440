#include "models/random/wide.hpp"

#include <immintrin.h>
#include <sleef.h>

#include "models/random/elementary_kernels.hpp"
#include "models/random/normal_kernel.hpp"
#include "models/random/uniform_kernel.hpp"

namespace plunge::wide {
namespace {

// As FourLanes in lanes.hpp.
struct EightLanes {
    using Number = __m512d;
    using Word = __m512i;
    static constexpr std::size_t count = 8;

    static Number all(double x) { return _mm512_set1_pd(x); }
    static Word all_words(std::uint64_t w) { return _mm512_set1_epi64(static_cast<long long>(w)); }
    static Word bits(Number x) { return _mm512_castpd_si512(x); }
    static Number number(Word w) { return _mm512_castsi512_pd(w); }
    static Word shift_right(Word w, unsigned places) { return _mm512_srli_epi64(w, places); }
    static Number multiply_add(Number a, Number b, Number c) { return _mm512_fmadd_pd(a, b, c); }
    static Number look_up(const double* table, Word place) {
        return _mm512_permutex2var_pd(load(table), place, load(table + 8));
    }
    static Number choose(Word word, Number odd, Number even) {
        return _mm512_mask_blend_pd(_mm512_test_epi64_mask(word, all_words(1)), even, odd);
    }

    static Number load(const double* x) { return _mm512_loadu_pd(x); }
    static void store(double* out, Number x) { _mm512_storeu_pd(out, x); }
    static Word load_words(const std::uint32_t* w) {
        return _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(w)));
    }
    static Number smaller(Number a, Number b) { return _mm512_min_pd(a, b); }
    static Number choose_by_size(Number x, double limit, Number far, Number near) {
        const Word sign = bits(x) & bits(all(-0.0));
        const auto is_far = _mm512_cmp_pd_mask(number(bits(x) ^ sign), all(limit), _CMP_GT_OQ);
        return _mm512_mask_blend_pd(is_far, near, number(bits(far) | sign));
    }
    static bool within(Number x, double low, double high) {
        const auto inside = _mm512_cmp_pd_mask(x, all(low), _CMP_GE_OQ) & _mm512_cmp_pd_mask(x, all(high), _CMP_LE_OQ);
        return inside == 0xFF;
    }

    static Number square_root(Number x) { return _mm512_sqrt_pd(x); }
    static Word multiply_low(Word a, Word b) { return _mm512_mul_epu32(a, b); }
    static Word exclusive_or(Word a, Word b, Word c) {
        constexpr int table = 0x96; // of three bits
        return _mm512_ternarylogic_epi64(a, b, c, table);
    }
    static Word join_halves(Word low, Word high) {
        constexpr __mmask16 odd = 0xAAAA; // the high halves
        return _mm512_mask_blend_epi32(odd, low, _mm512_slli_epi64(high, 32));
    }
    // Two groups, four steps of each.
    static Word lane_steps() { return _mm512_set_epi64(11, 10, 9, 8, 3, 2, 1, 0); }
    static constexpr std::size_t groups = 2;
    static void store_groups(double* out, Number cosine, Number sine) {
        store(out, _mm512_shuffle_f64x2(cosine, sine, 0x44));
        store(out + 8, _mm512_shuffle_f64x2(cosine, sine, 0xEE));
    }
};

} // namespace

bool available() { return __builtin_cpu_supports("avx512f") != 0; }

std::size_t fill_normals(const NormalStream& stream, std::size_t first_group, std::size_t groups, double* out) {
    return fill_groups<EightLanes>(stream, first_group, 0, groups, out);
}

void fill_uniforms(const NormalStream& stream, std::uint32_t step, const std::uint32_t* index, std::size_t vectors,
                   double* first, double* second) {
    uniform_vectors<EightLanes>(stream, step, index, vectors, first, second);
}

void fill_normal_quantiles(const double* p, std::size_t vectors, double* out) {
    normal_quantile_vectors<EightLanes>(p, vectors, out);
}

void fill_exp(const double* x, std::size_t vectors, double* out) { exp_vectors<EightLanes>(x, vectors, out); }

void fill_log(const double* x, std::size_t vectors, double* out) { log_vectors<EightLanes>(x, vectors, out); }

void fill_pow(const double* x, double exponent, std::size_t vectors, double* out) {
    const __m512d power = _mm512_set1_pd(exponent);
    for (std::size_t i = 0; i < 8 * vectors; i += 8) {
        _mm512_storeu_pd(out + i, Sleef_finz_powd8_u10avx512f(_mm512_loadu_pd(x + i), power));
    }
}

} // namespace plunge::wide
