// Blocks of uniforms and normal quantiles against the single ones: the same bits, however many there are.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/normal_quantile.hpp"
#include "models/random/uniform_block.hpp"

namespace plunge {

TEST_CASE("uniform block: the uniforms of an index are those of its counter's words") {
    const StreamKey key{
        .seed = 0x0123456789abcdef, .world = 0x0000123456789abc, .stream = Stream::population, .lane = 3};
    for (const std::size_t count : {1U, 3U, 4U, 7U, 8U, 13U, 64U}) {
        CAPTURE(count);
        std::vector<std::uint32_t> index(count);
        for (std::size_t i = 0; i < count; ++i) index[i] = static_cast<std::uint32_t>(0xFFFFFFF0U + 7 * i);
        std::vector<double> first(count);
        std::vector<double> second(count);
        fill_uniforms(key, 0x00050002, index.data(), count, first.data(), second.data());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const PhiloxWords words = philox_words(key, 0x00050002, index[i]);
            wrong += first[i] != uniform_open(words[0], words[1]);
            wrong += second[i] != uniform_open(words[2], words[3]);
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("uniform block: normal quantiles have the bits of single ones, in the middle and far out") {
    std::vector<double> p;
    for (int k = 1; k < 4000; ++k) p.push_back(k / 4000.0);
    for (int k = 2; k < 1000; ++k) p.push_back(std::ldexp(1.0, -k));
    for (int k = 2; k <= 53; ++k) p.push_back(1.0 - std::ldexp(1.0, -k));
    for (const double edge : {0.075, 0.925, 0x1p-36, 1.0 - 0x1p-36}) {
        p.insert(p.end(), {std::nextafter(edge, 0.0), edge, std::nextafter(edge, 1.0)});
    }
    for (std::size_t first = 0; first < 9; ++first) { // every place within a vector
        std::vector<double> z(p.begin() + static_cast<std::ptrdiff_t>(first), p.end());
        fill_normal_quantiles(z.data(), z.size(), z.data());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < z.size(); ++i) wrong += z[i] != normal_quantile_of(p[first + i]);
        CHECK(wrong == 0);
    }
}

TEST_CASE("normal quantile: its inverse is the normal distribution function, to the digits of the smaller side") {
    for (const double z : {-37.0, -20.0, -8.5, -5.0, -3.0, -1.2, -0.4, -1e-3, 0.0}) {
        CAPTURE(z);
        const double expected = 0.5 * std::erfc(-z / std::sqrt(2.0));
        CHECK(normal_probability_of(z) == doctest::Approx(expected).epsilon(1e-13 * (1.0 + z * z)));
        CHECK(normal_probability_of(-z) == doctest::Approx(1.0 - expected).epsilon(1e-15));
    }
    CHECK(normal_probability_of(-HUGE_VAL) == 0.0);
    CHECK(normal_probability_of(HUGE_VAL) == 1.0);
}

} // namespace plunge
