#include <doctest/doctest.h>

#include "models/margin/leverage_cut.hpp"

using plunge::LeverageCut;

TEST_CASE("leverage cut: closes the smallest share that brings leverage down, its costs counted") {
    LeverageCut cut;
    cut.max_leverage = 10.0;
    CHECK(cut.fraction(100.0, 1000.0, 0.0) == 0.0); // exactly at the limit
    CHECK(cut.fraction(100.0, 2000.0, 0.0) == doctest::Approx(0.5));
    for (const double cost : {0.0, 0.001, 0.02}) {
        const double equity = 50.0;
        const double gross = 1234.0;
        const double f = cut.fraction(equity, gross, cost);
        CHECK(f > 0.0);
        CHECK(f < 1.0);
        CHECK((1.0 - f) * gross == doctest::Approx(cut.max_leverage * (equity - f * cost * gross)));
    }
    CHECK(cut.fraction(1.0, 1000.0, 0.1) == 1.0); // closing costs as much leverage as it takes away
    CHECK(cut.fraction(-5.0, 1000.0, 0.0) == 1.0);
}
