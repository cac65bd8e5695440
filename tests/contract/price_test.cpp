// What every price process must do: a path is a function of seed and world, not of how it is asked for; and whatever
// changes the way in which worlds are drawn is right for it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "tests/contract/fixtures.hpp"
#include "tests/price_paths.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

using test::PathOf;

constexpr std::size_t steps = 240;
const PathOf key{.seed = 20251010, .world = 17};

template <class Process>
std::vector<double> path(const Process& process, std::size_t assets, const PathOf& which, std::size_t length = steps,
                         Tilting* tilting = nullptr) {
    std::vector<double> out(length * assets, std::nan(""));
    test::draw_path(process, which, length, out.data(), tilting);
    return out;
}

// In blocks of 1 to 90 steps.
template <class Process>
std::vector<double> path_in_pieces(const Process& process, std::size_t assets, const PathOf& which, std::uint64_t cuts,
                                   Tilting* tilting = nullptr) {
    std::mt19937_64 rng(cuts);
    std::vector<double> out(steps * assets, std::nan(""));
    test::draw_in_blocks(process, which, steps, out.data(), tilting,
                         [&](std::size_t first) { return first + 1 + rng() % 90; });
    return out;
}

// Steps in which two paths differ, of any asset.
std::size_t differing(const std::vector<double>& x, const std::vector<double>& y, std::size_t first, std::size_t last) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < x.size(); ++i) count += i % steps >= first && i % steps < last && x[i] != y[i];
    return count;
}

// The lowest sum of an asset's log returns after any number of steps, and when a level was first reached.
struct Lowest {
    double value = 0.0;
    std::size_t reached = 0; // from 1; none: 0
};

Lowest lowest(const std::vector<double>& returns, double level) {
    Lowest result;
    double sum = 0.0;
    for (std::size_t t = 0; t < steps; ++t) {
        sum += returns[t];
        result.value = std::min(result.value, sum);
        if (result.reached == 0 && sum <= level) result.reached = t + 1;
    }
    return result;
}

template <class Visitor> void for_each_process(Visitor&& visit) {
    for_each_model(PriceModels{}, [&]<class Process>() {
        INFO("process: " << test::name_of<Process>());
        visit.template operator()<Process>();
    });
}

} // namespace

TEST_CASE("price: every return is written, and finite") {
    for_each_process([]<class Process>() {
        for (std::size_t assets = 1; assets <= test::price_assets; ++assets) {
            const auto returns = path(test::Fixture<Process>::make(assets), assets, key);
            CHECK(std::all_of(returns.begin(), returns.end(), [](double r) { return std::isfinite(r); }));
        }
    });
}

TEST_CASE("price: any cut of the steps gives identical bits, also of branches and of quasi-random paths") {
    for_each_process([]<class Process>() {
        const Process process = test::Fixture<Process>::make(3);
        const std::size_t normals = process.drivers().normals;
        const QuasiPaths quasi(key.seed, std::max<std::size_t>(normals, 1), steps);
        PathOf branched = key;
        branched.later = {{54, 40}, {57, 41}, {200, 42}};
        PathOf sobol = key;
        if (normals > 0) sobol.quasi = &quasi;
        PathOf both = branched;
        both.quasi = sobol.quasi;
        for (const PathOf& which : {key, branched, sobol, both}) {
            const std::vector<double> whole = path(process, 3, which);
            for (std::uint64_t cuts = 0; cuts < 20; ++cuts) {
                CAPTURE(cuts);
                CHECK(path_in_pieces(process, 3, which, cuts) == whole);
            }
        }
    });
}

TEST_CASE("price: a shorter path is the beginning of a longer one, whatever its length") {
    for_each_process([]<class Process>() {
        const Process process = test::Fixture<Process>::make(2);
        const std::vector<double> whole = path(process, 2, key);
        for (const std::size_t length :
             {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{9}, std::size_t{77}}) {
            const std::vector<double> shorter = path(process, 2, key, length);
            CAPTURE(length);
            for (std::size_t a = 0; a < 2; ++a) {
                const double* beginning = shorter.data() + a * length;
                CHECK(std::equal(beginning, beginning + length, whole.data() + a * steps));
            }
        }
    });
}

TEST_CASE("price: a path does not depend on what was asked for before") {
    for_each_process([]<class Process>() {
        const Process process = test::Fixture<Process>::make(2);
        const std::vector<double> first = path(process, 2, key);
        path(test::Fixture<Process>::make(4), 4, {.seed = 1, .world = 2}, 16);
        path(process, 2, {.seed = key.seed, .world = key.world + 1});
        CHECK(path(process, 2, key) == first);
        CHECK(path(test::Fixture<Process>::make(2), 2, key) == first);
    });
}

