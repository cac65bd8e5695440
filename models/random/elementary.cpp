#include "models/random/elementary.hpp"

// Here and not in the header, which nearly every source includes: it brings in every vector intrinsic.
#include <sleef.h>

namespace plunge {

double det_exp(double x) { return Sleef_finz_expd1_u10purecfma(x); }
double det_expm1(double x) { return Sleef_finz_expm1d1_u10purecfma(x); }
double det_log(double x) { return Sleef_finz_logd1_u10purecfma(x); }
double det_log1p(double x) { return Sleef_finz_log1pd1_u10purecfma(x); }
double det_pow(double x, double y) { return Sleef_finz_powd1_u10purecfma(x, y); }
double det_cos_turns(double turns) { return Sleef_finz_sincospid1_u35purecfma(2.0 * turns).y; }

} // namespace plunge
