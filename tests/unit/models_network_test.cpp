// Clearing payments against examples worked by hand, and against what every clearing vector must satisfy.

#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "models/network/eisenberg_noe.hpp"
#include "tests/random_obligations.hpp"

namespace plunge {
namespace {

Obligations network(std::size_t n, std::vector<double> liabilities, std::vector<double> outside) {
    return {SquareMatrix{n, std::move(liabilities)}, std::move(outside)};
}

const EisenbergNoe no_costs{{.alpha = 1.0, .beta = 1.0}};

using test::owed_by;
using test::random_obligations;

double received_by(const Obligations& obligations, const std::vector<double>& payment, std::size_t i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < payment.size(); ++j) {
        const double owed = owed_by(obligations, j);
        if (owed > 0.0) sum += payment[j] * obligations.liabilities(j, i) / owed;
    }
    return sum;
}

// The map whose greatest fixed point is sought, iterated from full payment downward.
std::vector<double> by_iteration(const Obligations& obligations, double alpha, double beta) {
    const std::size_t n = obligations.outside.size();
    std::vector<double> payment(n);
    for (std::size_t i = 0; i < n; ++i) payment[i] = owed_by(obligations, i);
    for (int k = 0; k < 20'000; ++k) {
        std::vector<double> next(n);
        for (std::size_t i = 0; i < n; ++i) {
            const double income = received_by(obligations, payment, i);
            const double owed = owed_by(obligations, i);
            const bool pays = obligations.outside[i] + income >= owed * (1.0 - 1e-12);
            next[i] = pays ? owed : alpha * obligations.outside[i] + beta * income;
        }
        if (next == payment) break;
        payment = next;
    }
    return payment;
}

} // namespace

TEST_CASE("eisenberg_noe: two banks, one short: it pays what it has and what it is owed") {
    // 0 owes 1 ten, 1 owes 0 four; 0 has three outside. 0 pays 3 + 4 = 7; 1 has 1 + 7 against 4.
    const ClearingPayments cleared = no_costs.clear(network(2, {0.0, 10.0, 4.0, 0.0}, {3.0, 1.0}));
    CHECK(cleared.payment[0] == doctest::Approx(7.0));
    CHECK(cleared.payment[1] == 4.0);
    CHECK(cleared.equity[0] == 0.0);
    CHECK(cleared.equity[1] == doctest::Approx(4.0));
    CHECK(cleared.wave == std::vector<std::uint32_t>{1, 0});
}

TEST_CASE("eisenberg_noe: three banks in a chain: the second fails because the first does") {
    // 0 owes 1 ten and has two; 1 owes 2 nine and has one: it would have eleven, and has three. 2 gets three.
    const ClearingPayments cleared = no_costs.clear(
        network(3, {0.0, 10.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0}, {2.0, 1.0, 0.0}));
    CHECK(cleared.payment == std::vector<double>{2.0, 3.0, 0.0});
    CHECK(cleared.equity[2] == doctest::Approx(3.0));
    CHECK(cleared.wave == std::vector<std::uint32_t>{1, 2, 0});
}

TEST_CASE("eisenberg_noe: three banks in a ring, two of which fail one after the other") {
    // 0 owes 8 to 1 and 8 to 2, 1 owes 10 to 2, 2 owes 20 to 0; they have 1, 0 and 2 outside.
    const ClearingPayments cleared = no_costs.clear(
        network(3, {0.0, 8.0, 8.0, 0.0, 0.0, 10.0, 20.0, 0.0, 0.0}, {1.0, 0.0, 2.0}));
    // All pay at first: 2 has 2 + 8 + 10 = 20 and pays 20, 0 has 21 against 16, 1 has 8 against 10 and fails.
    // Then 2 has 2 + 8 + 8 = 18 and fails too, 0 has 19 and pays.
    CHECK(cleared.payment[0] == 16.0);
    CHECK(cleared.payment[1] == doctest::Approx(8.0));
    CHECK(cleared.payment[2] == doctest::Approx(18.0));
    CHECK(cleared.wave == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(cleared.equity[0] == doctest::Approx(3.0));
}

TEST_CASE("eisenberg_noe: default costs bring down who would have stood without them") {
    // 0 owes 1 ten and has nine; 1 owes 2 nine and has nothing.
    const Obligations chain = network(3, {0.0, 10.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0}, {9.0, 0.0, 0.0});
    CHECK(no_costs.clear(chain).wave == std::vector<std::uint32_t>{1, 0, 0});
    const ClearingPayments costly = EisenbergNoe({.alpha = 0.5, .beta = 0.8}).clear(chain);
    CHECK(costly.payment[0] == doctest::Approx(4.5));
    CHECK(costly.payment[1] == doctest::Approx(0.8 * 4.5));
    CHECK(costly.wave == std::vector<std::uint32_t>{1, 2, 0});
}

TEST_CASE("eisenberg_noe: of several clearing vectors the greatest is taken") {
    // Two banks without outside assets that owe each other ten: all payments from none to ten clear; with costs, none
    // and ten.
    const Obligations ring = network(2, {0.0, 10.0, 10.0, 0.0}, {0.0, 0.0});
    CHECK(no_costs.clear(ring).payment == std::vector<double>{10.0, 10.0});
    CHECK(EisenbergNoe({.alpha = 0.5, .beta = 0.5}).clear(ring).payment == std::vector<double>{10.0, 10.0});
}

TEST_CASE("eisenberg_noe: limited liability, absolute priority, and the greatest fixed point on random networks") {
    std::mt19937_64 rng(5);
    std::uniform_real_distribution<double> uniform;
    std::size_t contagious = 0;
    for (int trial = 0; trial < 1000; ++trial) {
        CAPTURE(trial);
        const Obligations obligations = random_obligations(rng);
        const bool costly = trial % 2 == 1;
        const double alpha = costly ? uniform(rng) : 1.0;
        const double beta = costly ? uniform(rng) : 1.0;
        const ClearingPayments cleared = EisenbergNoe({.alpha = alpha, .beta = beta}).clear(obligations);
        const std::vector<double> slow = by_iteration(obligations, alpha, beta);
        for (std::size_t i = 0; i < cleared.payment.size(); ++i) {
            const double owed = owed_by(obligations, i);
            const double has = obligations.outside[i] + received_by(obligations, cleared.payment, i);
            CHECK(cleared.payment[i] == doctest::Approx(slow[i]).epsilon(1e-6));
            CHECK(cleared.payment[i] <= has * (1.0 + 1e-9) + 1e-12);                               // limited liability
            CHECK((cleared.payment[i] == owed || cleared.equity[i] == 0.0));                       // priority
            if (cleared.wave[i] > 0 && !costly) CHECK(cleared.payment[i] == doctest::Approx(has)); // all it has
            if (cleared.wave[i] > 1) ++contagious;
        }
    }
    CHECK(contagious > 100);
}

TEST_CASE("eisenberg_noe: nobody pays less when somebody has more") {
    std::mt19937_64 rng(6);
    for (int trial = 0; trial < 500; ++trial) {
        CAPTURE(trial);
        Obligations obligations = random_obligations(rng);
        const EisenbergNoe model({.alpha = 0.7, .beta = 0.9});
        const ClearingPayments before = model.clear(obligations);
        obligations.outside[rng() % obligations.outside.size()] += 0.5;
        const ClearingPayments after = model.clear(obligations);
        for (std::size_t i = 0; i < before.payment.size(); ++i) {
            CHECK(after.payment[i] >= before.payment[i] - 1e-9 * (1.0 + before.payment[i]));
        }
    }
}

} // namespace plunge
