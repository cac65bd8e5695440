// Geometric Brownian motion against its closed forms.

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/gbm.hpp"
#include "tests/price_paths.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

constexpr std::size_t assets = 3;
constexpr std::size_t steps = 64;
constexpr std::uint64_t worlds = 20'000;
constexpr double step_seconds = seconds_per_year / 256.0; // a quarter of a year in all: variances that matter
constexpr double years = static_cast<double>(steps) / 256.0;
constexpr double volatility[assets] = {0.4, 0.9, 1.5};
constexpr double drift[assets] = {0.0, 0.3, -0.5};
constexpr double correlation[assets][assets] = {{1.0, 0.7, -0.2}, {0.7, 1.0, 0.1}, {-0.2, 0.1, 1.0}};

Gbm::Params parameters() {
    Gbm::Params params;
    params.volatility.values.assign(std::begin(volatility), std::end(volatility));
    params.drift.values.assign(std::begin(drift), std::end(drift));
    params.correlation = SquareMatrix::identity(assets);
    for (std::size_t a = 0; a < assets; ++a) {
        for (std::size_t b = 0; b < assets; ++b) params.correlation(a, b) = correlation[a][b];
    }
    return params;
}

struct Sample {
    std::vector<double> total[assets];      // log return over all steps, per world
    std::vector<double> innovation[assets]; // standardised increments, all worlds and steps
};

// Drawn once: every test looks at the same worlds.
const Sample& sample() {
    static const Sample drawn = [] {
        const Gbm gbm(parameters(), assets, step_seconds);
        const double dt = step_seconds / seconds_per_year;
        Sample s;
        std::vector<double> path(steps * assets);
        for (std::uint64_t world = 0; world < worlds; ++world) {
            test::draw_path(gbm, {.seed = test::seed, .world = world}, steps, path.data());
            for (std::size_t a = 0; a < assets; ++a) {
                const double mean = (drift[a] - 0.5 * volatility[a] * volatility[a]) * dt;
                double total = 0.0;
                for (std::size_t t = 0; t < steps; ++t) {
                    total += path[a * steps + t];
                    s.innovation[a].push_back((path[a * steps + t] - mean) / (volatility[a] * std::sqrt(dt)));
                }
                s.total[a].push_back(total);
            }
        }
        return s;
    }();
    return drawn;
}

test::Estimate mean_product(const std::vector<double>& x, const std::vector<double>& y, std::size_t lag = 0) {
    std::vector<double> product;
    for (std::size_t i = lag; i < x.size(); ++i) product.push_back(x[i] * y[i - lag]);
    return test::estimate(product);
}

} // namespace

TEST_CASE("gbm: the expected price grows at the drift, and zero drift is a martingale") {
    for (std::size_t a = 0; a < assets; ++a) {
        CAPTURE(a);
        test::check_estimate("E S_T / S_0", std::exp(drift[a] * years),
                             test::estimate(sample().total[a], [](double x) { return std::exp(x); }));
    }
}

TEST_CASE("gbm: the log return over the horizon is normal with variance sigma^2 T") {
    for (std::size_t a = 0; a < assets; ++a) {
        const double mean = (drift[a] - 0.5 * volatility[a] * volatility[a]) * years;
        const double sigma = volatility[a] * std::sqrt(years);
        CAPTURE(a);
        test::check_estimate("E log S_T / S_0", mean, test::estimate(sample().total[a]));
        test::check_estimate("Var log S_T / S_0", sigma * sigma,
                             test::estimate(sample().total[a], [&](double x) { return (x - mean) * (x - mean); }));
        CHECK(test::kolmogorov_smirnov(sample().total[a], [&](double x) {
                  return test::normal_cdf((x - mean) / sigma);
              }) < test::kolmogorov_limit);
    }
}

TEST_CASE("gbm: standardised increments have the moments of a standard normal") {
    for (std::size_t a = 0; a < assets; ++a) {
        const std::vector<double>& z = sample().innovation[a];
        CAPTURE(a);
        test::check_estimate("mean", 0.0, test::estimate(z));
        test::check_estimate("variance", 1.0, test::estimate(z, [](double x) { return x * x; }));
        test::check_estimate("skewness", 0.0, test::estimate(z, [](double x) { return x * x * x; }));
        test::check_estimate("kurtosis", 3.0, test::estimate(z, [](double x) { return x * x * x * x; }));
        test::check_estimate("sixth moment", 15.0, test::estimate(z, [](double x) { return std::pow(x, 6); }));
        CHECK(test::kolmogorov_smirnov(z, test::normal_cdf) < test::kolmogorov_limit);
    }
}

