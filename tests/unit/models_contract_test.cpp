// What a contract says of a position, and what collateral is worth.
#include <array>
#include <cmath>

#include <Eigen/Core>
#include <doctest/doctest.h>

#include "models/contract/coins.hpp"
#include "models/contract/linear.hpp"

namespace plunge {
namespace {

constexpr std::array quantities{-3.5, -0.25, 0.0, 0.5, 40.0};

// Margined in the coin: one contract is a dollar, and is worth fewer coins the higher the price.
struct ByPriceOfCoin {
    static constexpr bool is_linear_in_prices = false;
    static double value(double quantity, double price) { return -quantity / price; }
    static double notional(double quantity, double price) { return std::fabs(quantity) / price; }
    static double profit(double quantity, double entry, double price) { return quantity / entry - quantity / price; }
    static double quantity(double value, double price) { return -value * price; }
};

TEST_CASE("linear contract: half way between two prices a position is worth the mean of both") {
    static_assert(LinearInPrices<LinearContract>);
    for (const double q : quantities) {
        const double ends = LinearContract::value(q, 80.0) + LinearContract::value(q, 120.0);
        CHECK(LinearContract::value(q, 100.0) == doctest::Approx(0.5 * ends));
    }
}

TEST_CASE("linear contract: notional is the size of the value") {
    for (const double q : quantities)
        CHECK(LinearContract::notional(q, 70.0) == std::fabs(LinearContract::value(q, 70.0)));
}

TEST_CASE("linear contract: profit is the value less the cost at entry") {
    for (const double q : quantities) {
        const double cost = LinearContract::value(q, 90.0);
        CHECK(LinearContract::profit(q, 90.0, 104.0) == doctest::Approx(LinearContract::value(q, 104.0) - cost));
    }
}

TEST_CASE("linear contract: the position of a value is worth it") {
    for (const double value : quantities)
        CHECK(LinearContract::value(LinearContract::quantity(value, 64.0), 64.0) == value);
}

TEST_CASE("linear contract: a row's weight is worth what its position and its collateral after the haircut are") {
    const double kept = 0.75;
    for (const double q : quantities) {
        const double apart = LinearContract::value(q, 50.0) + kept * Coins::value(2.0, 50.0);
        CHECK(LinearContract::value(LinearContract::weight(q, 2.0, kept), 50.0) == doctest::Approx(apart));
    }
}

TEST_CASE("linear contract: arrays of positions are valued one by one") {
    const Eigen::Array2d q{2.0, -3.0};
    const Eigen::Array2d p{10.0, 100.0};
    const Eigen::Array2d value = LinearContract::value(q, p);
    CHECK(value[0] == LinearContract::value(2.0, 10.0));
    CHECK(value[1] == LinearContract::value(-3.0, 100.0));
}

TEST_CASE("contracts: one that is settled in its coin is a contract, but not linear in prices") {
    CHECK(ContractModel<ByPriceOfCoin>);
    CHECK_FALSE(LinearInPrices<ByPriceOfCoin>);
}

TEST_CASE("coins: as many as are worth a value are worth it") {
    CHECK(Coins::value(Coins::quantity(300.0, 16.0), 16.0) == 300.0);
}

} // namespace
} // namespace plunge
