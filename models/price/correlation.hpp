// Correlation of the assets' innovations: checks, repair and the factor that turns independent normals into correlated.
#pragma once

#include <vector>

#include "models/common/values.hpp"

namespace plunge {

/// Smallest eigenvalue of a symmetric matrix.
double smallest_eigenvalue(const SquareMatrix& symmetric);

/// The nearest correlation matrix in the Frobenius norm, by alternating projections.
/// Source: Higham (2002), IMA J. Numer. Anal. 22, 329, algorithm 3.3.
SquareMatrix nearest_correlation(const SquareMatrix& symmetric);

/// Correlation implied by factor loadings: L L' with the diagonal filled up to one.
/// \param loadings  one row per asset, one column per factor; each row's squares sum to at most one.
SquareMatrix correlation_from_loadings(const std::vector<std::vector<double>>& loadings);

/// Lower-triangular L with L L' = `correlation`; semi-definite matrices allowed (zero columns where rank is missing).
SquareMatrix correlation_factor(const SquareMatrix& correlation);

} // namespace plunge
