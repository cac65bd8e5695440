// exp, log, pow and their kin with the same bits on every machine.
//
// glibc's versions differ by an ulp between processors with and without FMA. exp, log and cos are those of
// elementary_kernels.hpp, which do the same operations at every vector width; the others are SLEEF's "finz" variants,
// which do so too (Shibata & Petrogalli 2020). Everything that feeds a result goes through these.
#pragma once

namespace plunge {

double det_exp(double x);
double det_expm1(double x);
double det_log(double x);
double det_log1p(double x);
double det_pow(double x, double y); ///< x >= 0; by roots where y is 1/2, -1/2 or -1/4, as laws of volatility have it
double det_cos_turns(double turns); ///< cos(2 pi turns), |turns| below 2^49

/// 2^(-elapsed / half_life): what is left of a quantity that halves every `half_life`. No half-life: nothing decays.
inline double decay_factor(double elapsed_seconds, double half_life_seconds) {
    if (!(half_life_seconds > 0.0)) return 0.0;
    return det_exp(-0.693147180559945309417 * (elapsed_seconds / half_life_seconds));
}

} // namespace plunge
