// Quasi-random paths: the law is that of pseudo-random ones, and smooth functionals vary less.

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/gbm.hpp"
#include "models/price/quasi_path.hpp"
#include "sim/stats/observations.hpp"
#include "tests/price_paths.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

constexpr std::size_t assets = 2;
constexpr std::size_t steps = 136; // 17 groups of eight: intervals of unequal length
constexpr double step_seconds = seconds_per_year / 256.0;
constexpr double dt = 1.0 / 256.0;
constexpr double volatility[assets] = {0.4, 0.9};
constexpr double correlation = 0.7;

Gbm process() {
    Gbm::Params params;
    params.volatility.values.assign(std::begin(volatility), std::end(volatility));
    params.correlation = SquareMatrix::identity(assets);
    params.correlation(0, 1) = params.correlation(1, 0) = correlation;
    return {params, assets, step_seconds};
}

// Calls visit(world, log returns [assets x steps]). With a seed for every 16 worlds where `independent`: each of those
// is of a replication of its own.
template <class Visit> void for_each_path(std::uint64_t worlds, bool independent, Visit&& visit) {
    const Gbm gbm = process();
    std::vector<double> path(assets * steps);
    std::optional<QuasiPaths> quasi;
    for (std::uint64_t world = 0; world < worlds; ++world) {
        const std::uint64_t seed = test::seed + (independent ? world / QuasiPaths::replications : 0);
        if (world == 0 || (independent && world % QuasiPaths::replications == 0)) quasi.emplace(seed, assets, steps);
        test::draw_path(gbm, {.seed = seed, .world = world, .quasi = &*quasi}, steps, path.data());
        visit(world, path);
    }
}

// Standardised increments of independent worlds, [assets][worlds x steps].
const std::vector<std::vector<double>>& innovations() {
    static const std::vector<std::vector<double>> drawn = [] {
        std::vector<std::vector<double>> z(assets);
        for_each_path(8000, true, [&](std::uint64_t, const std::vector<double>& path) {
            for (std::size_t a = 0; a < assets; ++a) {
                for (std::size_t t = 0; t < steps; ++t) {
                    const double mean = -0.5 * volatility[a] * volatility[a] * dt;
                    z[a].push_back((path[a * steps + t] - mean) / (volatility[a] * std::sqrt(dt)));
                }
            }
        });
        return z;
    }();
    return drawn;
}

test::Estimate mean_product(const std::vector<double>& x, const std::vector<double>& y, std::size_t lag = 0) {
    std::vector<double> product;
    for (std::size_t i = lag; i < x.size(); ++i) product.push_back(x[i] * y[i - lag]);
    return test::estimate(product);
}

// Variance of the mean of a functional over a run's worlds, over that of pseudo-random worlds; and both means.
struct Reduction {
    test::Estimate plain;
    test::Estimate quasi;
    double ratio() const {
        return quasi.standard_error * quasi.standard_error / (plain.standard_error * plain.standard_error);
    }
};

template <class Functional> Reduction reduction(std::uint64_t worlds, Functional&& functional) {
    const Gbm gbm = process();
    std::vector<double> path(assets * steps);
    std::vector<double> plain;
    for (std::uint64_t world = 0; world < worlds; ++world) {
        test::draw_path(gbm, {.seed = test::seed, .world = world}, steps, path.data());
        plain.push_back(functional(path));
    }
    std::vector<double> replication(QuasiPaths::replications, 0.0);
    for_each_path(worlds, false, [&](std::uint64_t world, const std::vector<double>& quasi) {
        replication[world % replication.size()] += functional(quasi);
    });
    for (double& sum : replication) sum *= static_cast<double>(replication.size()) / static_cast<double>(worlds);
    return {test::estimate(plain), test::estimate(replication)};
}

double log_return(const std::vector<double>& path, std::size_t asset, std::size_t length = steps) {
    double sum = 0.0;
    for (std::size_t t = 0; t < length; ++t) sum += path[asset * steps + t];
    return sum;
}

} // namespace

