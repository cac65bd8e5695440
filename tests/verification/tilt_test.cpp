// Paths drawn from a tilted law, weighted by their likelihood ratios, say the same as paths of the law itself.
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/merton.hpp"
#include "models/price/tilt.hpp"
#include "tests/price_paths.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

constexpr double step_seconds = 3600.0;
constexpr std::size_t steps = 48;
constexpr std::uint64_t worlds = 20'000;

// Half a common jump per path, and a jump of its own per asset, with a copula's tails.
Merton::Params parameters() {
    constexpr double horizon = steps * step_seconds / seconds_per_year;
    Merton::Params params;
    params.volatility.values = {0.6, 1.1};
    params.drift.values = {0.0, 2.0};
    params.correlation = {2, {1.0, 0.5, 0.5, 1.0}};
    params.tails = Tails{5.0};
    params.jumps = {{.rate = {{0.5 / horizon}}, .mean = {{-0.03, -0.05}}, .stddev = {{0.02, 0.03}}, .common = true},
                    {.rate = {{1.0 / horizon, 0.0}}, .mean = {{0.01, 0.0}}, .stddev = {{0.01, 0.03}}, .common = false}};
    return params;
}

PathTilt tilt() {
    PathTilt tilt;
    tilt.shift = {-0.1, -0.05};
    tilt.clocks = {{3.0, {-0.5, 0.3}}, {0.7, {0.4, 0.0}}, {2.0, {0.0, 0.0}}};
    return tilt;
}

struct Drawn {
    PathMoments moments;
    double log_move[2];
    double log_ratio;
};

std::vector<Drawn> draw(const PathTilt& law, std::size_t block) {
    const Merton merton(parameters(), 2, step_seconds);
    std::vector<Drawn> drawn(worlds);
    std::vector<double> path(2 * steps);
    for (std::uint64_t w = 0; w < worlds; ++w) {
        Drawn& one = drawn[w];
        Tilting tilting{law, one.moments};
        test::draw_in_blocks(merton, {.seed = test::seed, .world = w}, steps, path.data(), &tilting,
                             [&](std::size_t first) { return first + block; });
        for (std::size_t a = 0; a < 2; ++a) {
            one.log_move[a] = std::accumulate(path.begin() + static_cast<std::ptrdiff_t>(a * steps),
                                              path.begin() + static_cast<std::ptrdiff_t>((a + 1) * steps), 0.0);
        }
        one.log_ratio = tilt().log_likelihood_ratio(one.moments);
    }
    return drawn;
}

template <class F> test::Estimate mean_of(const std::vector<Drawn>& drawn, F&& f) {
    std::vector<double> values;
    for (const Drawn& one : drawn) values.push_back(f(one));
    return test::estimate(values);
}

} // namespace

TEST_CASE("tilt: paths have the means that the tilt says") {
    const std::vector<Drawn> drawn = draw(tilt(), steps);
    for (std::size_t a = 0; a < 2; ++a) {
        test::check_estimate("normals", tilt().shift[a] * steps,
                             mean_of(drawn, [a](const Drawn& one) { return one.moments.normal_sum[a]; }));
    }
    const double expected[] = {0.5, 1.0, 0.0};
    for (std::size_t c = 0; c < 3; ++c) {
        CHECK(drawn[0].moments.clocks[c].expected == doctest::Approx(expected[c]).epsilon(1e-12));
        const double arrivals = expected[c] * tilt().clocks[c].rate_factor;
        if (arrivals == 0.0) {
            for (const Drawn& one : drawn) REQUIRE(one.moments.clocks[c].arrivals == 0.0);
            continue;
        }
        test::check_estimate("arrivals", arrivals,
                             mean_of(drawn, [c](const Drawn& one) { return one.moments.clocks[c].arrivals; }));
        for (std::size_t a = 0; a < 2; ++a) {
            const double shift = c == 1 && a == 1 ? 0.0 : tilt().clocks[c].size_shift[a];
            test::check_estimate("sizes", shift * arrivals, mean_of(drawn, [c, a](const Drawn& one) {
                                     return one.moments.clocks[c].size_sum[a];
                                 }));
        }
    }
}

TEST_CASE("tilt: likelihood ratios average to one, and weighted paths are those of the scenario's law") {
    const std::vector<Drawn> tilted = draw(tilt(), steps);
    test::check_estimate("dP/dQ", 1.0, mean_of(tilted, [](const Drawn& one) { return std::exp(-one.log_ratio); }));
    const std::vector<Drawn> plain = draw({}, steps);
    test::check_estimate("dQ/dP", 1.0, mean_of(plain, [](const Drawn& one) { return std::exp(one.log_ratio); }));
    for (std::size_t a = 0; a < 2; ++a) {
        // Prices are martingales but for the drift of the second.
        const double growth = a == 1 ? 2.0 * steps * step_seconds / seconds_per_year : 0.0;
        const auto weighted = [a](const Drawn& one) { return std::exp(one.log_move[a] - one.log_ratio); };
        test::check_estimate("price", std::exp(growth), mean_of(tilted, weighted));
        const auto falls = [a](const Drawn& one) { return one.log_move[a] < -0.1 ? 1.0 : 0.0; };
        const test::Estimate direct = mean_of(plain, falls);
        const test::Estimate other = mean_of(tilted,
                                             [&](const Drawn& one) { return falls(one) * std::exp(-one.log_ratio); });
        CHECK(direct.mean > 0.01);
        CHECK(std::fabs(direct.mean - other.mean) <= 4.0 * std::hypot(direct.standard_error, other.standard_error));
    }
}

TEST_CASE("tilt: paths and moments do not depend on how the horizon is cut, and no tilt changes nothing") {
    const std::vector<Drawn> whole = draw(tilt(), steps);
    const std::vector<Drawn> cut = draw(tilt(), 13);
    for (std::uint64_t w = 0; w < worlds; w += 100) {
        CHECK(whole[w].log_move[0] == cut[w].log_move[0]);
        CHECK(whole[w].log_ratio == doctest::Approx(cut[w].log_ratio).epsilon(1e-12));
    }
    const std::vector<Drawn> plain = draw({}, steps);
    const Merton merton(parameters(), 2, step_seconds);
    std::vector<double> path(2 * steps);
    for (std::uint64_t w = 0; w < worlds; w += 100) {
        test::draw_path(merton, {.seed = test::seed, .world = w}, steps, path.data());
        CHECK(plain[w].log_move[0] == std::accumulate(path.begin(), path.begin() + steps, 0.0));
        CHECK(PathTilt{}.log_likelihood_ratio(plain[w].moments) == 0.0);
    }
}

} // namespace plunge
