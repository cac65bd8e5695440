// Numbers of worlds: whose they are, and that nobody gets those of somebody else.
#include <iterator>

#include <doctest/doctest.h>

#include "sim/engine/world_numbers.hpp"

using namespace plunge;

TEST_CASE("ranges of world numbers stand where results have them") {
    CHECK(world_numbers::of_runs.first == 0);
    CHECK(world_numbers::of_splitting.first == std::uint64_t{1} << 44U);
    CHECK(world_numbers::of_searches.first == std::uint64_t{1} << 45U);
    CHECK(world_numbers::of_found_laws.first == std::uint64_t{1} << 46U);
    CHECK(world_numbers::of_margin_draws.first == (std::uint64_t{1} << 48U) - 2);
}

TEST_CASE("no number of a world is in two ranges, and all fit into the counter") {
    for (std::size_t i = 0; i < std::size(world_numbers::all); ++i) {
        const WorldRange& range = world_numbers::all[i];
        CHECK(range.world(range.size - 1) < worlds_of_a_stream);
        for (std::size_t j = 0; j < i; ++j)
            CHECK(world_numbers::all[j].world(world_numbers::all[j].size - 1) < range.first);
    }
}

TEST_CASE("parts of a range follow one another and fill it") {
    using namespace world_numbers;
    CHECK(of_splitting.part(0, splitting_repetitions).first == of_splitting.first);
    CHECK(of_splitting.part(3, splitting_repetitions).first == of_splitting.part(2, splitting_repetitions).end());
    CHECK(of_splitting.part(splitting_repetitions - 1, splitting_repetitions).end() == of_splitting.end());
    CHECK(of_searches.part(search_stages - 1, search_stages).end() == of_searches.end());
    CHECK(of_splitting.part(5, splitting_repetitions).world(7) == (std::uint64_t{1} << 44U) + (5ULL << 32U) + 7);
    CHECK(of_searches.part(5, search_stages).world(7) == (std::uint64_t{1} << 45U) + (5ULL << 32U) + 7);
}

TEST_CASE("a world or a part beyond the end of a range is refused") {
    using namespace world_numbers;
    CHECK_NOTHROW(of_margin_draws.world(0));
    CHECK_THROWS_AS(of_margin_draws.world(1), std::out_of_range);
    CHECK_THROWS_AS(of_splitting.part(0, splitting_repetitions).world(std::uint64_t{1} << 32U), std::out_of_range);
    CHECK_THROWS_AS(of_splitting.part(splitting_repetitions, splitting_repetitions), std::out_of_range);
    CHECK_THROWS_AS(of_searches.part(search_stages, search_stages), std::out_of_range);
}

TEST_CASE("a scenario may not ask for more worlds than runs have numbers") {
    CHECK(most_worlds <= world_numbers::of_runs.size);
}
