// Blocks of normals over any number of lanes: Philox4x32-10 and Box & Muller. Only for the sources that turn it into
// functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/random/elementary_kernels.hpp"

namespace plunge {

/// As normal_group in normal_block.hpp, which brings in more than the sources here may.
inline constexpr std::size_t group_steps = 8;

/// What the counters and keys of a block have in common.
struct NormalStream {
    std::uint32_t key0, key1;
    std::uint32_t index, world, top;
};

/// Counters side by side, each 32-bit word in the low half of a 64-bit lane. What is in the high halves does not
/// matter: products are of the low ones.
template <class L> struct Counters { typename L::Word c0, c1, c2, c3; };

/// Several at a time, because every round waits for the one before it.
template <class L, std::size_t Together>
[[gnu::always_inline]] inline void philox_rounds(Counters<L> (&counters)[Together], std::uint32_t key0,
                                                 std::uint32_t key1) {
    const typename L::Word multiplier0 = L::all_words(0xD2511F53);
    const typename L::Word multiplier1 = L::all_words(0xCD9E8D57);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
        const typename L::Word k0 = L::all_words(key0);
        const typename L::Word k1 = L::all_words(key1);
#pragma GCC unroll 4
        for (Counters<L>& c : counters) {
            const typename L::Word product0 = L::multiply_low(c.c0, multiplier0);
            const typename L::Word product1 = L::multiply_low(c.c2, multiplier1);
            c = {L::exclusive_or(L::shift_right(product1, 32), c.c1, k0), product1,
                 L::exclusive_or(L::shift_right(product0, 32), c.c3, k1), product0};
        }
        key0 += 0x9E3779B9U;
        key1 += 0xBB67AE85U;
    }
}

/// uniform_open() of pairs of words: the top 52 bits put into a mantissa of [1, 2), minus 1, plus half a cell.
template <class L>
[[gnu::always_inline]] inline typename L::Number uniforms(typename L::Word low, typename L::Word high) {
    const typename L::Word bits = L::shift_right(L::join_halves(low, high), 12);
    return L::number(bits | L::all_words(0x3FF0000000000000)) - L::all(1.0) + L::all(0x1p-53);
}

/// The normals of as many groups as L has, times `Together`, from `first_group` on.
template <class L, std::size_t Together>
[[gnu::always_inline]] inline void normals_of(const NormalStream& stream, std::size_t first_group, double* out) {
    Counters<L> counters[Together];
#pragma GCC unroll 4
    for (std::size_t n = 0; n < Together; ++n) {
        const std::size_t step = group_steps * (first_group + n * L::groups);
        counters[n] = {L::all_words(step) + L::lane_steps(), L::all_words(stream.index), L::all_words(stream.world),
                       L::all_words(stream.top)};
    }
    philox_rounds<L>(counters, stream.key0, stream.key1);
#pragma GCC unroll 4
    for (std::size_t n = 0; n < Together; ++n) {
        const Counters<L>& words = counters[n];
        const typename L::Number radius = L::square_root(L::all(-2.0) * log_of<L>(uniforms<L>(words.c0, words.c1)));
        const CosineAndSine<L> direction = cosine_and_sine_of<L>(uniforms<L>(words.c2, words.c3));
        L::store_groups(out + group_steps * n * L::groups, radius * direction.cosine, radius * direction.sine);
    }
}

/// From `first` on as many of `groups` as whole vectors take. \return the first that is left
template <class L>
[[gnu::always_inline]] inline std::size_t fill_groups(const NormalStream& stream, std::size_t first_group,
                                                      std::size_t first, std::size_t groups, double* out) {
    std::size_t g = first;
    for (; g + 2 * L::groups <= groups; g += 2 * L::groups)
        normals_of<L, 2>(stream, first_group + g, out + group_steps * g);
    for (; g + L::groups <= groups; g += L::groups) normals_of<L, 1>(stream, first_group + g, out + group_steps * g);
    return g;
}

} // namespace plunge