TEST_CASE("quasi-random paths: increments are independent standard normals, correlated as asked for") {
    for (std::size_t a = 0; a < assets; ++a) {
        const std::vector<double>& z = innovations()[a];
        CAPTURE(a);
        test::check_estimate("mean", 0.0, test::estimate(z));
        test::check_estimate("variance", 1.0, test::estimate(z, [](double x) { return x * x; }));
        test::check_estimate("kurtosis", 3.0, test::estimate(z, [](double x) { return x * x * x * x; }));
        CHECK(test::kolmogorov_smirnov(z, test::normal_cdf) < test::kolmogorov_limit);
        for (const std::size_t lag :
             {std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{8}, std::size_t{30}}) {
            CAPTURE(lag);
            test::check_estimate("autocovariance", 0.0, mean_product(z, z, lag));
            std::vector<double> squares(z.size());
            for (std::size_t i = 0; i < z.size(); ++i) squares[i] = z[i] * z[i] - 1.0;
            test::check_estimate("autocovariance of squares", 0.0, mean_product(squares, squares, lag));
        }
    }
    test::check_estimate("correlation", correlation, mean_product(innovations()[0], innovations()[1]));
}

TEST_CASE("quasi-random paths: log returns over intervals, their ends and across them have the right variance") {
    const std::vector<std::size_t> boundaries = QuasiPaths(1, assets, steps).boundaries();
    CHECK(boundaries.front() == 0);
    CHECK(boundaries.back() == steps);
    CHECK(boundaries.size() == QuasiPaths::most_intervals + 1);
    for (std::size_t i = 0; i + 1 < boundaries.size(); ++i) CHECK(boundaries[i + 1] - boundaries[i] >= 8);
    std::vector<double> whole;
    std::vector<double> first;
    std::vector<double> across;
    const std::vector<double>& z = innovations()[1];
    for (std::size_t w = 0; w < z.size() / steps; ++w) {
        double sum = 0.0;
        double part = 0.0;
        for (std::size_t t = 0; t < steps; ++t) {
            sum += z[w * steps + t];
            if (t + 1 == boundaries[3]) first.push_back(sum / std::sqrt(static_cast<double>(boundaries[3])));
            if (t >= 20 && t < 53) part += z[w * steps + t];
        }
        whole.push_back(sum / std::sqrt(static_cast<double>(steps)));
        across.push_back(part / std::sqrt(33.0));
    }
    for (const std::vector<double>* sums : {&whole, &first, &across}) {
        test::check_estimate("variance", 1.0, test::estimate(*sums, [](double x) { return x * x; }));
        CHECK(test::kolmogorov_smirnov(*sums, test::normal_cdf) < test::kolmogorov_limit);
    }
}

TEST_CASE("quasi-random paths: the sums are what is imposed, whatever blocks a path is drawn in") {
    const Gbm gbm = process();
    const QuasiPaths quasi(5, assets, steps);
    const test::PathOf key{.seed = 5, .world = 1234, .quasi = &quasi};
    std::vector<double> whole(assets * steps);
    std::vector<double> parts(assets * steps);
    test::draw_path(gbm, key, steps, whole.data());
    for (const std::size_t length : {std::size_t{20}, std::size_t{8}, std::size_t{3}}) { // intervals cut as well
        test::draw_in_blocks(gbm, key, steps, parts.data(), nullptr, [&](std::size_t first) { return first + length; });
        CHECK(parts == whole);
    }
    std::vector<double> other(assets * steps); // other normals within the intervals, the same sums
    test::draw_path(gbm, {.seed = 6, .world = 1234, .quasi = &quasi}, steps, other.data());
    for (const std::size_t boundary : quasi.boundaries()) {
        CHECK(log_return(other, 0, boundary) == doctest::Approx(log_return(whole, 0, boundary)).epsilon(1e-10));
        CHECK(log_return(other, 1, boundary) == doctest::Approx(log_return(whole, 1, boundary)).epsilon(1e-10));
    }
    CHECK(std::fabs(other[3] - whole[3]) > 1e-6);
}

TEST_CASE("quasi-random paths: a short horizon has as many intervals as groups of steps, one at least") {
    for (const std::size_t length : {std::size_t{1}, std::size_t{5}, std::size_t{8}, std::size_t{9}, std::size_t{50}}) {
        const QuasiPaths quasi(1, 1, length);
        CHECK(quasi.boundaries().size() == (length + 7) / 8 + 1);
        CHECK(quasi.boundaries().back() == length);
    }
    CHECK(QuasiPaths(1, 400, 1000).drivers() == 3667 / 16);
}