TEST_CASE("gbm: innovations are correlated as asked for") {
    for (std::size_t a = 0; a < assets; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            CAPTURE(a);
            CAPTURE(b);
            test::check_estimate("correlation", correlation[a][b],
                                 mean_product(sample().innovation[a], sample().innovation[b]));
        }
    }
}

TEST_CASE("gbm: steps and worlds are independent of one another") {
    // Worlds follow one another in the sample, so a lag of one step also crosses from world to world, and a lag of all
    // the steps pairs the same step of neighbouring worlds. Lag 4 pairs the two normals of one counter.
    for (std::size_t a = 0; a < assets; ++a) {
        for (const std::size_t lag : {std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{8}, steps}) {
            const std::vector<double>& z = sample().innovation[a];
            std::vector<double> squares(z.size());
            for (std::size_t i = 0; i < z.size(); ++i) squares[i] = z[i] * z[i] - 1.0;
            CAPTURE(a);
            CAPTURE(lag);
            test::check_estimate("autocovariance", 0.0, mean_product(z, z, lag));
            test::check_estimate("autocovariance of squares", 0.0, mean_product(squares, squares, lag));
        }
    }
}

TEST_CASE("gbm: a seed or a world of its own gives independent innovations") {
    const Gbm gbm(parameters(), assets, step_seconds);
    constexpr std::size_t length = 100'000;
    std::vector<double> one(length * assets);
    std::vector<double> other(length * assets);
    test::draw_path(gbm, {.seed = test::seed, .world = 5}, length, one.data());
    const double scale = 1.0 / (step_seconds / seconds_per_year);
    for (const test::PathOf& key :
         {test::PathOf{.seed = test::seed + 1, .world = 5}, test::PathOf{.seed = test::seed, .world = 6},
          test::PathOf{.seed = 5, .world = test::seed}}) {
        test::draw_path(gbm, key, length, other.data());
        test::check_estimate("covariance", 0.0, [&] {
            std::vector<double> product;
            for (std::size_t i = 0; i < one.size(); ++i) product.push_back(scale * one[i] * other[i]);
            return test::estimate(product);
        }());
    }
}

TEST_CASE("gbm: odd worlds mirror the even world before them where antithetic") {
    Gbm::Params params = parameters();
    // Half the variance as drift leaves no log drift: mirrored returns then differ in sign alone.
    for (std::size_t a = 0; a < assets; ++a) params.drift.values[a] = 0.5 * volatility[a] * volatility[a];
    for (const bool copula : {false, true}) {
        if (copula) params.tails = Tails{.dof = 3.0};
        const Gbm gbm(params, assets, step_seconds);
        std::vector<double> even(steps * assets);
        std::vector<double> odd(steps * assets);
        std::vector<double> plain(steps * assets);
        test::draw_path(gbm, {.seed = test::seed, .world = 8, .antithetic = true}, steps, even.data());
        test::draw_path(gbm, {.seed = test::seed, .world = 9, .antithetic = true}, steps, odd.data());
        test::draw_path(gbm, {.seed = test::seed, .world = 8}, steps, plain.data());
        CAPTURE(copula);
        CHECK(even == plain);
        std::size_t unmirrored = 0;
        for (std::size_t i = 0; i < even.size(); ++i) unmirrored += odd[i] != -even[i];
        CHECK(unmirrored == 0);
        test::draw_path(gbm, {.seed = test::seed, .world = 10, .antithetic = true}, steps, plain.data());
        CHECK(plain != even);
    }
}

TEST_CASE("gbm: antithetic pairs make the mean of the log return exact") {
    const Gbm gbm(parameters(), assets, step_seconds);
    std::vector<double> path(steps * assets);
    double sums[2] = {};
    for (const std::uint64_t world : {0U, 1U}) {
        test::draw_path(gbm, {.seed = test::seed, .world = world, .antithetic = true}, steps, path.data());
        for (std::size_t t = 0; t < steps; ++t) sums[world] += path[t];
    }
    CHECK(0.5 * (sums[0] + sums[1]) == doctest::Approx(-0.5 * volatility[0] * volatility[0] * years).epsilon(1e-12));
}

} // namespace plunge
