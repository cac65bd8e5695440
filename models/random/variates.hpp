// Single random variates with the same bits on every machine.
//
// The distributions of Boost.Random and the standard library call the C library's exp, log and tan, whose last bits
// differ between processors and versions; what feeds a result is drawn here instead.
#pragma once

#include <cmath>

#include "models/random/elementary.hpp"
#include "models/random/philox.hpp"

namespace plunge {

/// A standard normal from the words of one counter.
/// Source: Box & Muller (1958), Ann. Math. Stat. 29, 610: the cosine branch.
inline double normal_of(const PhiloxWords& words) {
    const double radius = std::sqrt(-2.0 * det_log(uniform_open(words[0], words[1])));
    return radius * det_cos_turns(uniform_open(words[2], words[3]));
}

/// A uniform strictly inside (0, 1). Takes two words.
inline double draw_uniform(PhiloxEngine& engine) {
    const std::uint32_t low = engine();
    const std::uint32_t high = engine();
    return uniform_open(low, high);
}

/// A standard normal. Takes four words.
inline double draw_normal(PhiloxEngine& engine) {
    PhiloxWords words{};
    for (std::uint32_t& word : words) word = engine();
    return normal_of(words);
}

/// A gamma variate of unit scale. \param shape  positive.
/// Source: Marsaglia & Tsang (2000), ACM Trans. Math. Softw. 26, 363; below one by the boost U^(1 / shape) of its
/// section 6.
inline double draw_gamma(PhiloxEngine& engine, double shape) {
    const double boost = shape < 1.0 ? det_pow(draw_uniform(engine), 1.0 / shape) : 1.0;
    const double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    while (true) {
        const double x = draw_normal(engine);
        const double root = 1.0 + c * x;
        if (root <= 0.0) continue;
        const double v = root * root * root;
        if (det_log(draw_uniform(engine)) < 0.5 * x * x + d - d * v + d * det_log(v)) return boost * d * v;
    }
}

} // namespace plunge
