// Philox4x32-10 against its published known answers, and the engine around it.

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <sstream>
#include <vector>

#include <boost/random/chi_squared_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <doctest/doctest.h>

#include "models/random/philox.hpp"

namespace plunge {
namespace {

struct KnownAnswer {
    std::array<std::uint32_t, 4> counter;
    std::array<std::uint32_t, 2> key;
    PhiloxWords words;
};

// Random123, file tests/kat_vectors, the three lines "philox4x32 10".
constexpr std::array<KnownAnswer, 3> known_answers{{
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
}};

// The stream key whose counter has these upper words: the inverse of how philox_words() lays a key out.
StreamKey key_of(const KnownAnswer& answer) {
    return {.seed = static_cast<std::uint64_t>(answer.key[1]) << 32U | answer.key[0],
            .world = static_cast<std::uint64_t>(answer.counter[3] & 0xFFFFU) << 32U | answer.counter[2],
            .stream = static_cast<Stream>(answer.counter[3] >> 24U),
            .lane = static_cast<std::uint8_t>(answer.counter[3] >> 16U)};
}

PhiloxEngine some_engine() {
    return PhiloxEngine{{.seed = 0x0123456789abcdef, .world = 0x123456789abc, .stream = Stream::population, .lane = 7},
                        42};
}

} // namespace

static_assert(std::uniform_random_bit_generator<PhiloxEngine>);

TEST_CASE("philox: the words of a counter are Random123's known answers") {
    for (const KnownAnswer& answer : known_answers) {
        CHECK(philox_words(key_of(answer), answer.counter[0], answer.counter[1]) == answer.words);
    }
}

TEST_CASE("philox: the engine gives out the words of its counter in order") {
    for (const KnownAnswer& answer : known_answers) {
        PhiloxEngine engine{key_of(answer), answer.counter[1]};
        engine.discard(4ULL * answer.counter[0]);
        for (const std::uint32_t word : answer.words) CHECK(engine() == word);
    }
}

TEST_CASE("philox: every part of a key selects another sequence") {
    const StreamKey base{.seed = 1, .world = 1, .stream = Stream::diffusion, .lane = 1};
    std::vector<StreamKey> keys(7, base);
    keys[1].seed = 2;
    keys[2].seed = 1 + (std::uint64_t{1} << 32U);
    keys[3].world = 2;
    keys[4].world = 1 + (std::uint64_t{1} << 32U);
    keys[5].stream = Stream::jump_time;
    keys[6].lane = 2;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) CHECK(philox_words(keys[i], 0, 0) != philox_words(keys[j], 0, 0));
    }
    CHECK(philox_words(base, 1, 0) != philox_words(base, 0, 1));
}

TEST_CASE("philox: a uniform lies strictly inside (0, 1) at both ends") {
    CHECK(uniform_open(0, 0) == 0x1p-53);
    CHECK(uniform_open(0xFFFFFFFF, 0xFFFFFFFF) == 1.0 - 0x1p-53);
    CHECK(uniform_open(0, 0x80000000) == 0.5 + 0x1p-53);
}

TEST_CASE("philox engine: discarding equals drawing and throwing away") {
    for (unsigned start = 0; start < 9; ++start) {
        for (unsigned count = 0; count < 19; ++count) {
            PhiloxEngine drawn = some_engine();
            for (unsigned i = 0; i < start + count; ++i) drawn();
            PhiloxEngine skipped = some_engine();
            for (unsigned i = 0; i < start; ++i) skipped();
            skipped.discard(count);
            CAPTURE(start);
            CAPTURE(count);
            CHECK(skipped == drawn);
            CHECK(skipped() == drawn());
        }
    }
}

TEST_CASE("philox engine: equal engines go on equally, and unequal ones compare unequal") {
    PhiloxEngine a = some_engine();
    PhiloxEngine b = some_engine();
    CHECK(a == b);
    a();
    CHECK(a != b);
    b();
    CHECK(a == b);
    CHECK(PhiloxEngine{1U} != PhiloxEngine{2U});
    CHECK(PhiloxEngine{} == PhiloxEngine{PhiloxEngine::default_seed});
    PhiloxEngine reseeded = some_engine();
    reseeded.seed(5);
    CHECK(reseeded == PhiloxEngine{5U});
}

TEST_CASE("philox engine: its state survives being written and read at any position") {
    for (unsigned position = 0; position < 11; ++position) {
        PhiloxEngine written = some_engine();
        written.discard(position);
        std::stringstream text;
        text << written;
        PhiloxEngine read;
        text >> read;
        CAPTURE(position);
        CAPTURE(text.str());
        REQUIRE(text);
        CHECK(read == written);
        for (int i = 0; i < 9; ++i) CHECK(read() == written());
    }
}

TEST_CASE("philox engine: a text that is not a state leaves the engine alone") {
    PhiloxEngine engine = some_engine();
    std::stringstream text("1 2 three");
    text >> engine;
    CHECK(text.fail());
    CHECK(engine == some_engine());
}

TEST_CASE("philox engine: drives the distributions of Boost and of the standard library") {
    constexpr int draws = 100'000;
    PhiloxEngine engine = some_engine();
    boost::random::normal_distribution<double> boost_normal;
    boost::random::chi_squared_distribution<double> chi_squared(4.0);
    boost::random::uniform_int_distribution<int> die(1, 6);
    std::normal_distribution<double> std_normal;
    double sums[4] = {};
    for (int i = 0; i < draws; ++i) {
        sums[0] += boost_normal(engine);
        sums[1] += chi_squared(engine);
        sums[2] += die(engine);
        sums[3] += std_normal(engine);
    }
    const double expected[4] = {0.0, 4.0, 3.5, 0.0};
    const double variance[4] = {1.0, 8.0, 35.0 / 12.0, 1.0};
    for (int k = 0; k < 4; ++k) {
        CAPTURE(k);
        CHECK(std::abs(sums[k] / draws - expected[k]) < 4.0 * std::sqrt(variance[k] / draws));
    }
}

} // namespace plunge
