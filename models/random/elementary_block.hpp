// exp, log and pow of many numbers at once, with the bits of models/random/elementary.hpp.
#pragma once

#include <cstddef>

namespace plunge {

/// out[i] = det_exp(x[i]). `out` may be `x`; so in all of these.
void fill_exp(const double* x, std::size_t count, double* out);

/// out[i] = det_log(x[i]).
void fill_log(const double* x, std::size_t count, double* out);

/// out[i] = det_pow(x[i], exponent).
void fill_pow(const double* x, double exponent, std::size_t count, double* out);

} // namespace plunge
