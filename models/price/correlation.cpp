#include "models/price/correlation.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace plunge {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::MatrixXd to_eigen(const SquareMatrix& matrix) {
    const auto n = static_cast<Eigen::Index>(matrix.size);
    return Eigen::Map<const RowMajor>(matrix.values.data(), n, n);
}

SquareMatrix from_eigen(const Eigen::MatrixXd& matrix) {
    SquareMatrix result{static_cast<std::size_t>(matrix.rows()), {}};
    const RowMajor rows = matrix;
    result.values.assign(rows.data(), rows.data() + rows.size());
    return result;
}

} // namespace

double smallest_eigenvalue(const SquareMatrix& symmetric) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(to_eigen(symmetric), Eigen::EigenvaluesOnly);
    return solver.eigenvalues().minCoeff();
}

SquareMatrix nearest_correlation(const SquareMatrix& symmetric) {
    constexpr int max_iterations = 1000;
    constexpr double tolerance = 1e-12;
    Eigen::MatrixXd y = to_eigen(symmetric);
    Eigen::MatrixXd correction = Eigen::MatrixXd::Zero(y.rows(), y.cols());
    for (int iteration = 0; iteration < max_iterations; ++iteration) {
        const Eigen::MatrixXd r = y - correction; // Dykstra's correction
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(r);
        const Eigen::MatrixXd x = solver.eigenvectors() * solver.eigenvalues().cwiseMax(0.0).asDiagonal() *
                                  solver.eigenvectors().transpose();
        correction = x - r;
        const Eigen::MatrixXd previous = y;
        y = x;
        y.diagonal().setOnes();
        if ((y - previous).norm() <= tolerance * y.norm()) break;
    }
    // The unit diagonal costs the last iterate a rounding's worth of definiteness: pull it towards the identity.
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(y, Eigen::EigenvaluesOnly);
    const double lowest = std::min(solver.eigenvalues().minCoeff(), 0.0);
    y = (y - lowest * Eigen::MatrixXd::Identity(y.rows(), y.cols())) / (1.0 - lowest);
    return from_eigen(y);
}

SquareMatrix correlation_from_loadings(const std::vector<std::vector<double>>& loadings) {
    SquareMatrix result = SquareMatrix::identity(loadings.size());
    for (std::size_t a = 0; a < loadings.size(); ++a) {
        for (std::size_t b = 0; b < loadings.size(); ++b) {
            if (a == b) continue;
            double sum = 0.0;
            for (std::size_t f = 0; f < loadings[a].size(); ++f) sum += loadings[a][f] * loadings[b][f];
            result(a, b) = sum;
        }
    }
    return result;
}

SquareMatrix correlation_factor(const SquareMatrix& correlation) {
    constexpr double zero_pivot = 1e-12;
    const std::size_t n = correlation.size;
    SquareMatrix factor{n, std::vector<double>(n * n, 0.0)};
    for (std::size_t j = 0; j < n; ++j) {
        double pivot = correlation(j, j);
        for (std::size_t k = 0; k < j; ++k) pivot -= factor(j, k) * factor(j, k);
        if (pivot <= zero_pivot) continue;
        factor(j, j) = std::sqrt(pivot);
        for (std::size_t i = j + 1; i < n; ++i) {
            double sum = correlation(i, j);
            for (std::size_t k = 0; k < j; ++k) sum -= factor(i, k) * factor(j, k);
            factor(i, j) = sum / factor(j, j);
        }
    }
    return factor;
}

} // namespace plunge
