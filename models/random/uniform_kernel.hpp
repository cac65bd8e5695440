// Uniforms by index and normal quantiles over any number of lanes. Only for the sources that turn them into functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/random/elementary_kernels.hpp"
#include "models/random/normal_kernel.hpp"
#include "models/random/normal_quantile.hpp"

namespace plunge {

/// Philox uniforms of `vectors` times L::count indices, as fill_uniforms() has them; `stream.index` is not looked at.
template <class L>
inline void uniform_vectors(const NormalStream& stream, std::uint32_t step, const std::uint32_t* index,
                            std::size_t vectors, double* first, double* second) {
    for (std::size_t i = 0; i < L::count * vectors; i += L::count) {
        Counters<L> counters[1] = {
            {L::all_words(step), L::load_words(index + i), L::all_words(stream.world), L::all_words(stream.top)}};
        philox_rounds<L>(counters, stream.key0, stream.key1);
        L::store(first + i, uniforms<L>(counters[0].c0, counters[0].c1));
        L::store(second + i, uniforms<L>(counters[0].c2, counters[0].c3));
    }
}

/// A ratio of polynomials of degree seven.
template <class L>
[[gnu::always_inline]] inline typename L::Number ratio_of(const double (&numerator)[8], const double (&denominator)[8],
                                                          typename L::Number r) {
    typename L::Number top = L::all(numerator[7]);
    typename L::Number bottom = L::all(denominator[7]);
#pragma GCC unroll 7
    for (int i = 6; i >= 0; --i) {
        top = L::multiply_add(top, r, L::all(numerator[i]));
        bottom = L::multiply_add(bottom, r, L::all(denominator[i]));
    }
    return top / bottom;
}

/// Where quantile_in_lanes() holds, on the smaller side: sqrt(-log(p)) stays below five.
inline constexpr double smallest_tail = 0x1p-36;

/// normal_quantile_of() for p and 1 - p above smallest_tail: its two branches there are both worked out.
template <class L> [[gnu::always_inline]] inline typename L::Number quantile_in_lanes(typename L::Number p) {
    const typename L::Number q = p - L::all(0.5);
    const typename L::Number near = q * ratio_of<L>(wichura::a, wichura::b, L::all(0.180625) - q * q);
    const typename L::Number tail = L::smaller(p, L::all(1.0) - p);
    const typename L::Number r = L::square_root(L::all(-1.0) * log_of<L>(tail));
    const typename L::Number far = ratio_of<L>(wichura::c, wichura::d, r - L::all(1.6));
    return L::choose_by_size(q, 0.425, far, near);
}

/// normal_quantile_of() as a function that the sources of all widths can share.
double normal_quantile_anywhere(double p);

/// Of `vectors` times L::count numbers in (0, 1). `out` may be `p`.
template <class L> inline void normal_quantile_vectors(const double* p, std::size_t vectors, double* out) {
    for (std::size_t i = 0; i < L::count * vectors; i += L::count) {
        const typename L::Number v = L::load(p + i);
        if (L::within(v, smallest_tail, 1.0 - smallest_tail)) {
            L::store(out + i, quantile_in_lanes<L>(v));
        } else {
            for (std::size_t k = i; k < i + L::count; ++k) out[k] = normal_quantile_anywhere(p[k]);
        }
    }
}

} // namespace plunge