TEST_CASE("price: adding an asset does not change the others' returns") {
    for_each_process([]<class Process>() {
        const std::vector<double> all = path(test::Fixture<Process>::make(test::price_assets), test::price_assets, key);
        for (std::size_t assets = 1; assets < test::price_assets; ++assets) {
            const std::vector<double> some = path(test::Fixture<Process>::make(assets), assets, key);
            std::size_t different = 0;
            for (std::size_t t = 0; t < steps; ++t) {
                for (std::size_t a = 0; a < assets; ++a) {
                    different += some[a * steps + t] != all[a * steps + t];
                }
            }
            CAPTURE(assets);
            CHECK(different == 0);
        }
    });
}

TEST_CASE("price: a branch has its parent's path up to its step, to the bit, and another one after it") {
    for_each_process([]<class Process>() {
        const Process process = test::Fixture<Process>::make(3);
        const bool drawn = process.drivers().normals > 0;
        const QuasiPaths quasi(key.seed, std::max<std::size_t>(process.drivers().normals, 1), steps);
        for (const bool sobol : {false, true}) {
            if (sobol && !drawn) continue;
            PathOf one = key;
            if (sobol) one.quasi = &quasi;
            PathOf other = one;
            other.world = 99;
            const std::vector<double> parent = path(process, 3, one);
            const std::vector<double> stranger = path(process, 3, other);
            for (const std::size_t step : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8},
                                           std::size_t{13}, std::size_t{64}, steps - 1, steps}) {
                CAPTURE(sobol);
                CAPTURE(step);
                PathOf branch = one;
                branch.later = {{step + 1, 99}};
                if (step == 0) branch.world = 99, branch.later.clear();
                const std::vector<double> child = path(process, 3, branch);
                CHECK(differing(child, parent, 0, step) == 0);
                if (step < steps && drawn) CHECK(differing(child, parent, step, steps) > 0);
                // What remembers nothing has the other world's steps from then on; sums are imposed on whole intervals.
                if (Process::any_step && !sobol) CHECK(differing(child, stranger, step, steps) == 0);
                branch.later.push_back({230, 100});
                CHECK(differing(path(process, 3, branch), child, 0, 229) == 0);
            }
        }
    });
}

TEST_CASE("price: of an antithetic pair the even world is as ever, and the odd one has its own path") {
    for_each_process([]<class Process>() {
        const Process process = test::Fixture<Process>::make(2);
        if (process.drivers().normals == 0) return;
        PathOf even = key;
        even.world = 16;
        const std::vector<double> plain = path(process, 2, even);
        even.antithetic = true;
        CHECK(path(process, 2, even) == plain);
        PathOf odd = even;
        odd.world = 17;
        const std::vector<double> mirrored = path(process, 2, odd);
        CHECK(differing(mirrored, plain, 0, steps) > steps);
        CHECK(differing(mirrored, path(process, 2, key), 0, steps) > steps);
        // Falls for rises: where a pair moves, it moves apart.
        double product = 0.0;
        for (std::size_t i = 0; i < plain.size(); ++i) product += plain[i] * mirrored[i];
        if (process.drivers().clocks.empty()) CHECK(product < 0.0);
    });
}

TEST_CASE("price: moments of a tilted path count every step once, however it is cut or branched") {
    for_each_process([]<class Process>() {
        const Process process = test::Fixture<Process>::make(2);
        const PathTilt tilt{.shift = {-0.2, 0.1}, .clocks = {}};
        PathOf branched = key;
        branched.later = {{54, 40}, {57, 41}, {200, 42}};
        for (const PathOf& which : {key, branched}) {
            PathMoments whole;
            Tilting tilting{tilt, whole};
            const std::vector<double> returns = path(process, 2, which, steps, &tilting);
            CHECK(whole.steps == steps);
            for (std::uint64_t cuts = 0; cuts < 5; ++cuts) {
                PathMoments pieces;
                Tilting again{tilt, pieces};
                CHECK(path_in_pieces(process, 2, which, cuts, &again) == returns);
                CHECK(pieces.steps == steps);
                for (std::size_t d = 0; d < whole.normal_sum.size(); ++d) {
                    CHECK(pieces.normal_sum[d] == doctest::Approx(whole.normal_sum[d]).epsilon(1e-12));
                }
                for (std::size_t c = 0; c < whole.clocks.size(); ++c) {
                    CHECK(pieces.clocks[c].arrivals == whole.clocks[c].arrivals);
                    CHECK(pieces.clocks[c].expected == doctest::Approx(whole.clocks[c].expected).epsilon(1e-12));
                }
            }
        }
    });
}

