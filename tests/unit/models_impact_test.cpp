// Linear and square-root impact against their closed forms.

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/impact/linear.hpp"
#include "models/impact/square_root.hpp"
#include "models/impact/trade.hpp"
#include "tests/extra_models/impact/power_law.hpp"
#include "tests/integral.hpp"

namespace plunge {
namespace {

const ImpactContext market{
    .initial_price = {20'000.0, 1'000.0}, .daily_volume = {2e9, 5e8}, .daily_volatility = {0.03, 0.05}};

} // namespace

TEST_CASE("linear: selling the depth moves the log price by 1 %") {
    const LinearImpact linear({.depth = {{5e6, 1e6}}}, market);
    CHECK(linear.displacement(0, -5e6 / 20'000.0) == doctest::Approx(-0.01).epsilon(1e-14));
    CHECK(linear.displacement(1, 1e6 / 1'000.0) == doctest::Approx(0.01).epsilon(1e-14));
    CHECK(linear.consumed(0, -0.01) == doctest::Approx(-250.0).epsilon(1e-14));
}

TEST_CASE("linear: the average price is (exp(y') - exp(y)) / (y' - y)") {
    const LinearImpact linear({.depth = {{5e6, 1e6}}}, market);
    for (const double from : {-0.5, 0.0, 0.2}) {
        for (const double to : {-1.5, -0.1, 0.3}) {
            CHECK(linear.mean_relative_price(0, from, to) ==
                  doctest::Approx((std::exp(to) - std::exp(from)) / (to - from)).epsilon(1e-13));
        }
    }
}

TEST_CASE("square_root: quadrupling the sale doubles the move") {
    const SquareRootImpact root({}, market);
    for (const double base : {1e-6, 1.0, 1e4}) {
        CHECK(root.displacement(0, -4.0 * base) == doctest::Approx(2.0 * root.displacement(0, -base)).epsilon(1e-14));
    }
}

TEST_CASE("square_root: a day's volume moves the log price by the prefactor times a day's volatility") {
    const SquareRootImpact root({.prefactor = 0.8, .volatility = {}}, market);
    CHECK(root.displacement(0, 2e9 / 20'000.0) == doctest::Approx(0.8 * 0.03).epsilon(1e-14));
    CHECK(root.displacement(1, -5e8 / 1'000.0) == doctest::Approx(-0.8 * 0.05).epsilon(1e-14));
}

TEST_CASE("square_root: a volatility of its own replaces the process's, brought to one day") {
    const SquareRootImpact root({.prefactor = 1.0, .volatility = {{0.5, 0.9}}}, market);
    CHECK(root.displacement(1, 5e8 / 1'000.0) == doctest::Approx(0.9 / std::sqrt(365.0)).epsilon(1e-14));
}

TEST_CASE("square_root: the average price of a sale from rest, in closed form") {
    // Base consumed is proportional to y^2: the mean of e^y is 2 (1 - (1 - y) e^y) / y^2.
    const SquareRootImpact root({}, market);
    for (const double y : {-3.0, -0.7, -0.1, 0.1, 0.7, 3.0}) {
        const double expected = 2.0 * (1.0 - (1.0 - y) * std::exp(y)) / (y * y);
        CAPTURE(y);
        CHECK(root.mean_relative_price(0, 0.0, y) == doctest::Approx(expected).epsilon(1e-13));
    }
    // For a small move the average is two thirds of the way.
    CHECK(root.mean_relative_price(0, 0.0, -1e-6) - 1.0 == doctest::Approx(-2e-6 / 3.0).epsilon(1e-6));
}

TEST_CASE("square_root: buying back across zero uses both sides of the book") {
    const SquareRootImpact root({}, market);
    const auto money = [](double y) { return 1.0 - (1.0 - y) * std::exp(y); }; // integral of u e^u from 0 to y
    const double from = -0.4;
    const double to = 0.9;
    const double expected = (money(from) + money(to)) / (0.5 * from * from + 0.5 * to * to);
    CHECK(root.mean_relative_price(0, from, to) == doctest::Approx(expected).epsilon(1e-13));
}

TEST_CASE("square_root: a trade that underflows happens at the price there is") {
    const SquareRootImpact root({}, market);
    CHECK(root.mean_relative_price(0, 0.0, 1e-200) == 1.0);
    CHECK(root.mean_relative_price(0, -1e-200, 1e-200) == 1.0);
    CHECK(root.consumed(0, 1e-200) == 0.0);
}

// Both books pass zero close to the start of the trade: two infinite slopes next to each other.
TEST_CASE("square_root: with cross impact, kinks close to each other are integrated to the last digits") {
    const SquareRootImpact root({}, market);
    SquareMatrix cross = SquareMatrix::identity(2);
    cross(0, 1) = cross(1, 0) = 0.3;
    const std::vector<double> y{8e-5, -1.2e-3};
    const std::vector<double> quantity{root.consumed(0, 0.08), root.consumed(1, 0.18)};
    Execution result;
    execute(root, cross, {{1.0, 1.0}, y, {1.0, 1.0}}, quantity, result);
    const auto price = [&](std::size_t a, double u) {
        double log_price = y[a];
        for (std::size_t b = 0; b < 2; ++b) {
            log_price += cross(a, b) * (root.displacement(b, root.consumed(b, y[b]) + u * quantity[b]) - y[b]);
        }
        return std::exp(log_price);
    };
    const double kink = -root.consumed(1, y[1]) / quantity[1];
    for (std::size_t a = 0; a < 2; ++a) {
        // Many panels, each side of the kink within [0, 1] in the root of the distance to it.
        const double before = gauss_legendre(0.0, std::sqrt(kink), 10'000,
                                             [&](double s) { return price(a, kink - s * s) * 2.0 * s; });
        const double after = gauss_legendre(0.0, std::sqrt(1.0 - kink), 10'000,
                                            [&](double s) { return price(a, kink + s * s) * 2.0 * s; });
        CHECK(result.average_price[a] == doctest::Approx(before + after).epsilon(1e-13));
    }
}

TEST_CASE("square_root: with cross impact, a small trade on a displaced book happens at the price there is") {
    const SquareRootImpact root({}, market);
    SquareMatrix cross = SquareMatrix::identity(2);
    cross(0, 1) = cross(1, 0) = 0.3;
    const BookState book{{20'000.0, 1'000.0}, {-0.006, -0.004}, {1.0, 1.0}};
    for (const double share : {1e-6, 1e-10, 1e-14, 1e-18}) { // of what is consumed already
        CAPTURE(share);
        Execution result;
        execute(root, cross, book, {share * root.consumed(0, -0.006), share * root.consumed(1, -0.004)}, result);
        CHECK(result.average_price[0] == doctest::Approx(20'000.0 * std::exp(-0.006)).epsilon(0.01 * share + 1e-14));
        CHECK(result.average_price[1] == doctest::Approx(1'000.0 * std::exp(-0.004)).epsilon(0.01 * share + 1e-14));
    }
}

// A shape of another power than a root, which only says where it is not smooth.
TEST_CASE("cross impact: any power law is integrated to the last digits") {
    static_assert(ImpactModel<PowerLawImpact>);
    SquareMatrix cross = SquareMatrix::identity(2);
    cross(0, 1) = cross(1, 0) = 0.5;
    for (const double exponent : {0.25, 0.4, 0.6, 0.75, 1.5}) {
        CAPTURE(exponent);
        const PowerLawImpact power({.depth = {{1e6, 2e5}}, .exponent = exponent}, market);
        for (const std::vector<double>& y : {std::vector<double>{0.0, 0.0}, {0.03, -0.01}, {-0.2, 1e-6}}) {
            const BookState book{{1.0, 1.0}, y, {0.7, 1.0}};
            const std::vector<double> quantity{-power.consumed(0, 0.15), power.consumed(1, 0.08)};
            Execution result;
            execute(power, cross, book, quantity, result);
            for (std::size_t a = 0; a < 2; ++a) {
                const double expected = test::price_along_line(power, cross, book, quantity, a);
                CHECK(result.average_price[a] == doctest::Approx(expected).epsilon(1e-12));
            }
        }
    }
}

} // namespace plunge
