// Jump diffusion against its closed forms.

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/gbm.hpp"
#include "models/price/merton.hpp"
#include "tests/price_paths.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

constexpr double step_seconds = 3600.0;
constexpr double dt = step_seconds / seconds_per_year;

// Two assets with one common and one separate component; some tenths of a jump an hour, so that increments show them.
Merton::Params parameters() {
    Merton::Params params;
    params.volatility.values = {0.6, 1.1};
    params.drift.values = {0.0, 2.0};
    params.correlation = {2, {1.0, 0.5, 0.5, 1.0}};
    params.jumps = {
        {.rate = {{0.15 / dt}}, .mean = {{-0.012, -0.02}}, .stddev = {{0.006, 0.01}}, .common = true},
        {.rate = {{0.1 / dt, 0.05 / dt}}, .mean = {{0.01, 0.0}}, .stddev = {{0.004, 0.03}}, .common = false}};
    return params;
}

// Cumulants of one asset's increment: the diffusion gives the first two, each component lambda dt E J^k to every one.
struct Cumulants {
    double k1, k2, k3, k4;
};

Cumulants cumulants(const Merton::Params& params, std::size_t a) {
    const double sigma = params.volatility[a];
    Cumulants c{(params.drift[a] - 0.5 * sigma * sigma) * dt, sigma * sigma * dt, 0.0, 0.0};
    for (const JumpParams& jump : params.jumps) {
        const double rate = (jump.common ? jump.rate[0] : jump.rate[a]) * dt;
        const double m = jump.mean[a];
        const double s = jump.stddev[a];
        c.k1 += rate * (m - (std::exp(m + 0.5 * s * s) - 1.0));
        c.k2 += rate * (m * m + s * s);
        c.k3 += rate * (m * m * m + 3.0 * m * s * s);
        c.k4 += rate * (m * m * m * m + 6.0 * m * m * s * s + 3.0 * s * s * s * s);
    }
    return c;
}

std::vector<std::vector<double>> increments(const Merton::Params& params, std::size_t steps, std::uint64_t worlds) {
    const std::size_t assets = params.volatility.size();
    const Merton merton(params, assets, step_seconds);
    std::vector<std::vector<double>> result(assets);
    std::vector<double> path(steps * assets);
    for (std::uint64_t world = 0; world < worlds; ++world) {
        test::draw_path(merton, {.seed = test::seed, .world = world}, steps, path.data());
        for (std::size_t i = 0; i < path.size(); ++i) result[i / steps].push_back(path[i]);
    }
    return result;
}

const std::vector<std::vector<double>>& sample() {
    static const auto drawn = increments(parameters(), 200, 4'000);
    return drawn;
}

// Jumps of exactly one in log price and nothing else: an increment, less its drift, is the number of jumps.
Merton::Params counting(double per_step, bool common, std::size_t assets) {
    Merton::Params params;
    JumpParams jump{.rate = {}, .mean = {}, .stddev = {}, .common = common};
    for (std::size_t a = 0; a < assets; ++a) {
        params.volatility.values.push_back(0.0);
        jump.mean.values.push_back(1.0);
        jump.stddev.values.push_back(0.0);
        if (!common || a == 0) jump.rate.values.push_back(per_step / dt);
    }
    params.jumps = {jump};
    return params;
}

std::vector<std::vector<double>> counts(double per_step, bool common, std::size_t assets, std::uint64_t worlds) {
    auto result = increments(counting(per_step, common, assets), 250, worlds);
    for (auto& asset : result) {
        for (double& x : asset) x = std::round(x + per_step * (std::exp(1.0) - 1.0));
    }
    return result;
}

} // namespace

TEST_CASE("merton: increments have the mean, variance, skewness and kurtosis of a jump diffusion") {
    for (std::size_t a = 0; a < 2; ++a) {
        const Cumulants c = cumulants(parameters(), a);
        const double sigma = std::sqrt(c.k2);
        const auto moment = [&](int power) {
            return test::estimate(sample()[a], [&](double x) { return std::pow((x - c.k1) / sigma, power); });
        };
        CAPTURE(a);
        test::check_estimate("mean", c.k1, test::estimate(sample()[a]));
        test::check_estimate("variance over its expectation", 1.0, moment(2));
        test::check_estimate("skewness", c.k3 / (c.k2 * sigma), moment(3));
        test::check_estimate("kurtosis", 3.0 + c.k4 / (c.k2 * c.k2), moment(4));
        CHECK(std::fabs(c.k3 / (c.k2 * sigma)) > 20.0 * moment(3).standard_error); // there is something to see
    }
}

TEST_CASE("merton: the compensated price grows at the drift, and zero drift is a martingale") {
    for (std::size_t a = 0; a < 2; ++a) {
        CAPTURE(a);
        test::check_estimate("E S(t + dt) / S(t)", std::exp(parameters().drift[a] * dt),
                             test::estimate(sample()[a], [](double x) { return std::exp(x); }));
        std::vector<double> total; // over all 200 steps of a world
        for (std::size_t i = 0; i < sample()[a].size(); ++i) {
            if (i % 200 == 0) total.push_back(0.0);
            total.back() += sample()[a][i];
        }
        test::check_estimate("E S(T) / S(0)", std::exp(200.0 * parameters().drift[a] * dt),
                             test::estimate(total, [](double x) { return std::exp(x); }));
    }
}

