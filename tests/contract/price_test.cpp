// What every price process must do: a path is a function of seed and world, not of how it is asked for.

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/normal_block.hpp"
#include "tests/contract/fixtures.hpp"

namespace plunge {
namespace {

constexpr std::size_t steps = 240;
constexpr PathKey key{.seed = 20251010, .world = 17};

template <class Process>
std::vector<double> path(const Process& process, std::size_t assets, const PathKey& which, std::size_t length = steps) {
    std::vector<double> out(length * assets, std::nan(""));
    process.fill(which, 0, length, out.data(), length);
    return out;
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

TEST_CASE("price: any cut of the steps gives identical bits") {
    for_each_process([]<class Process>() {
        const Process process = test::Fixture<Process>::make(3);
        const std::vector<double> whole = path(process, 3, key);
        std::mt19937_64 rng(1);
        for (int trial = 0; trial < 50; ++trial) {
            std::vector<double> cut(whole.size(), std::nan(""));
            for (std::size_t first = 0; first < steps;) {
                const std::size_t count = std::min(steps - first, normal_group * (1 + rng() % 12));
                process.fill(key, first, count, cut.data() + first, steps);
                first += count;
            }
            CAPTURE(trial);
            CHECK(cut == whole);
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
