// Marks: which price each follows, and how fast.
#include <cmath>

#include <doctest/doctest.h>

#include "models/mark/registry.hpp"

namespace plunge {

TEST_CASE("ema mark: the part of the way that is left halves in a half-life") {
    const EmaMark minute({.half_life_seconds = 60.0}, 60.0);
    CHECK(minute.next(100.0, 120.0) == doctest::Approx(110.0));
    const EmaMark second({.half_life_seconds = 60.0}, 1.0);
    double mark = 100.0;
    for (int k = 0; k < 60; ++k) mark = second.next(mark, 120.0);
    CHECK(mark == doctest::Approx(110.0));
}

TEST_CASE("ema mark: over a price that grows evenly it lags by keep / (1 - keep) steps") {
    const EmaMark mark({.half_life_seconds = 30.0}, 10.0);
    const double keep = std::pow(2.0, -10.0 / 30.0);
    double value = 0.0;
    for (int k = 1; k <= 400; ++k) value = mark.next(value, k);
    CHECK(400.0 - value == doctest::Approx(keep / (1.0 - keep)));
}

TEST_CASE("marks: the index alone looks at other venues, and an average alone is not the price") {
    CHECK(needs_of(MarkChoice(IndexMark::Params{})).all_venues);
    CHECK_FALSE(needs_of(MarkChoice(LastMark::Params{})).all_venues);
    CHECK_FALSE(needs_of(MarkChoice(EmaMark::Params{})).all_venues);
    CHECK(is_price(MarkChoice(IndexMark::Params{})));
    CHECK(is_price(MarkChoice(LastMark::Params{})));
    CHECK_FALSE(is_price(MarkChoice(EmaMark::Params{})));
}

TEST_CASE("marks: a venue that says nothing marks at its last price") { CHECK(name_of(MarkChoice()) == "last"); }

} // namespace plunge