TEST_CASE("merton: assets covary through the diffusion and through common jumps") {
    const Merton::Params params = parameters();
    const JumpParams& common = params.jumps[0];
    const double expected = 0.5 * params.volatility[0] * params.volatility[1] * dt +
                            common.rate[0] * dt *
                                (common.mean[0] * common.mean[1] + 0.5 * common.stddev[0] * common.stddev[1]);
    std::vector<double> product;
    for (std::size_t i = 0; i < sample()[0].size(); ++i) {
        product.push_back((sample()[0][i] - cumulants(params, 0).k1) * (sample()[1][i] - cumulants(params, 1).k1));
    }
    test::check_estimate("covariance of increments", expected, test::estimate(product));
}

TEST_CASE("merton: total volatility includes the jumps") {
    const Merton merton(parameters(), 2, step_seconds);
    for (std::size_t a = 0; a < 2; ++a) {
        CHECK(merton.total_volatility(a) ==
              doctest::Approx(std::sqrt(cumulants(parameters(), a).k2 / dt)).epsilon(1e-12));
    }
}

TEST_CASE("merton: jumps per step are Poisson, and steps are independent") {
    for (const double rate : {0.02, 0.7, 3.0}) {
        const std::vector<double> n = counts(rate, true, 1, 800)[0];
        CAPTURE(rate);
        test::check_estimate("mean count", rate,
                             {test::estimate(n).mean, std::sqrt(rate / static_cast<double>(n.size()))});
        test::check_estimate("variance of the count", rate,
                             test::estimate(n, [&](double x) { return (x - rate) * (x - rate); }));
        double probability = std::exp(-rate);
        for (int k = 0; k <= 8 && probability * static_cast<double>(n.size()) > 20.0; ++k) {
            const auto hits = std::count(n.begin(), n.end(), static_cast<double>(k));
            CAPTURE(k);
            test::check_probability("P(count = k)", probability, static_cast<double>(hits),
                                    static_cast<double>(n.size()));
            probability *= rate / (k + 1);
        }
        std::vector<double> neighbours;
        for (std::size_t i = 1; i < n.size(); ++i) neighbours.push_back((n[i] - rate) * (n[i - 1] - rate));
        test::check_estimate("covariance of neighbouring counts", 0.0, test::estimate(neighbours));
    }
}

TEST_CASE("merton: a common component jumps in all assets at once") {
    const auto n = counts(0.3, true, 3, 100);
    CHECK(n[1] == n[0]);
    CHECK(n[2] == n[0]);
}

TEST_CASE("merton: separate components jump independently") {
    const auto n = counts(0.3, false, 3, 800);
    for (std::size_t a = 0; a < 3; ++a) {
        CAPTURE(a);
        test::check_estimate("mean count", 0.3, test::estimate(n[a]));
        for (std::size_t b = 0; b < a; ++b) {
            std::vector<double> product;
            for (std::size_t i = 0; i < n[a].size(); ++i) product.push_back((n[a][i] - 0.3) * (n[b][i] - 0.3));
            CAPTURE(b);
            test::check_estimate("covariance of counts", 0.0, test::estimate(product));
        }
    }
}

TEST_CASE("merton: sizes of separate jumps are independent of one another and across assets") {
    // One asset's k-th jump against the other's k-th: they happen at different times but must not share a draw.
    Merton::Params params;
    params.volatility.values = {0.0, 0.0};
    params.correlation = {2, {1.0, 0.9, 0.9, 1.0}};
    params.jumps = {
        {.rate = {{0.01 / dt, 0.01 / dt}}, .mean = {{0.0, 0.0}}, .stddev = {{0.01, 0.01}}, .common = false}};
    const Merton merton(params, 2, step_seconds);
    constexpr std::size_t steps = 40'000;
    std::vector<double> path(2 * steps);
    std::vector<double> sizes[2];
    test::draw_path(merton, {.seed = test::seed, .world = 0}, steps, path.data());
    const double drift = -0.01 * std::expm1(0.5 * 0.01 * 0.01);
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (std::fabs(path[i] - drift) > 1e-9) sizes[i / steps].push_back((path[i] - drift) / 0.01);
    }
    std::vector<double> across;
    std::vector<double> along;
    for (std::size_t k = 1; k < std::min(sizes[0].size(), sizes[1].size()); ++k) {
        across.push_back(sizes[0][k] * sizes[1][k]);
        along.push_back(sizes[0][k] * sizes[0][k - 1]);
    }
    REQUIRE(across.size() > 300);
    test::check_estimate("covariance across assets", 0.0, test::estimate(across));
    test::check_estimate("covariance of one jump and the next", 0.0, test::estimate(along));
    test::check_estimate("variance of a size", 1.0, test::estimate(sizes[0], [](double z) { return z * z; }));
}

TEST_CASE("merton: without jumps it is geometric Brownian motion, bit for bit") {
    Merton::Params params = parameters();
    for (JumpParams& jump : params.jumps) {
        for (double& rate : jump.rate.values) rate = 0.0;
    }
    const Merton merton(params, 2, step_seconds);
    Gbm::Params diffusion;
    static_cast<DiffusionParams&>(diffusion) = params;
    const Gbm gbm(diffusion, 2, step_seconds);
    std::vector<double> with(2 * 96);
    std::vector<double> without(2 * 96);
    test::draw_path(merton, {.seed = test::seed, .world = 3}, 96, with.data());
    test::draw_path(gbm, {.seed = test::seed, .world = 3}, 96, without.data());
    CHECK(with == without);
}

TEST_CASE("merton: antithetic worlds draw jumps of their own") {
    Merton::Params params = counting(0.3, true, 1);
    const Merton merton(params, 1, step_seconds);
    std::vector<double> even(400);
    std::vector<double> odd(400);
    test::draw_path(merton, {.seed = test::seed, .world = 0, .antithetic = true}, 400, even.data());
    test::draw_path(merton, {.seed = test::seed, .world = 1, .antithetic = true}, 400, odd.data());
    CHECK(even != odd);
}

} // namespace plunge
