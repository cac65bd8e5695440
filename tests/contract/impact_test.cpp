// What every book shape must do: no free round trips, no memory of how an order was cut.

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <doctest/doctest.h>

#include "tests/contract/fixtures.hpp"

namespace plunge {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr std::size_t assets = 2;

struct Fill {
    double y;    ///< displacement after the trade
    double cash; ///< paid for the base bought, over the undisplaced price; negative for a sale
};

// Section 3 of the model: z = g I^-1(y), y' = I((z + Q) / g), cash = Q times the mean relative price.
template <class Shape> Fill trade(const Shape& shape, std::size_t asset, double y, double quantity, double depth) {
    const double consumed = shape.consumed(asset, y);
    const double after = quantity == 0.0 ? y : shape.displacement(asset, consumed + quantity / depth);
    return {after, quantity * shape.mean_relative_price(asset, y, after)};
}

// A starting displacement, an order that moves it by up to about `reach`, and a depth multiplier.
struct Draw {
    std::size_t asset;
    double y;
    double quantity;
    double depth;
};

template <class Shape> Draw draw(const Shape& shape, double reach, std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    Draw d{};
    d.asset = rng() % assets;
    d.y = uniform(rng) < 0.2 ? 0.0 : reach * (2.0 * uniform(rng) - 1.0);
    d.depth = 0.1 + 0.9 * uniform(rng);
    const double target = reach * (2.0 * uniform(rng) - 1.0);
    d.quantity = d.depth * (shape.consumed(d.asset, target) - shape.consumed(d.asset, d.y));
    return d;
}

template <class Visitor> void for_each_shape(Visitor&& visit) {
    for_each_model(ImpactModels{}, [&]<class Shape>() {
        INFO("shape: " << test::name_of<Shape>());
        visit(test::Fixture<Shape>::make());
    });
}

} // namespace

TEST_CASE("impact: trading nothing moves nothing") {
    for_each_shape([](const auto& shape) {
        for (std::size_t a = 0; a < assets; ++a) {
            CHECK(shape.displacement(a, 0.0) == 0.0);
            CHECK(shape.consumed(a, 0.0) == 0.0);
            for (const double y : {-1.0, -1e-3, -1e-9, 0.0, 1e-9, 0.5}) {
                CHECK(trade(shape, a, y, 0.0, 1.0).y == y);
                CHECK(shape.mean_relative_price(a, y, y) == doctest::Approx(std::exp(y)).epsilon(1e-15));
            }
        }
    });
}

TEST_CASE("impact: displacement and quantity consumed are each other's inverse, odd and increasing") {
    for_each_shape([](const auto& shape) {
        for (std::size_t a = 0; a < assets; ++a) {
            double before = -std::numeric_limits<double>::infinity();
            for (int i = -400; i <= 400; ++i) {
                const double y = std::copysign(std::pow(std::abs(i) / 100.0, 3), i);
                const double base = shape.consumed(a, y);
                CAPTURE(y);
                CHECK(shape.displacement(a, base) == doctest::Approx(y).epsilon(8 * epsilon));
                CHECK(shape.consumed(a, -y) == -base);
                CHECK(base > before);
                before = base;
            }
        }
    });
}

TEST_CASE("impact: two halves equal the whole, in displacement and in cash") {
    for_each_shape([](const auto& shape) {
        std::mt19937_64 rng(1);
        double worst_y = 0.0;
        double worst_cash = 0.0;
        for (int trial = 0; trial < 20'000; ++trial) {
            const Draw d = draw(shape, trial % 2 == 0 ? 0.02 : 1.5, rng);
            const double part = std::uniform_real_distribution<double>()(rng);
            const Fill whole = trade(shape, d.asset, d.y, d.quantity, d.depth);
            const Fill first = trade(shape, d.asset, d.y, part * d.quantity, d.depth);
            const Fill second = trade(shape, d.asset, first.y, d.quantity - part * d.quantity, d.depth);
            const double size = std::fabs(shape.consumed(d.asset, d.y)) + std::fabs(d.quantity) / d.depth;
            // Quantities, not displacements, are what rounding blurs: near zero a root has no slope to divide by.
            worst_y = std::max(worst_y,
                               std::fabs(shape.consumed(d.asset, second.y) - shape.consumed(d.asset, whole.y)) / size);
            worst_cash = std::max(worst_cash, std::fabs(first.cash + second.cash - whole.cash) /
                                                  (size * d.depth * std::exp(std::max({d.y, whole.y, 0.0}))));
        }
        CHECK(worst_y < 1e-14);
        CHECK(worst_cash < 1e-13);
    });
}

TEST_CASE("impact: a round trip costs nothing and leaves no trace") {
    for_each_shape([](const auto& shape) {
        std::mt19937_64 rng(2);
        double worst_y = 0.0;
        double worst_cash = 0.0;
        for (int trial = 0; trial < 20'000; ++trial) {
            const Draw d = draw(shape, trial % 2 == 0 ? 0.02 : 1.5, rng);
            const Fill there = trade(shape, d.asset, d.y, d.quantity, d.depth);
            const Fill back = trade(shape, d.asset, there.y, -d.quantity, d.depth);
            const double size = std::fabs(shape.consumed(d.asset, d.y)) + std::fabs(d.quantity) / d.depth;
            worst_y = std::max(worst_y,
                               std::fabs(shape.consumed(d.asset, back.y) - shape.consumed(d.asset, d.y)) / size);
            worst_cash = std::max(worst_cash, std::fabs(there.cash + back.cash) /
                                                  (size * d.depth * std::exp(std::max({d.y, there.y, 0.0}))));
        }
        CHECK(worst_y < 1e-14);
        CHECK(worst_cash < 1e-13);
    });
}

