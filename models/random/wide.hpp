// Kernels for processors with AVX-512, chosen at run time; the same bits as their narrow twins. The source of these is
// the only one compiled for such processors, so nothing that others share may be compiled there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plunge::wide {

/// Whether this processor runs the kernels. Always ask first.
bool available();

/// Normals of pairs of groups, as in fill_normals(). \param pairs  of groups
void fill_normals(std::uint32_t key0, std::uint32_t key1, std::uint32_t world, std::uint32_t top, std::uint32_t index,
                  std::size_t first_group, std::size_t pairs, double* out);

// Elementary functions of `vectors` times eight numbers.
void fill_exp(const double* x, std::size_t vectors, double* out);
void fill_log(const double* x, std::size_t vectors, double* out);
void fill_pow(const double* x, double exponent, std::size_t vectors, double* out);

} // namespace plunge::wide
