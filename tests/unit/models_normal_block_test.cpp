// The block kernels against the same formulas written one number at a time, bit for bit.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/elementary.hpp"
#include "models/random/elementary_block.hpp"
#include "models/random/elementary_kernels.hpp"
#include "models/random/lanes.hpp"
#include "models/random/normal_block.hpp"
#include "models/random/normal_kernel.hpp"

namespace plunge {
namespace {

// Box & Muller from the words of the counter that the header names for this step.
double scalar_normal(const StreamKey& key, std::uint32_t index, std::uint64_t step) {
    const std::uint64_t place = step % normal_group;
    const std::uint64_t counter = step - place + place % 4;
    const PhiloxWords words = philox_words(key, static_cast<std::uint32_t>(counter), index);
    const double radius = std::sqrt(-2.0 * det_log(uniform_open(words[0], words[1])));
    const CosineAndSine<OneLane> direction = cosine_and_sine_of<OneLane>(uniform_open(words[2], words[3]));
    return radius * (place < 4 ? direction.cosine : direction.sine);
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

// Distance in units in the last place of `exact`.
double ulps(double got, long double exact) {
    const double rounded = static_cast<double>(exact);
    const double ulp = std::nextafter(std::fabs(rounded), std::numeric_limits<double>::infinity()) - std::fabs(rounded);
    return static_cast<double>(std::fabs(static_cast<long double>(got) - exact)) / ulp;
}

} // namespace

TEST_CASE("fill_normals: equals the scalar formula bit for bit, wherever the block starts") {
    const StreamKey keys[] = {{},
                              {.seed = 0xfedcba9876543210, .world = 0xabcdef012345, .stream = Stream::diffusion},
                              {.seed = 7, .world = 3, .stream = Stream::jump_size, .lane = 0xFF}};
    for (const StreamKey& key : keys) {
        for (const std::uint32_t index : {0U, 1U, 0xFFFF0001U}) {
            for (const std::size_t first_group : {std::size_t{0}, std::size_t{5}, std::size_t{0x1FFFFFF0}}) {
                std::vector<double> block(normal_group * 13);
                fill_normals(key, index, first_group, 13, block.data());
                std::size_t different = 0;
                for (std::size_t i = 0; i < block.size(); ++i) {
                    different += !same_bits(block[i], scalar_normal(key, index, normal_group * first_group + i));
                }
                CAPTURE(key.seed);
                CAPTURE(index);
                CAPTURE(first_group);
                CHECK(different == 0);
            }
        }
    }
}

TEST_CASE("fill_normals: any cut of the range gives the same numbers") {
    const StreamKey key{.seed = 11, .world = 22};
    constexpr std::size_t groups = 32;
    std::vector<double> whole(normal_group * groups);
    fill_normals(key, 3, 0, groups, whole.data());
    for (std::size_t piece = 1; piece <= groups; ++piece) {
        std::vector<double> cut(whole.size());
        for (std::size_t group = 0; group < groups; group += piece) {
            fill_normals(key, 3, group, std::min(piece, groups - group), cut.data() + normal_group * group);
        }
        CAPTURE(piece);
        CHECK(cut == whole);
    }
}

TEST_CASE("fill_normals: pairs of groups have the bits of single groups") {
    // Single groups never take the wide kernel, pairs do where the processor has it.
    constexpr std::size_t groups = 33;
    const StreamKey key{.seed = 0x123456789abcdef, .world = 0x1234567890, .stream = Stream::diffusion, .lane = 3};
    std::vector<double> together(groups * normal_group);
    std::vector<double> single(groups * normal_group);
    fill_normals(key, 7, 5, groups, together.data());
    for (std::size_t g = 0; g < groups; ++g) fill_normals(key, 7, 5 + g, 1, single.data() + g * normal_group);
    CHECK(together == single);
}

TEST_CASE("fill_normals: the narrow kernel has the bits of the one that this processor chooses") {
    constexpr std::size_t groups = 9; // pairs of groups, and one that is left
    const StreamKey key{.seed = 99, .world = 1234, .stream = Stream::diffusion};
    std::vector<double> chosen(groups * normal_group);
    fill_normals(key, 2, 40, groups, chosen.data());
    const NormalStream stream{99, 0, 2, 1234, philox_top_word(key)};
    std::vector<double> narrow(chosen.size());
    CHECK(fill_groups<FourLanes>(stream, 40, 0, groups, narrow.data()) == groups);
    CHECK(narrow == chosen);
}

TEST_CASE("fill_normals: no groups write nothing") {
    double guard = 123.0;
    fill_normals({}, 0, 0, 0, &guard);
    CHECK(guard == 123.0);
}

TEST_CASE("fill_exp, fill_log, fill_pow: the bits of det_exp, det_log and det_pow, for every count and tail") {
    std::vector<double> x;
    for (int i = 0; i < 37; ++i) x.push_back(-740.0 + 39.7 * i);
    x.insert(x.end(), {0.0, -0.0, 1e-300, -1e-17, 709.7, 710.0, -746.0});
    const auto check = [&](auto&& block, auto&& scalar) {
        for (std::size_t count = 0; count <= x.size(); ++count) {
            std::vector<double> out(x.size(), -1.0);
            block(x.data(), count, out.data());
            std::size_t different = 0;
            for (std::size_t i = 0; i < x.size(); ++i) different += !same_bits(out[i], i < count ? scalar(x[i]) : -1.0);
            CAPTURE(count);
            CHECK(different == 0);
        }
    };
    check(fill_exp, det_exp);
    for (double& value : x) value = std::fabs(value) + 1e-12;
    x.insert(x.end(), {1.0, 1.0 + 1e-15, 1.0 - 1e-15, 1e300, 1e-300});
    check(fill_log, det_log);
    for (const double exponent : {-0.5, -0.25, 0.5, -1.25, 0.75}) {
        check([&](const double* from, std::size_t count, double* to) { fill_pow(from, exponent, count, to); },
              [&](double value) { return det_pow(value, exponent); });
    }
}

TEST_CASE("elementary functions: within one or two units in the last place of the long double result") {
    double worst_exp = 0.0;
    double worst_expm1 = 0.0;
    double worst_log = 0.0;
    double worst_log1p = 0.0;
    double worst_pow = 0.0;
    double worst_root = 0.0;
    for (int i = -20'000; i <= 20'000; ++i) {
        const double x = 0.0003 * i + 1e-5;
        worst_exp = std::max(worst_exp, ulps(det_exp(x), std::exp(static_cast<long double>(x))));
        for (const double y : {x, 1e-3 * x, 1e-9 * x})
            worst_expm1 = std::max(worst_expm1, ulps(det_expm1(y), std::expm1(static_cast<long double>(y))));
        const double positive = std::exp(x);
        for (const double y : {positive, 1.0 + 1e-3 * x, 1.0 + 1e-9 * x, std::exp(100.0 * x)})
            worst_log = std::max(worst_log, ulps(det_log(y), std::log(static_cast<long double>(y))));
        const double above = positive - 1.0;
        worst_log1p = std::max(worst_log1p, ulps(det_log1p(above), std::log1p(static_cast<long double>(above))));
        for (const double exponent : {-0.75, 0.5}) {
            const long double power = std::pow(static_cast<long double>(positive), static_cast<long double>(exponent));
            worst_pow = std::max(worst_pow, ulps(det_pow(positive, exponent), power));
        }
        for (const double exponent : {-0.5, -0.25}) {
            const long double power = std::pow(static_cast<long double>(positive), static_cast<long double>(exponent));
            worst_root = std::max(worst_root, ulps(det_pow(positive, exponent), power));
        }
    }
    CHECK(worst_exp <= 1.2); // as elementary_kernels.hpp says
    CHECK(worst_log <= 2.0);
    // SLEEF's u10 functions promise 1.0 ulp; the spacing above a power of two may be counted either way.
    CHECK(worst_expm1 <= 1.0);
    CHECK(worst_log1p <= 1.0);
    CHECK(worst_pow <= 1.0);
    CHECK(worst_root <= 2.0); // two or three operations, each rounded
}

TEST_CASE("elementary functions: zeros, infinities and what is not normal") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double tiny = std::numeric_limits<double>::denorm_min();
    CHECK(det_exp(0.0) == 1.0);
    CHECK(det_exp(-0.0) == 1.0);
    CHECK(det_exp(709.7) == doctest::Approx(std::exp(709.7)).epsilon(1e-15));
    for (const double x : {709.8, 1e4, infinity}) CHECK(det_exp(x) == infinity);
    for (const double x : {-750.0, -1e4, -infinity}) CHECK(det_exp(x) == 0.0);
    CHECK(std::fabs(det_exp(-740.0) - std::exp(-740.0)) <= tiny);
    CHECK(std::isnan(det_exp(std::nan(""))));
    CHECK(det_log(1.0) == 0.0);
    CHECK(det_log(0.0) == -infinity);
    CHECK(det_log(infinity) == infinity);
    CHECK(det_log(tiny) == doctest::Approx(std::log(tiny)).epsilon(1e-15));
    for (const double x : {-1.0, -infinity, std::nan("")}) CHECK(std::isnan(det_log(x)));
    CHECK(det_expm1(0.0) == 0.0);
    CHECK(det_expm1(tiny) == tiny);
}

TEST_CASE("elementary functions: directions, exact at quarters of a turn") {
    double worst = 0.0;
    for (int i = 1; i < 20'000; ++i) {
        const double turns = i / 20'000.0;
        const long double angle = 2.0L * 3.14159265358979323846264338327950288L * static_cast<long double>(turns);
        const CosineAndSine<OneLane> direction = cosine_and_sine_of<OneLane>(turns);
        CHECK(det_cos_turns(turns) == direction.cosine);
        if (std::fabs(std::cos(angle)) > 1e-3L) worst = std::max(worst, ulps(direction.cosine, std::cos(angle)));
        if (std::fabs(std::sin(angle)) > 1e-3L) worst = std::max(worst, ulps(direction.sine, std::sin(angle)));
    }
    CHECK(worst <= 1.7);
    const double expected[] = {1.0, 0.0, -1.0, 0.0, 1.0};
    for (int quarter = 0; quarter <= 4; ++quarter) {
        CHECK(det_cos_turns(0.25 * quarter) == expected[quarter]);
        CHECK(cosine_and_sine_of<OneLane>(0.25 * quarter - 0.25).sine == -expected[quarter]);
    }
}

TEST_CASE("decay_factor: halves in a half-life, and nothing is left without one") {
    CHECK(decay_factor(0.0, 60.0) == 1.0);
    CHECK(decay_factor(60.0, 60.0) == doctest::Approx(0.5).epsilon(1e-15));
    CHECK(decay_factor(600.0, 60.0) == doctest::Approx(std::exp2(-10.0)).epsilon(1e-14));
    CHECK(decay_factor(1.0, 0.0) == 0.0);
    CHECK(decay_factor(0.0, 0.0) == 0.0);
    CHECK(decay_factor(30.0, 60.0) * decay_factor(45.0, 60.0) ==
          doctest::Approx(decay_factor(75.0, 60.0)).epsilon(1e-14));
}

} // namespace plunge
