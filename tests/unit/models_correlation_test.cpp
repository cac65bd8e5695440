// Correlation matrices: the nearest one, factors and loadings.

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/correlation.hpp"
#include "models/price/diffusion.hpp"

namespace plunge {
namespace {

double largest_difference(const SquareMatrix& a, const SquareMatrix& b) {
    double worst = 0.0;
    for (std::size_t i = 0; i < a.values.size(); ++i) worst = std::max(worst, std::fabs(a.values[i] - b.values[i]));
    return worst;
}

SquareMatrix times_transpose(const SquareMatrix& factor) {
    SquareMatrix product{factor.size, std::vector<double>(factor.size * factor.size, 0.0)};
    for (std::size_t i = 0; i < factor.size; ++i) {
        for (std::size_t j = 0; j < factor.size; ++j) {
            for (std::size_t k = 0; k < factor.size; ++k) product(i, j) += factor(i, k) * factor(j, k);
        }
    }
    return product;
}

// A correlation matrix of rank `factors`, or full where that is the size.
SquareMatrix random_correlation(std::size_t size, std::size_t factors, std::mt19937_64& rng) {
    std::normal_distribution<double> normal;
    std::vector<std::vector<double>> rows(size, std::vector<double>(factors));
    for (auto& row : rows) {
        double squares = 0.0;
        for (double& x : row) {
            x = normal(rng);
            squares += x * x;
        }
        for (double& x : row) x /= std::sqrt(squares);
    }
    return correlation_from_loadings(rows);
}

} // namespace

TEST_CASE("nearest_correlation: the example of Higham (2002), as the NAG Library publishes its result") {
    // NAG Library, nag_correg_corrmat_nearest (g02aac), example program data and results, five decimals.
    const SquareMatrix given{4, {2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2}};
    const SquareMatrix published{4,
                                 {1.0, -0.80841, 0.19159, 0.10678, -0.80841, 1.0, -0.65623, 0.19159, 0.19159, -0.65623,
                                  1.0, -0.80841, 0.10678, 0.19159, -0.80841, 1.0}};
    CHECK(largest_difference(nearest_correlation(given), published) < 0.6e-5);
}

TEST_CASE("nearest_correlation: three assets in a chain, in closed form") {
    // By symmetry the answer is (1, a, b; a, 1, a; b, a, 1), singular, so b = 2 a^2 - 1; the stationary point of the
    // distance 4 (1 - a)^2 + 2 b^2 solves 4 a^3 - a - 1 = 0.
    double a = 0.75;
    for (int i = 0; i < 50; ++i) a -= (4.0 * a * a * a - a - 1.0) / (12.0 * a * a - 1.0);
    const double b = 2.0 * a * a - 1.0;
    const SquareMatrix expected{3, {1, a, b, a, 1, a, b, a, 1}};
    const SquareMatrix given{3, {1, 1, 0, 1, 1, 1, 0, 1, 1}};
    CHECK(smallest_eigenvalue(given) == doctest::Approx(1.0 - std::sqrt(2.0)).epsilon(1e-14));
    CHECK(largest_difference(nearest_correlation(given), expected) < 1e-9);
}

TEST_CASE("nearest_correlation: the result is a correlation matrix, and one that is given comes back") {
    std::mt19937_64 rng(20021013);
    std::uniform_real_distribution<double> uniform(-1.0, 1.0);
    for (int trial = 0; trial < 20; ++trial) {
        const std::size_t size = 2 + static_cast<std::size_t>(trial) % 7;
        SquareMatrix given = SquareMatrix::identity(size);
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < i; ++j) given(i, j) = given(j, i) = uniform(rng);
        }
        const SquareMatrix nearest = nearest_correlation(given);
        CAPTURE(trial);
        CHECK(smallest_eigenvalue(nearest) > -1e-14);
        for (std::size_t i = 0; i < size; ++i) {
            CHECK(nearest(i, i) == doctest::Approx(1.0).epsilon(1e-14));
            for (std::size_t j = 0; j < i; ++j) CHECK(nearest(i, j) == doctest::Approx(nearest(j, i)).epsilon(1e-13));
        }
        CHECK(largest_difference(nearest_correlation(nearest), nearest) < 1e-9);
    }
}

TEST_CASE("correlation_factor: L L' gives the matrix back, also where rank is missing") {
    std::mt19937_64 rng(4);
    for (std::size_t size = 1; size <= 12; ++size) {
        for (const std::size_t factors : {std::size_t{1}, std::size_t{3}, size + 3}) {
            const SquareMatrix correlation = random_correlation(size, factors, rng);
            const SquareMatrix factor = correlation_factor(correlation);
            CAPTURE(size);
            CAPTURE(factors);
            CHECK(largest_difference(times_transpose(factor), correlation) < 1e-9);
            for (std::size_t i = 0; i < size; ++i) {
                for (std::size_t j = i + 1; j < size; ++j) CHECK(factor(i, j) == 0.0);
            }
        }
    }
}

TEST_CASE("correlation_factor: the leading block does not depend on the assets that follow") {
    std::mt19937_64 rng(5);
    const SquareMatrix large = random_correlation(6, 9, rng);
    SquareMatrix small = SquareMatrix::identity(4);
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j) small(i, j) = large(i, j);
    }
    const SquareMatrix large_factor = correlation_factor(large);
    const SquareMatrix small_factor = correlation_factor(small);
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j) CHECK(large_factor(i, j) == small_factor(i, j));
    }
}

TEST_CASE("correlation_from_loadings: one factor gives products of loadings and a unit diagonal") {
    const SquareMatrix correlation = correlation_from_loadings({{0.9}, {0.8}, {-0.5}});
    CHECK(correlation(0, 0) == 1.0);
    CHECK(correlation(2, 2) == 1.0);
    CHECK(correlation(0, 1) == doctest::Approx(0.72));
    CHECK(correlation(2, 1) == doctest::Approx(-0.40));
    CHECK(smallest_eigenvalue(correlation) > 0.0);
}

TEST_CASE("diffusion: a matrix that is not positive semi-definite is refused, or repaired where that is asked for") {
    DiffusionParams params;
    params.volatility.values = {0.5, 0.5, 0.5};
    params.correlation = {3, {1, 1, 0, 1, 1, 1, 0, 1, 1}};
    CHECK_THROWS_AS(Diffusion(params, 3, 60.0), std::invalid_argument);
    params.repair = true;
    const Diffusion repaired(params, 3, 60.0);
    CHECK(largest_difference(times_transpose(repaired.factor()), nearest_correlation(params.correlation)) < 1e-9);
}

} // namespace plunge
