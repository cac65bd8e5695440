// exp, log, pow and their kin with the same bits on every machine.
//
// glibc's versions differ by an ulp between processors with and without FMA; SLEEF's "finz" variants give identical
// bits at every vector width (Shibata & Petrogalli 2020). Everything that feeds a result goes through these.
#pragma once

#include <sleef.h>

namespace plunge {

inline double det_exp(double x) { return Sleef_finz_expd1_u10purecfma(x); }
inline double det_expm1(double x) { return Sleef_finz_expm1d1_u10purecfma(x); }
inline double det_log(double x) { return Sleef_finz_logd1_u10purecfma(x); }
inline double det_log1p(double x) { return Sleef_finz_log1pd1_u10purecfma(x); }
inline double det_pow(double x, double y) { return Sleef_finz_powd1_u10purecfma(x, y); }

/// 2^(-elapsed / half_life): what is left of a quantity that halves every `half_life`. No half-life: nothing decays.
inline double decay_factor(double elapsed_seconds, double half_life_seconds) {
    if (!(half_life_seconds > 0.0)) return 0.0;
    return det_exp(-0.693147180559945309417 * (elapsed_seconds / half_life_seconds));
}

} // namespace plunge