TEST_CASE("price: paths of a tilted law, weighted by their likelihood ratios, say what paths of the law itself do") {
    for_each_process([]<class Process>() {
        constexpr std::size_t length = 40;
        constexpr std::uint64_t worlds = 20'000;
        const Process process = test::Fixture<Process>::make(2);
        if (process.drivers().normals == 0) return;
        PathTilt tilt{.shift = {-0.08, 0.04}, .clocks = {}};
        for (const JumpClock& clock : process.drivers().clocks) {
            PathTilt::Clock law{.rate_factor = 1.4, .size_shift = {0.0, 0.0}};
            for (const std::size_t a : clock.assets) law.size_shift[a] = -0.2;
            tilt.clocks.push_back(law);
        }
        std::vector<double> ratio;
        std::vector<double> weighted[2]; // mean log return; its square
        std::vector<double> direct[2];
        for (std::uint64_t world = 0; world < worlds; ++world) {
            PathMoments moments;
            Tilting tilting{tilt, moments};
            const auto total = [&](const std::vector<double>& returns) {
                double sum = 0.0;
                for (std::size_t t = 0; t < length; ++t) sum += returns[t];
                return 100.0 * sum;
            };
            const double tilted = total(path(process, 2, {.seed = 7, .world = world}, length, &tilting));
            const double plain = total(path(process, 2, {.seed = 8, .world = world}, length));
            ratio.push_back(std::exp(-tilt.log_likelihood_ratio(moments)));
            weighted[0].push_back(tilted * ratio.back());
            weighted[1].push_back(tilted * tilted * ratio.back());
            direct[0].push_back(plain);
            direct[1].push_back(plain * plain);
        }
        test::check_estimate("dP/dQ", 1.0, test::estimate(ratio));
        for (std::size_t i = 0; i < 2; ++i) {
            const test::Estimate expected = test::estimate(direct[i]);
            test::Estimate got = test::estimate(weighted[i]);
            got.standard_error = std::hypot(got.standard_error, expected.standard_error);
            test::check_estimate("log return", expected.mean, got);
        }
    });
}

TEST_CASE("price: falls that one in a hundred worlds sees are as likely by splitting as by counting") {
    for_each_process([]<class Process>() {
        const Process process = test::Fixture<Process>::make(1);
        if (process.drivers().normals == 0) return;
        std::vector<double> lows;
        constexpr std::uint64_t counted = 20'000;
        for (std::uint64_t world = 0; world < counted; ++world) {
            lows.push_back(lowest(path(process, 1, {.seed = 3, .world = world}), 0.0).value);
        }
        std::vector<double> sorted = lows;
        std::sort(sorted.begin(), sorted.end());
        const double halfway = sorted[counted / 10];
        const double event = sorted[counted / 100];
        std::vector<double> runs; // of 100 worlds, each that comes halfway branched into ten
        std::uint64_t next = counted;
        for (int run = 0; run < 200; ++run) {
            double probability = 0.0;
            for (std::uint64_t i = 0; i < 100; ++i) {
                const std::uint64_t world = next++;
                const Lowest parent = lowest(path(process, 1, {.seed = 3, .world = world}), halfway);
                if (parent.reached == 0) continue;
                for (std::uint64_t branch = 0; branch < 10; ++branch) {
                    const PathOf child{.seed = 3, .world = world, .later = {{parent.reached + 1, next++}}};
                    if (lowest(path(process, 1, child), event).reached > 0) probability += 0.1 / 100.0;
                }
            }
            runs.push_back(probability);
        }
        test::Estimate got = test::estimate(runs);
        got.standard_error = std::hypot(got.standard_error, 0.1 * 0.995 / std::sqrt(static_cast<double>(counted)));
        MESSAGE(test::name_of<Process>(), ": splitting ", got.mean, " +- ", got.standard_error);
        CHECK(got.standard_error < 1e-3);
        test::check_estimate("P(fall)", 0.01, got);
    });
}

TEST_CASE("price: total volatility is positive and the asset's own") {
    for_each_process([]<class Process>() {
        const Process few = test::Fixture<Process>::make(2);
        const Process many = test::Fixture<Process>::make(test::price_assets);
        for (std::size_t a = 0; a < 2; ++a) {
            CHECK(few.total_volatility(a) > 0.0);
            CHECK(few.total_volatility(a) == many.total_volatility(a));
        }
    });
}

} // namespace plunge
