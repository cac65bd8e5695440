// What every mark must do: follow its price, from one side, in proportion, and the same however steps are cut.

#include <algorithm>
#include <cmath>
#include <random>

#include <doctest/doctest.h>

#include "tests/contract/fixtures.hpp"

namespace plunge {
namespace {

constexpr double step_seconds = 20.0;

template <class Visitor> void for_each_mark(Visitor&& visit) {
    for_each_model(MarkModels{}, [&]<class Mark>() {
        INFO("mark: " << test::name_of<Mark>());
        visit.template operator()<Mark>(test::Fixture<Mark>::make(step_seconds));
    });
}

// Calls visit(before, price) for marks and prices that differ by up to a half.
template <class Visit> void for_each_move(Visit&& visit) {
    std::mt19937_64 rng(3);
    std::uniform_real_distribution<double> uniform(-0.5, 0.5);
    for (int k = 0; k < 200; ++k) {
        const double before = std::exp(10.0 * uniform(rng));
        CAPTURE(before);
        visit(before, before * (1.0 + uniform(rng)));
    }
}

} // namespace

TEST_CASE("mark: a price that stands still is the mark, to the bit") {
    for_each_mark([]<class Mark>(const Mark& mark) {
        for_each_move([&](double before, double) { CHECK(mark.next(before, before) == before); });
    });
}

TEST_CASE("mark: goes towards its price and not beyond; is the price where it says so") {
    for_each_mark([]<class Mark>(const Mark& mark) {
        for_each_move([&](double before, double price) {
            const double next = mark.next(before, price);
            CHECK(next >= std::min(before, price));
            CHECK(next <= std::max(before, price));
            CHECK(next != before);
            CHECK((next == price) == Mark::is_price);
        });
    });
}

TEST_CASE("mark: is in proportion to prices, to the bit") {
    for_each_mark([]<class Mark>(const Mark& mark) {
        for_each_move([&](double before, double price) {
            CHECK(mark.next(4.0 * before, 4.0 * price) == 4.0 * mark.next(before, price));
        });
    });
}

TEST_CASE("mark: at a price that stands still, two steps of half the time are one") {
    for_each_mark([]<class Mark>(const Mark& mark) {
        const Mark finer = test::Fixture<Mark>::make(0.5 * step_seconds);
        for_each_move([&](double before, double price) {
            CHECK(finer.next(finer.next(before, price), price) ==
                  doctest::Approx(mark.next(before, price)).epsilon(1e-12));
        });
    });
}

} // namespace plunge
