#include "models/random/elementary.hpp"

#include <cmath>
#include <limits>

// Here and not in the header, which nearly every source includes: they bring in every vector intrinsic.
#include <sleef.h>

#include "models/random/elementary_kernels.hpp"
#include "models/random/lanes.hpp"

namespace plunge {
namespace {

using Limits = std::numeric_limits<double>;

// What is no normal number in or out.
double exp_beyond(double x) {
    if (std::isnan(x)) return x;
    if (x > 2.0 * widest_exponent) return Limits::infinity();
    if (x < -2.0 * widest_exponent) return 0.0;
    const double root = exp_of<OneLane>(0.5 * x);
    return root * root;
}

double log_beyond(double x) {
    if (x == 0.0) return -Limits::infinity();
    if (!(x > 0.0)) return Limits::quiet_NaN();
    if (std::isinf(x)) return x;
    constexpr double into_normal = 0x1p54;
    return log_of<OneLane>(x * into_normal) - log_of<OneLane>(into_normal);
}

// e^r - 1 for |r| <= log(2) / 32, as in exp_of() with a term more; most liquidations move a price by less.
constexpr double near_zero = 0.0216;
double expm1_near_zero(double r) {
    double p = 0x1.a01b0c3c80bbcp-13;
    p = std::fma(p, r, 0x1.6c17ed5c1f49ep-10);
    p = std::fma(p, r, 0x1.11111110e1059p-7);
    p = std::fma(p, r, 0x1.55555554e93b7p-5);
    p = std::fma(p, r, 0x1.5555555555556p-3);
    p = std::fma(p, r, 0x1.0000000000001p-1);
    return std::fma(r * r, p, r);
}

} // namespace

double det_exp(double x) { return std::fabs(x) <= widest_exponent ? exp_of<OneLane>(x) : exp_beyond(x); }
double det_log(double x) { return x >= smallest_normal && x <= largest_normal ? log_of<OneLane>(x) : log_beyond(x); }
double det_cos_turns(double turns) { return cosine_and_sine_of<OneLane>(turns).cosine; }

double det_expm1(double x) {
    return std::fabs(x) <= near_zero ? expm1_near_zero(x) : Sleef_finz_expm1d1_u10purecfma(x);
}
double det_log1p(double x) { return Sleef_finz_log1pd1_u10purecfma(x); }

double det_pow(double x, double y) {
    if (y == 0.5) return std::sqrt(x);
    if (y == -0.5) return 1.0 / std::sqrt(x);
    if (y == -0.25) return 1.0 / std::sqrt(std::sqrt(x));
    return Sleef_finz_powd1_u10purecfma(x, y);
}

} // namespace plunge
