// Kernels for processors with AVX-512, chosen at run time; the same bits as their narrow twins. The source of these is
// the only one compiled for such processors, so nothing that others share may be compiled there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plunge {
struct NormalStream;
} // namespace plunge

namespace plunge::wide {

/// Whether this processor runs the kernels. Always ask first.
bool available();

/// Normals of the first groups, as in fill_normals(). \return how many groups were written: an even number
std::size_t fill_normals(const NormalStream& stream, std::size_t first_group, std::size_t groups, double* out);

/// As fill_uniforms() in uniform_block.hpp for `vectors` times eight indices.
void fill_uniforms(const NormalStream& stream, std::uint32_t step, const std::uint32_t* index, std::size_t vectors,
                   double* first, double* second);

// Normal quantiles and elementary functions of `vectors` times eight numbers.
void fill_normal_quantiles(const double* p, std::size_t vectors, double* out);
void fill_exp(const double* x, std::size_t vectors, double* out);
void fill_log(const double* x, std::size_t vectors, double* out);
void fill_pow(const double* x, double exponent, std::size_t vectors, double* out);

} // namespace plunge::wide