TEST_CASE("impact: the average price lies between the prices at the ends") {
    for_each_shape([](const auto& shape) {
        std::mt19937_64 rng(3);
        double worst = 0.0; // how far outside, relative
        for (int trial = 0; trial < 20'000; ++trial) {
            const Draw d = draw(shape, trial % 2 == 0 ? 1e-6 : 2.0, rng);
            const double after = trade(shape, d.asset, d.y, d.quantity, d.depth).y;
            const double mean = shape.mean_relative_price(d.asset, d.y, after);
            worst = std::max(
                {worst, std::exp(std::min(d.y, after)) / mean - 1.0, mean / std::exp(std::max(d.y, after)) - 1.0});
        }
        CHECK(worst <= 4 * epsilon);
    });
}

TEST_CASE("impact: selling more gets a lower price and moves the book further") {
    for_each_shape([](const auto& shape) {
        for (std::size_t a = 0; a < assets; ++a) {
            for (const double y : {-0.3, 0.0, 0.3}) {
                const double unit = shape.consumed(a, 0.01);
                double last_y = y;
                double last_price = std::exp(y);
                for (int i = 1; i <= 200; ++i) {
                    const Fill fill = trade(shape, a, y, -i * unit, 1.0);
                    const double price = fill.cash / (-i * unit);
                    CAPTURE(i);
                    CHECK(fill.y < last_y);
                    CHECK(price < last_price);
                    last_y = fill.y;
                    last_price = price;
                }
            }
        }
    });
}

TEST_CASE("impact: a shape scaled by two moves twice as far, and so far with half the depth as twice the order does") {
    for_each_model(ImpactModels{}, [&]<class Shape>() {
        INFO("shape: " << test::name_of<Shape>());
        const auto params = test::Fixture<Shape>::params();
        ImpactContext thin_market = test::impact_market;
        for (double& volume : thin_market.daily_volume) volume *= 0.5;
        const Shape shape(params, test::impact_market);
        const Shape twice(Shape::scaled(params, 2.0), test::impact_market);
        const Shape thin(Shape::with_depth(params, 0.5), thin_market);
        for (std::size_t a = 0; a < assets; ++a) {
            for (const double y : {-1.0, -1e-3, 1e-6, 0.02, 0.5}) {
                const double base = shape.consumed(a, y);
                CHECK(twice.displacement(a, base) == doctest::Approx(2.0 * y).epsilon(1e-14));
                CHECK(thin.displacement(a, 0.5 * base) == doctest::Approx(y).epsilon(1e-14));
                if (Shape::in_proportion) CHECK(thin.displacement(a, base) == doctest::Approx(2.0 * y).epsilon(1e-14));
            }
        }
    });
}

TEST_CASE("impact: half the depth is moved as far by half the order") {
    for_each_shape([](const auto& shape) {
        std::mt19937_64 rng(4);
        for (int trial = 0; trial < 1000; ++trial) {
            const Draw d = draw(shape, 1.0, rng);
            const Fill full = trade(shape, d.asset, d.y, d.quantity, d.depth);
            const Fill thin = trade(shape, d.asset, d.y, 0.5 * d.quantity, 0.5 * d.depth);
            CHECK(thin.y == doctest::Approx(full.y).epsilon(1e-13));
            CHECK(2.0 * thin.cash == doctest::Approx(full.cash).epsilon(1e-13));
        }
    });
}

TEST_CASE("impact: the average price is the mean of exp(I(u)) over the quantity, by numeric quadrature") {
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 31>;
    for_each_shape([](const auto& shape) {
        std::mt19937_64 rng(5);
        for (int trial = 0; trial < 300; ++trial) {
            const Draw d = draw(shape, trial % 3 == 0 ? 0.01 : 3.0, rng);
            const double from = shape.consumed(d.asset, d.y);
            const double to = from + d.quantity / d.depth;
            const double after = shape.displacement(d.asset, to);
            // With base = sign(t) t^4 a shape that is a root at zero becomes smooth there; the sides are taken apart.
            const auto money = [&](double t) {
                const double cube = t * t * std::fabs(t);
                return 4.0 * cube * std::exp(shape.displacement(d.asset, cube * t));
            };
            const auto root = [](double base) { return std::copysign(std::sqrt(std::sqrt(std::fabs(base))), base); };
            const auto integral = [&](double low, double high) {
                return Quadrature::integrate(money, root(low), root(high), 10, 1e-14);
            };
            const double total = from * to < 0.0 ? integral(from, 0.0) + integral(0.0, to) : integral(from, to);
            CAPTURE(d.y);
            CAPTURE(after);
            CHECK(shape.mean_relative_price(d.asset, d.y, after) ==
                  doctest::Approx(total / (to - from)).epsilon(1e-12));
        }
    });
}

TEST_CASE("impact: tiny trades are filled at the price there is") {
    for_each_shape([](const auto& shape) {
        for (std::size_t a = 0; a < assets; ++a) {
            for (const double y : {-1.0, -1e-8, 0.0, 1e-8, 1.0}) {
                for (const double quantity : {1e-12, 1e-30, 1e-100, 1e-300, 5e-324}) {
                    for (const double signed_quantity : {quantity, -quantity}) {
                        const double after = trade(shape, a, y, signed_quantity, 1.0).y;
                        const double price = shape.mean_relative_price(a, y, after);
                        CAPTURE(y);
                        CAPTURE(signed_quantity);
                        CHECK(std::isfinite(price));
                        CHECK(std::fabs(price - std::exp(y)) <= std::fabs(after - y) + 8 * epsilon * std::exp(y));
                    }
                }
            }
        }
    });
}

} // namespace plunge
