// Uniforms and normals of many indices at once: what is drawn for the accounts of a cohort.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/random/philox.hpp"

namespace plunge {

/// The two uniforms inside (0, 1) that each index has in (key, step): uniform_open() of the words of its counter, the
/// first two and the last two.
void fill_uniforms(const StreamKey& key, std::uint32_t step, const std::uint32_t* index, std::size_t count,
                   double* first, double* second);

/// out[i] = normal_quantile_of(p[i]). `out` may be `p`.
void fill_normal_quantiles(const double* p, std::size_t count, double* out);

} // namespace plunge
