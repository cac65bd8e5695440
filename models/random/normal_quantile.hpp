// The inverse of the standard normal distribution function, with the same bits on every machine.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "models/random/elementary.hpp"

namespace plunge {

/// The coefficients of Algorithm AS 241: numerator and denominator around the middle, in the tails and far out in them.
namespace wichura {
inline constexpr double a[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                3.3430575583588128105e4, 2.5090809287301226727e3};
inline constexpr double b[8] = {1.0,
                                4.2313330701600911252e1,
                                6.8718700749205790830e2,
                                5.3941960214247511077e3,
                                2.1213794301586595867e4,
                                3.9307895800092710610e4,
                                2.8729085735721942674e4,
                                5.2264952788528545610e3};
inline constexpr double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
inline constexpr double d[8] = {1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
inline constexpr double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
inline constexpr double f[8] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
} // namespace wichura

/// Phi^-1(p) for 0 < p < 1, to about 16 digits.
/// Source: Wichura (1988), Algorithm AS 241, Appl. Stat. 37, 477: its PPND16, ratios of polynomials of degree seven in
/// p - 1/2 and, in the tails, in sqrt(-log(min(p, 1 - p))).
inline double normal_quantile_of(double p) {
    const auto ratio = [](const double(&numerator)[8], const double(&denominator)[8], double r) {
        double top = numerator[7];
        double bottom = denominator[7];
        for (int i = 6; i >= 0; --i) {
            top = std::fma(top, r, numerator[i]);
            bottom = std::fma(bottom, r, denominator[i]);
        }
        return top / bottom;
    };
    const double q = p - 0.5;
    if (std::fabs(q) <= 0.425) return q * ratio(wichura::a, wichura::b, 0.180625 - q * q);
    const double r = std::sqrt(-det_log(q < 0.0 ? p : 1.0 - p));
    const double size = r <= 5.0 ? ratio(wichura::c, wichura::d, r - 1.6) : ratio(wichura::e, wichura::f, r - 5.0);
    return q < 0.0 ? -size : size;
}

/// Phi(z): the probability that normal_quantile_of() maps to `z`, to the last bits of the smaller side.
inline double normal_probability_of(double z) {
    if (z > 0.0) return 1.0 - normal_probability_of(-z);
    // The bits of positive numbers are in the order of the numbers: halved until they meet.
    std::uint64_t below = 0;
    std::uint64_t above = std::bit_cast<std::uint64_t>(0.5) + 1;
    while (above - below > 1) {
        const std::uint64_t middle = below + (above - below) / 2;
        (normal_quantile_of(std::bit_cast<double>(middle)) <= z ? below : above) = middle;
    }
    return std::bit_cast<double>(below);
}

} // namespace plunge
