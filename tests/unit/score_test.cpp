#include <doctest/doctest.h>

#include "sim/engine/score.hpp"

using namespace plunge;

TEST_CASE(
    "rare event: the score rises with prices, time left, liquidations and the quantity, and is one below the event") {
    RareEvent event;
    event.threshold = 500.0;
    event.open_interest = 1e6;
    event.typical_move = 0.1;
    CHECK(event.score(0.0, 0.0, 0.0, 0.0) == 0.0);
    CHECK(event.score(0.1, 0.5, 0.0, 0.0) < event.score(0.2, 0.5, 0.0, 0.0));
    CHECK(event.score(0.1, 0.5, 0.0, 0.0) < event.score(0.1, 0.6, 0.0, 0.0));
    CHECK(event.score(0.1, 0.5, 0.0, 0.0) < event.score(0.1, 0.5, 0.0, 1e4));
    CHECK(event.score(0.1, 0.5, 1.0, 1e4) < event.score(0.1, 0.5, 2.0, 1e4));
    CHECK(event.score(1e9, 1.0, 499.0, 1e15) < 1.0);
    CHECK(event.score(-0.5, 0.0, 500.0, 0.0) == RareEvent::reached);
    event.threshold = 0.0; // any at all
    CHECK(event.score(0.3, 0.1, 0.0, 1e5) < 1.0);
    CHECK(event.score(0.0, 0.0, 1e-6, 0.0) == RareEvent::reached);
}

TEST_CASE("rare event: a price move is as near as the standard deviations that are missing") {
    RareEvent event;
    event.quantity = RareQuantity::price_move;
    event.threshold = 0.4;
    event.typical_move = 0.1;
    CHECK(event.score(0.3, 1.0, 0.0, 0.0) == doctest::Approx(0.5));       // one
    CHECK(event.score(0.35, 0.25, 0.0, 0.0) == doctest::Approx(0.5));     // one again, with less time
    CHECK(event.score(0.1, 1.0, 0.0, 0.0) == doctest::Approx(1.0 / 4.0)); // three
    CHECK(event.score(0.39, 0.0, 0.0, 0.0) == 0.0);                       // too late
    CHECK(event.score(0.4, 0.0, 0.0, 0.0) == RareEvent::reached);
}

TEST_CASE("rare event: moves are counted the way it asks for") {
    RareEvent event;
    CHECK(event.move(0.75) == 0.25);
    CHECK(event.move(1.25) == -0.25);
    event.toward = Toward::rise;
    CHECK(event.move(1.25) == 0.25);
    event.toward = Toward::either;
    CHECK(event.move(1.25) == 0.25);
    CHECK(event.move(0.75) == 0.25);
}

TEST_CASE("score record: keeps the running maximum and where it passed a level") {
    ScoreRecord record;
    record.begin_world();
    CHECK(record.highest() == 0.0);
    record.observe(1, 0.2);
    record.observe(2, 0.1);
    record.observe(5, 0.5);
    record.observe(6, 0.5);
    record.observe(9, 1.4);
    CHECK(record.highest() == 1.4);
    CHECK(record.first_above(0.0) == 1);
    CHECK(record.first_above(0.2) == 5); // strictly above: a tie is no progress
    CHECK(record.first_above(0.5) == 9);
    record.begin_world();
    CHECK(record.highest() == 0.0);
}
