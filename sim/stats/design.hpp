// Points of the unit cube at which a model is to be looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plunge {

/// Points of a unit cube, row-major: coordinate(i, f) lies strictly inside (0, 1).
struct Design {
    std::size_t points = 0;
    std::size_t factors = 0;
    std::vector<double> values; ///< [points x factors]

    double coordinate(std::size_t point, std::size_t factor) const { return values[point * factors + factor]; }
};

/// A Latin hypercube: along every factor one point in each of the strata [i / n, (i + 1) / n), at a random place in it,
/// the strata of different factors paired by independent random permutations.
/// Source: McKay, Beckman & Conover (1979), Technometrics 21, 239. The permutations are those of Fisher and Yates.
Design latin_hypercube(std::size_t points, std::size_t factors, std::uint64_t seed);

/// Points of Sobol's sequence, of which the first 2^m are the most even, shifted at random modulo one: each point alone
/// is uniform, all together stay even, and another seed gives other points.
/// Source: Sobol' (1967), with the direction numbers of Boost.Random; the shift: Cranley & Patterson (1976), SIAM J.
/// Numer. Anal. 13, 904. The origin, which Boost leaves out, is the first point: without it the first 2^m are no net.
/// \param factors  at most max_sobol_factors.
Design shifted_sobol(std::size_t points, std::size_t factors, std::uint64_t seed);

inline constexpr std::size_t max_sobol_factors = 1000;

/// The design from which first-order and total Sobol indices of k factors are estimated at once: two samples A and B of
/// n rows, and for every factor i the sample A_B^i, which is A with column i of B. A and B are the two halves of the
/// columns of one sequence, so that they are independent of one another.
/// Source: Saltelli et al. (2010), Comput. Phys. Commun. 181, 259.
/// \return n (k + 2) points, k + 2 after one another for each row: A, B, A_B^1, ..., A_B^k.
Design saltelli_design(std::size_t rows, std::size_t factors, std::uint64_t seed);

} // namespace plunge
