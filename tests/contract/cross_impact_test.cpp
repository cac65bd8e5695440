// What every book shape must do with cross impact: trades of several assets at once, along a straight line.

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "models/impact/trade.hpp"
#include "tests/contract/fixtures.hpp"
#include "tests/integral.hpp"

namespace plunge {
namespace {

constexpr std::size_t assets = 2;

SquareMatrix cross_of(double share) {
    SquareMatrix cross = SquareMatrix::identity(assets);
    cross(0, 1) = cross(1, 0) = share;
    return cross;
}

struct Trade {
    BookState book;
    std::vector<double> quantity;
};

// Displacements and orders that move by up to about `reach`; some assets stand at zero, some are not traded.
template <class Shape> Trade draw(const Shape& shape, double reach, std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    Trade trade;
    for (std::size_t a = 0; a < assets; ++a) {
        const double y = uniform(rng) < 0.3 ? 0.0 : reach * (2.0 * uniform(rng) - 1.0);
        const double g = 0.1 + 0.9 * uniform(rng);
        const double target = reach * (2.0 * uniform(rng) - 1.0);
        trade.book.undisplaced_price.push_back(std::exp(8.0 * uniform(rng)));
        trade.book.transient.push_back(y);
        trade.book.depth_multiplier.push_back(g);
        trade.quantity.push_back(uniform(rng) < 0.1 ? 0.0 : g * (shape.consumed(a, target) - shape.consumed(a, y)));
    }
    return trade;
}

template <class Visitor> void for_each_shape(Visitor&& visit) {
    for_each_model(ImpactModels{}, [&]<class Shape>() {
        INFO("shape: " << test::name_of<Shape>());
        visit(test::Fixture<Shape>::make());
    });
}

} // namespace

TEST_CASE("cross impact: without any share felt by others every asset trades as if alone") {
    for_each_shape([](const auto& shape) {
        std::mt19937_64 rng(1);
        for (int trial = 0; trial < 300; ++trial) {
            const Trade trade = draw(shape, trial % 2 == 0 ? 0.01 : 1.0, rng);
            Execution alone;
            Execution together;
            execute(shape, {}, trade.book, trade.quantity, alone);
            execute(shape, cross_of(0.0), trade.book, trade.quantity, together);
            for (std::size_t a = 0; a < assets; ++a) {
                CHECK(together.transient[a] == doctest::Approx(alone.transient[a]).epsilon(1e-13));
                CHECK(together.average_price[a] == doctest::Approx(alone.average_price[a]).epsilon(1e-11));
            }
        }
    });
}

TEST_CASE("cross impact: what is not traded moves by its share of the other's displacement, at no price") {
    for_each_shape([](const auto& shape) {
        std::mt19937_64 rng(2);
        for (int trial = 0; trial < 300; ++trial) {
            Trade trade = draw(shape, 0.1, rng);
            trade.quantity[1] = 0.0;
            Execution result;
            execute(shape, cross_of(0.4), trade.book, trade.quantity, result);
            const double moved = result.transient[0] - trade.book.transient[0];
            CHECK(result.transient[1] - trade.book.transient[1] ==
                  doctest::Approx(0.4 * moved).epsilon(1e-12).scale(0.1));
            CHECK(result.average_price[1] ==
                  doctest::Approx(trade.book.undisplaced_price[1] * std::exp(trade.book.transient[1])).epsilon(1e-14));
        }
    });
}

TEST_CASE("cross impact: the average price is the integral of the price along the line, by brute force") {
    for_each_shape([](const auto& shape) {
        std::mt19937_64 rng(3);
        const SquareMatrix cross = cross_of(0.5);
        double worst = 0.0;
        for (int trial = 0; trial < 200; ++trial) {
            const Trade trade = draw(shape, trial % 2 == 0 ? 0.01 : 0.7, rng);
            Execution result;
            execute(shape, cross, trade.book, trade.quantity, result);
            for (std::size_t a = 0; a < assets; ++a) {
                if (trade.quantity[a] == 0.0) continue;
                const double expected = test::price_along_line(shape, cross, trade.book, trade.quantity, a);
                worst = std::max(worst, std::fabs(result.average_price[a] / expected - 1.0));
            }
        }
        CHECK(worst < 1e-11);
    });
}

} // namespace plunge