TEST_CASE("quasi-random paths: means agree with closed forms and vary less than those of independent worlds") {
    constexpr std::uint64_t worlds = 16'384;
    const double horizon = static_cast<double>(steps) * dt;
    const double spread = volatility[0] * std::sqrt(horizon);
    // A put at the money: Black & Scholes without interest.
    const Reduction put = reduction(
        worlds, [](const std::vector<double>& path) { return std::max(0.0, 1.0 - std::exp(log_return(path, 0))); });
    const double price = test::normal_cdf(0.5 * spread) - test::normal_cdf(-0.5 * spread);
    test::check_estimate("pseudo-random put", price, put.plain);
    test::check_estimate("quasi-random put", price, put.quasi, 5.0); // 15 degrees of freedom
    MESSAGE("variance ratio of a put: " << put.ratio());
    CHECK(put.ratio() < 0.001);
    // The other asset, after five eighths of the horizon: points further down the bridge, and both drivers.
    constexpr std::size_t middle = 80;
    const Reduction forward = reduction(
        worlds, [&](const std::vector<double>& path) { return std::exp(log_return(path, 1, middle)); });
    test::check_estimate("pseudo-random price", 1.0, forward.plain);
    test::check_estimate("quasi-random price", 1.0, forward.quasi, 5.0);
    MESSAGE("variance ratio of a price before the end: " << forward.ratio());
    CHECK(forward.ratio() < 0.02);
    // Barriers are kinked and look inside the intervals: less is gained. Reflection principle, with the shift for
    // discrete monitoring of Broadie, Glasserman & Kou (1997), as in first_passage_test.cpp.
    const double barrier = std::log(0.8);
    const Reduction passage = reduction(worlds, [&](const std::vector<double>& path) {
        double x = 0.0;
        double lowest = 0.0;
        for (std::size_t t = 0; t < steps; ++t) lowest = std::min(lowest, x += path[t]);
        return lowest <= barrier ? 1.0 : 0.0;
    });
    const double nu = -0.5 * volatility[0] * volatility[0] * horizon;
    const double b = barrier - 0.5826 * volatility[0] * std::sqrt(dt);
    const double reached = test::normal_cdf((b - nu) / spread) +
                           std::exp(2.0 * nu * b / (spread * spread)) * test::normal_cdf((b + nu) / spread);
    test::check_estimate("pseudo-random passage", reached, passage.plain);
    test::check_estimate("quasi-random passage", reached, passage.quasi, 5.0);
    MESSAGE("variance ratio of a first passage: " << passage.ratio());
    CHECK(passage.ratio() < 0.5);
}

TEST_CASE("quasi-random paths: means over replications vary by as much as their standard errors say") {
    constexpr int seeds = 300;
    constexpr std::uint64_t worlds = 250; // no multiple of 16
    const Gbm gbm = process();
    const double barrier = std::log(0.8);
    std::vector<double> path(assets * steps);
    std::vector<double> means;
    double stated = 0.0;
    for (int s = 0; s < seeds; ++s) {
        const std::uint64_t seed = test::seed + static_cast<std::uint64_t>(s);
        const QuasiPaths quasi(seed, assets, steps);
        std::vector<double> reached;
        for (std::uint64_t world = 0; world < worlds; ++world) {
            test::draw_path(gbm, {.seed = seed, .world = world, .quasi = &quasi}, steps, path.data());
            double x = 0.0;
            double lowest = 0.0;
            for (std::size_t t = 0; t < steps; ++t) lowest = std::min(lowest, x += path[t]);
            reached.push_back(lowest <= barrier ? 1.0 : 0.0);
        }
        const test::Estimate estimate = test::estimate(independent_values(reached, Dependence::replications));
        means.push_back(estimate.mean);
        stated += estimate.standard_error * estimate.standard_error / seeds;
    }
    const double spread = test::estimate(means).standard_error * std::sqrt(static_cast<double>(seeds));
    const double p = test::estimate(means).mean;
    MESSAGE("standard error " << spread << ", stated " << std::sqrt(stated) << ", of independent worlds "
                              << std::sqrt(p * (1.0 - p) / worlds));
    CHECK(stated / (spread * spread) == doctest::Approx(1.0).epsilon(0.3)); // of 300 means: 8 % a standard error
    CHECK(spread * spread < 0.7 * p * (1.0 - p) / worlds);
}

} // namespace plunge
