// What is random in a path: asked for in any order, of pairs, branches, other laws.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/dependence.hpp"
#include "models/price/innovations.hpp"

namespace plunge {
namespace {

constexpr std::size_t steps = 100;
constexpr std::uint64_t seed = 11;

// Two assets with a clock of both and one of the second.
Drivers drivers(bool joined) {
    DependenceParams params;
    params.correlation = {2, {1.0, 0.5, 0.5, 1.0}};
    if (joined) params.tails = Tails{.dof = 3.0};
    Drivers result = CorrelatedNormals(params, 2).drivers();
    result.clocks.push_back({.arrivals_per_step = 0.2, .time_index = 0, .size_index = 0, .assets = {0, 1}});
    result.clocks.push_back(
        {.arrivals_per_step = 0.1, .time_index = 1U + (2U << 16U), .size_index = 1U << 16U, .assets = {1}});
    return result;
}

struct Arrival {
    std::size_t step;
    std::size_t clock;
    double size; // of the second asset
    bool operator==(const Arrival&) const = default;
};

struct Drawn {
    std::vector<double> normals = std::vector<double>(2 * steps);
    std::vector<Arrival> jumps; // in order of clock and time

    void add(const InnovationBlock& block) {
        for (std::size_t d = 0; d < 2; ++d) {
            std::copy_n(block.normals(d), block.steps,
                        normals.begin() + static_cast<long>(d * steps + block.first_step));
        }
        for (const Jump& jump : block.jumps) {
            jumps.push_back({block.first_step + jump.step, jump.clock, block.sizes(jump)[1]});
        }
    }
    void sort() {
        std::stable_sort(jumps.begin(), jumps.end(), [](const Arrival& x, const Arrival& y) {
            return x.clock != y.clock ? x.clock < y.clock : x.step < y.step;
        });
    }
    bool operator==(const Drawn&) const = default;
};

Drawn draw(const Drivers& of, const PathSource& source, const std::vector<PathBranch>& branches,
           Tilting* tilting = nullptr) {
    Innovations innovations;
    innovations.begin(of, source, branches, tilting);
    Drawn drawn;
    std::size_t end = 0;
    for (std::size_t first = 0; first < steps; first = end) {
        end = innovations.block_end(first, steps);
        drawn.add(innovations.draw(first, end - first));
    }
    drawn.sort();
    return drawn;
}

} // namespace

TEST_CASE("innovations: steps asked for in any order, and again, are the same to the bit") {
    for (const bool joined : {false, true}) {
        const Drivers of = drivers(joined);
        const std::vector<PathBranch> branches{{1, 4}, {38, 5}, {40, 6}};
        const Drawn whole = draw(of, {.seed = seed}, branches);
        CHECK(whole.jumps.size() > 10);
        Innovations innovations;
        innovations.begin(of, {.seed = seed}, branches);
        for (int again = 0; again < 2; ++again) {
            Drawn pieces;
            struct Piece {
                std::size_t first, end;
            };
            for (const Piece& piece :
                 {Piece{37, 39}, Piece{70, 100}, Piece{0, 5}, Piece{39, 43}, Piece{5, 37}, Piece{43, 70}}) {
                pieces.add(innovations.draw(piece.first, piece.end - piece.first));
            }
            pieces.sort();
            CHECK(pieces == whole);
        }
    }
}

TEST_CASE("innovations: a branch has its parent's numbers up to its step and its own world's after it") {
    const Drivers of = drivers(true);
    const Drawn parent = draw(of, {.seed = seed}, {{1, 4}});
    const Drawn other = draw(of, {.seed = seed}, {{1, 5}});
    const Drawn child = draw(of, {.seed = seed}, {{1, 4}, {52, 5}});
    for (std::size_t t = 0; t < steps; ++t) {
        for (std::size_t d = 0; d < 2; ++d) {
            REQUIRE(child.normals[d * steps + t] == (t < 51 ? parent : other).normals[d * steps + t]);
        }
    }
    Drawn expected;
    for (const Arrival& jump : parent.jumps) {
        if (jump.step < 51) expected.jumps.push_back(jump);
    }
    for (const Arrival& jump : other.jumps) {
        if (jump.step >= 51) expected.jumps.push_back(jump);
    }
    expected.sort();
    CHECK(child.jumps == expected.jumps);
}

TEST_CASE("innovations: odd worlds of pairs mirror normals, joined ones too, and have jumps of their own") {
    for (const bool joined : {false, true}) {
        const Drivers of = drivers(joined);
        const Drawn even = draw(of, {.seed = seed, .antithetic = true}, {{1, 4}});
        const Drawn odd = draw(of, {.seed = seed, .antithetic = true}, {{1, 5}});
        CHECK(even == draw(of, {.seed = seed}, {{1, 4}}));
        for (std::size_t i = 0; i < even.normals.size(); ++i) REQUIRE(odd.normals[i] == -even.normals[i]);
        CHECK(odd.jumps == draw(of, {.seed = seed}, {{1, 5}}).jumps);
    }
}

TEST_CASE(
    "innovations: sums of quasi-random paths are imposed before the copula, and on branches where intervals begin") {
    const Drivers of = drivers(false);
    const QuasiPaths quasi(seed, 2, steps);
    const PathSource source{.seed = seed, .quasi = &quasi};
    const auto sum = [&](const Drawn& drawn, std::size_t driver, std::size_t interval) {
        double total = 0.0;
        for (std::size_t t = quasi.boundaries()[interval]; t < quasi.boundaries()[interval + 1]; ++t)
            total += drawn.normals[driver * steps + t];
        return total;
    };
    const Drawn parent = draw(of, source, {{1, 4}});
    const Drawn other_seed = draw(of, {.seed = seed + 1, .quasi = &quasi}, {{1, 4}});
    const Drawn stranger = draw(of, source, {{1, 5}});
    const Drawn child = draw(of, source, {{1, 4}, {quasi.boundaries()[6] + 11, 5}});
    CHECK(other_seed.normals != parent.normals);
    for (std::size_t d = 0; d < 2; ++d) {
        for (std::size_t i = 0; i + 1 < quasi.boundaries().size(); ++i) {
            CHECK(sum(other_seed, d, i) == doctest::Approx(sum(parent, d, i)).epsilon(1e-9));
            if (i < 6) CHECK(sum(child, d, i) == sum(parent, d, i));
            if (i >= 8) CHECK(sum(child, d, i) == sum(stranger, d, i));
        }
    }
}

TEST_CASE("innovations: another law shifts normals and sizes and counts what it drew") {
    const Drivers of = drivers(false);
    const PathTilt tilt{.shift = {0.5, -0.25}, .clocks = {{1.0, {0.125, 0.0}}, {1.0, {0.0, -0.5}}}};
    PathMoments moments;
    Tilting tilting{tilt, moments};
    const Drawn plain = draw(of, {.seed = seed}, {{1, 4}});
    const Drawn tilted = draw(of, {.seed = seed}, {{1, 4}}, &tilting);
    double sums[2] = {};
    for (std::size_t d = 0; d < 2; ++d) {
        for (std::size_t t = 0; t < steps; ++t) {
            REQUIRE(tilted.normals[d * steps + t] == plain.normals[d * steps + t] + tilt.shift[d]);
            sums[d] += tilted.normals[d * steps + t];
        }
        CHECK(moments.normal_sum[d] == doctest::Approx(sums[d]).epsilon(1e-12));
    }
    CHECK(moments.steps == steps);
    REQUIRE(tilted.jumps.size() == plain.jumps.size());
    double arrivals[2] = {};
    for (std::size_t i = 0; i < plain.jumps.size(); ++i) {
        CHECK(tilted.jumps[i].step == plain.jumps[i].step);
        const double shift = tilt.clocks[plain.jumps[i].clock].size_shift[1];
        CHECK(tilted.jumps[i].size == plain.jumps[i].size + shift);
        arrivals[plain.jumps[i].clock] += 1.0;
    }
    for (std::size_t c = 0; c < 2; ++c) {
        CHECK(moments.clocks[c].arrivals == arrivals[c]);
        CHECK(moments.clocks[c].expected ==
              doctest::Approx(of.clocks[c].arrivals_per_step * static_cast<double>(steps)).epsilon(1e-12));
    }
}

} // namespace plunge
