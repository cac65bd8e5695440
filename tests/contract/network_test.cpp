// What every model of contagion must do: limited liability, debts before owners, no money out of nothing.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "tests/contract/fixtures.hpp"
#include "tests/random_obligations.hpp"

namespace plunge {
namespace {

using test::owed_by;
using test::random_obligations;

double total(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

template <class Visitor> void for_each_network(Visitor&& visit) {
    for_each_model(NetworkModels{}, [&]<class Network>() {
        INFO("network: " << test::name_of<Network>());
        visit(test::Fixture<Network>::make());
    });
}

} // namespace

TEST_CASE("network: nobody pays more than it owes, and who pays less keeps nothing") {
    for_each_network([](const auto& network) {
        std::mt19937_64 rng(1);
        for (int trial = 0; trial < 2000; ++trial) {
            CAPTURE(trial);
            const Obligations obligations = random_obligations(rng);
            const ClearingPayments cleared = network.clear(obligations);
            REQUIRE(cleared.payment.size() == obligations.outside.size());
            for (std::size_t i = 0; i < cleared.payment.size(); ++i) {
                const double owed = owed_by(obligations, i);
                CHECK(cleared.payment[i] >= 0.0);
                CHECK(cleared.payment[i] <= owed * (1.0 + 1e-12));
                CHECK(cleared.equity[i] >= 0.0);
                if (cleared.wave[i] > 0) CHECK(cleared.equity[i] == 0.0);
                if (cleared.wave[i] == 0) CHECK(cleared.payment[i] == doctest::Approx(owed).epsilon(1e-12));
            }
        }
    });
}

TEST_CASE("network: together owners are left with no more than there was outside, and with all where nobody defaults") {
    for_each_network([](const auto& network) {
        std::mt19937_64 rng(2);
        for (int trial = 0; trial < 2000; ++trial) {
            CAPTURE(trial);
            const Obligations obligations = random_obligations(rng);
            const ClearingPayments cleared = network.clear(obligations);
            const double outside = total(obligations.outside);
            CHECK(total(cleared.equity) <= outside * (1.0 + 1e-10) + 1e-12);
            const bool any_default = std::any_of(cleared.wave.begin(), cleared.wave.end(),
                                                 [](auto w) { return w > 0; });
            if (!any_default) CHECK(total(cleared.equity) == doctest::Approx(outside).epsilon(1e-10));
        }
    });
}

TEST_CASE("network: more outside makes nobody pay less") {
    for_each_network([](const auto& network) {
        std::mt19937_64 rng(3);
        for (int trial = 0; trial < 1000; ++trial) {
            CAPTURE(trial);
            Obligations obligations = random_obligations(rng);
            const ClearingPayments before = network.clear(obligations);
            obligations.outside[rng() % obligations.outside.size()] += 1.0;
            const ClearingPayments after = network.clear(obligations);
            for (std::size_t i = 0; i < before.payment.size(); ++i) {
                CHECK(after.payment[i] >= before.payment[i] * (1.0 - 1e-9) - 1e-12);
            }
        }
    });
}

TEST_CASE("network: the order in which institutions are written does not matter") {
    for_each_network([](const auto& network) {
        std::mt19937_64 rng(4);
        for (int trial = 0; trial < 500; ++trial) {
            CAPTURE(trial);
            const Obligations obligations = random_obligations(rng);
            const std::size_t n = obligations.outside.size();
            std::vector<std::size_t> place(n);
            std::iota(place.begin(), place.end(), std::size_t{0});
            std::shuffle(place.begin(), place.end(), rng);
            Obligations moved = obligations;
            for (std::size_t i = 0; i < n; ++i) {
                moved.outside[place[i]] = obligations.outside[i];
                for (std::size_t j = 0; j < n; ++j)
                    moved.liabilities(place[i], place[j]) = obligations.liabilities(i, j);
            }
            const ClearingPayments here = network.clear(obligations);
            const ClearingPayments there = network.clear(moved);
            for (std::size_t i = 0; i < n; ++i) {
                CHECK(there.payment[place[i]] == doctest::Approx(here.payment[i]).epsilon(1e-10).scale(1e-3));
                CHECK(there.wave[place[i]] == here.wave[i]);
            }
        }
    });
}

TEST_CASE("network: where nobody owes anything everybody keeps what it has") {
    for_each_network([](const auto& network) {
        const Obligations obligations{SquareMatrix{3, std::vector<double>(9, 0.0)}, {0.0, 2.0, 5.0}};
        const ClearingPayments cleared = network.clear(obligations);
        CHECK(cleared.payment == std::vector<double>{0.0, 0.0, 0.0});
        CHECK(cleared.equity == obligations.outside);
        CHECK(cleared.wave == std::vector<std::uint32_t>{0, 0, 0});
    });
}

} // namespace plunge
