// The log basis of a wrapped asset.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/basis.hpp"
#include "models/price/innovations.hpp"

namespace plunge {
namespace {

constexpr std::size_t steps = 1 << 14;
constexpr double minute = 60.0;

struct Which {
    std::uint64_t seed;
    std::uint64_t world;
    bool antithetic;
};

// Log moves from step 0 on, asked for in two pieces.
std::vector<double> path(const Basis::Params& params, const Which& which, std::size_t asset = 1,
                         std::size_t piece = steps) {
    std::vector<double> b(steps + 1, 0.0);
    const Basis basis(params, minute);
    const Drivers none;
    const PathBranch world{1, which.world};
    Innovations innovations;
    innovations.begin(none, {which.seed, which.antithetic}, {&world, 1});
    const double middle = basis.add_to(innovations.basis_normals(asset, 0, piece), piece, basis.start(), b.data() + 1);
    basis.add_to(innovations.basis_normals(asset, piece, steps - piece), steps - piece, middle, b.data() + 1 + piece);
    return b;
}

struct Moments {
    double mean = 0.0;
    double variance = 0.0;
};

// Of values that may be taken as independent: their mean, variance and its standard error.
Moments moments(const std::vector<double>& values) {
    Moments m;
    for (const double v : values) m.mean += v / static_cast<double>(values.size());
    for (const double v : values) m.variance += (v - m.mean) * (v - m.mean) / static_cast<double>(values.size() - 1);
    return m;
}

} // namespace

TEST_CASE("basis: without volatility a deviation halves in every half-life") {
    const std::vector<double> b = path({.volatility = 0.0, .half_life_seconds = 600.0, .start = -0.08}, {1, 2, false});
    CHECK(b[0] == 0.0); // the price at the start holds the deviation already
    CHECK(b[10] == doctest::Approx(0.04).epsilon(1e-12));
    CHECK(b[20] == doctest::Approx(0.06).epsilon(1e-12));
    const std::vector<double> parity = path({.volatility = 0.0, .half_life_seconds = 600.0}, {1, 2, false});
    for (const double value : parity) REQUIRE(value == 0.0);
}

TEST_CASE("basis: stationary variance is sigma^2 / (2 kappa), whatever the step, and the mean is zero") {
    for (const double half_life : {60.0, 600.0}) {
        const Basis::Params params{.volatility = 0.3, .half_life_seconds = half_life};
        const double kappa = std::log(2.0) / (half_life / seconds_per_year);
        const double expected = 0.3 * 0.3 / (2.0 * kappa);
        std::vector<double> apart; // 20 half-lives from each other: independent to 1e-6
        const auto stride = static_cast<std::size_t>(20.0 * half_life / minute);
        for (std::uint64_t world = 0; world < 20; ++world) {
            const std::vector<double> b = path(params, {20251010, world, false});
            for (std::size_t t = stride; t <= steps; t += stride) apart.push_back(b[t]);
        }
        const Moments m = moments(apart);
        const auto n = static_cast<double>(apart.size());
        CAPTURE(half_life);
        CHECK(std::fabs(m.mean) < 4.0 * std::sqrt(expected / n));
        CHECK(std::fabs(m.variance / expected - 1.0) < 4.0 * std::sqrt(2.0 / n));
    }
}

TEST_CASE("basis: the autocorrelation at a half-life is one half") {
    const Basis::Params params{.volatility = 0.3, .half_life_seconds = 1200.0};
    const std::size_t lag = 20;
    std::vector<double> products;
    std::vector<double> squares;
    for (std::uint64_t world = 0; world < 40; ++world) {
        const std::vector<double> b = path(params, {7, world, false});
        for (std::size_t t = 400; t + lag <= steps; t += 400) {
            products.push_back(b[t] * b[t + lag]);
            squares.push_back(0.5 * (b[t] * b[t] + b[t + lag] * b[t + lag]));
        }
    }
    const double correlation = moments(products).mean / moments(squares).mean;
    // Standard error of a correlation rho from n pairs: (1 - rho^2) / sqrt(n).
    CHECK(std::fabs(correlation - 0.5) < 4.0 * 0.75 / std::sqrt(static_cast<double>(products.size())));
}

TEST_CASE("basis: innovations depend on seed, world, asset and step alone") {
    const Basis::Params params{.volatility = 0.3, .half_life_seconds = 600.0};
    const std::vector<double> b = path(params, {1, 2, false});
    CHECK(path(params, {1, 2, false}, 1, 36) == b); // cut where no group of normals ends
    CHECK(path(params, {1, 3, false})[1] != b[1]);
    CHECK(path(params, {2, 2, false})[1] != b[1]);
    CHECK(path(params, {1, 2, false}, 2)[1] != b[1]);
    // Antithetic worlds see the mirror image.
    const std::vector<double> odd = path(params, {1, 3, true});
    for (std::size_t t = 0; t <= 100; ++t) REQUIRE(odd[t] == -b[t]);
}

} // namespace plunge
