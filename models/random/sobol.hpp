// Randomised quasi-random points: scrambled Sobol sequences, each replication independent of the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plunge {

/// Independently randomised copies of the Sobol sequence, whose points can be had in any order.
///
/// Point i of replication r has the digits  M_r C i + s_r  (base 2): C the generator matrices of Joe & Kuo (2008), SIAM
/// J. Sci. Comput. 30, 2635, as Boost.Random tabulates them; M_r random lower-triangular matrices with unit diagonal
/// (Matousek 1998, J. Complexity 14, 527: linear scrambling) and s_r a random digital shift, both from Philox. The
/// shift makes every point uniform on the unit cube, so that means over points are unbiased; the first 2^m points of
/// a replication stay a digital net, which is what makes their mean vary less than that of independent points.
/// How the sequence is scrambled: Hong & Hickernell (2003), Algorithm 823, ACM Trans. Math. Softw. 29, 95.
class ScrambledSobol {
  public:
    /// What Boost.Random has tables for.
    static constexpr std::size_t max_dimensions = 3667;

    /// \param dimensions  at most max_dimensions
    ScrambledSobol(std::uint64_t seed, std::size_t replications, std::size_t dimensions);

    std::size_t replications() const { return replications_; }
    std::size_t dimensions() const { return dimensions_; }

    /// Coordinates strictly inside (0, 1). \param index  from 0, below 2^32. \param out  [dimensions]
    void point(std::size_t replication, std::uint32_t index, double* out) const;

  private:
    static constexpr std::size_t digits = 32;

    std::size_t replications_;
    std::size_t dimensions_;
    std::vector<std::uint32_t> columns_; // [replications x digits x dimensions] of M C, highest digit first
    std::vector<std::uint32_t> shift_;   // [replications x dimensions]
    std::vector<std::uint32_t> below_;   // [replications x dimensions]: digits further down than the scrambled ones
};

} // namespace plunge
