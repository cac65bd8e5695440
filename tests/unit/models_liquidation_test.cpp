// Partial liquidation: the smallest close that restores the buffer.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "models/liquidation/registry.hpp"
#include "models/margin/registry.hpp"
#include "models/margin/slack.hpp"

namespace plunge {
namespace {

struct Account {
    std::vector<double> position;
    std::vector<double> mark;
    double equity;
    double fee = 0.0;
    double expected_slippage = 0.0;
    std::uint64_t closes = 0;
    double seconds_since_close = std::numeric_limits<double>::infinity();

    double gross() const {
        double sum = 0.0;
        for (std::size_t a = 0; a < position.size(); ++a) sum += std::fabs(position[a]) * mark[a];
        return sum;
    }
    double cost() const { return (fee + expected_slippage) * gross(); }
};

// M((1 - f) q).
template <class Rule> double margin_after(const Rule& rule, const Account& account, double f) {
    double sum = 0.0;
    for (std::size_t a = 0; a < account.position.size(); ++a) {
        sum += rule.maintenance(a, (1.0 - f) * std::fabs(account.position[a]) * account.mark[a]);
    }
    return sum;
}

template <class Policy, class Rule> double fraction(const Policy& policy, const Rule& rule, const Account& account) {
    const LiquidationView<Rule> view{
        .rule = rule,
        .account = {.cash = 0.0, .weight = account.position.data(), .position = account.position.data()},
        .mark = account.mark.data(),
        .assets = account.position.size(),
        .equity = account.equity,
        .maintenance = margin_after(rule, account, 0.0),
        .gross = account.gross(),
        .margin_factor = 1.0,
        .fee = account.fee,
        .expected_slippage = account.expected_slippage,
        .closes = account.closes,
        .seconds_since_close = account.seconds_since_close};
    return policy.fraction(view);
}

// What the close is meant to bring to zero or above.
template <class Rule> double excess(const Rule& rule, const Account& account, double buffer, double f) {
    return account.equity - f * account.cost() - buffer * margin_after(rule, account, f);
}

FlatMargin flat(double rate) { return FlatMargin({.rate = {{rate}}}, {.assets = 1}); }

TieredMargin random_tiers(std::size_t assets, std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    TieredMargin::Params params;
    for (std::size_t a = 0; a < assets; ++a) {
        std::vector<Bracket> brackets{{.from_notional = 0.0, .rate = 0.002 + 0.01 * uniform(rng)}};
        for (std::size_t j = 0; j < rng() % 6; ++j) {
            brackets.push_back({.from_notional = brackets.back().from_notional + 1e6 * uniform(rng) + 1.0,
                                .rate = brackets.back().rate * (1.0 + uniform(rng))});
        }
        params.tiers.per_asset.push_back(brackets);
    }
    return TieredMargin(params.tiers);
}

// An account that is short of maintenance margin by a random amount, down to insolvency.
Account random_account(const TieredMargin& rule, std::size_t assets, std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    Account account;
    for (std::size_t a = 0; a < assets; ++a) {
        account.mark.push_back(std::exp(10.0 * uniform(rng)));
        const double notional = uniform(rng) < 0.2 ? 0.0 : 5e6 * uniform(rng);
        account.position.push_back((uniform(rng) < 0.5 ? -1.0 : 1.0) * notional / account.mark.back());
    }
    account.equity = margin_after(rule, account, 0.0) * (1.2 * uniform(rng) - 0.2);
    account.fee = 0.005 * uniform(rng);
    account.expected_slippage = uniform(rng) < 0.5 ? 0.0 : 0.01 * uniform(rng);
    return account;
}

} // namespace

TEST_CASE("partial: notional 100, M 4, E 3.9, no costs closes 2.5 %") {
    const Account account{.position = {1.0}, .mark = {100.0}, .equity = 3.9};
    CHECK(fraction(PartialLiquidation({}), flat(0.04), account) == doctest::Approx(0.025).epsilon(1e-9));
    const Account seller{.position = {-1.0}, .mark = {100.0}, .equity = 3.9};
    CHECK(fraction(PartialLiquidation({}), flat(0.04), seller) == doctest::Approx(0.025).epsilon(1e-9));
}

TEST_CASE("partial: costs and buffer in closed form under a flat rate") {
    // E - f c G = buffer r (1 - f) G gives f = (buffer r G - E) / (G (buffer r - c)).
    const Account account{.position = {2.0}, .mark = {500.0}, .equity = 35.0, .fee = 0.006, .expected_slippage = 0.004};
    const double expected = (1.5 * 0.04 * 1000.0 - 35.0) / (1000.0 * (1.5 * 0.04 - 0.01));
    CHECK(fraction(PartialLiquidation({.buffer = 1.5}), flat(0.04), account) ==
          doctest::Approx(expected).epsilon(1e-9));
}

TEST_CASE("partial: everything where no close restores the buffer") {
    const PartialLiquidation partial({});
    CHECK(fraction(partial, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = -0.1}) == 1.0);
    // Closing costs more than the margin it frees.
    CHECK(fraction(partial, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 3.9, .fee = 0.04}) == 1.0);
    CHECK(fraction(partial, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 3.9, .fee = 0.05}) == 1.0);
    // It would take more than everything.
    CHECK(fraction(partial, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 0.9, .fee = 0.01}) == 1.0);
}

TEST_CASE("partial: everything below the backstop share of M, and below the smallest notional") {
    const PartialLiquidation backstop({.backstop = 0.5});
    CHECK(fraction(backstop, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 1.99}) == 1.0);
    CHECK(fraction(backstop, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 2.0}) ==
          doctest::Approx(0.5).epsilon(1e-9));
    const PartialLiquidation small({.whole_below = 100.0});
    CHECK(fraction(small, flat(0.04), {.position = {1.0}, .mark = {99.9}, .equity = 3.9}) == 1.0);
    CHECK(fraction(small, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 3.9}) < 0.03);
    // With 3.9 a close leaves 97.5 of 100.
    const PartialLiquidation least({.min_notional = 97.6});
    CHECK(fraction(least, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 3.91}) < 0.03);
    CHECK(fraction(least, flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 3.9}) == 1.0);
}

TEST_CASE("partial: closing into a lower bracket needs less than the top rate suggests") {
    // M(300) = 0.01 * 100 + 0.05 * 200 = 11. With E = 6 the close ends at n = 200, where M = 6: a third.
    const TieredMargin tiers(
        {.tiers = {{{{.from_notional = 0.0, .rate = 0.01}, {.from_notional = 100.0, .rate = 0.05}}}}}, {.assets = 1});
    CHECK(fraction(PartialLiquidation({}), tiers, {.position = {3.0}, .mark = {100.0}, .equity = 6.0}) ==
          doctest::Approx(1.0 / 3.0).epsilon(1e-9));
    // With E = 0.5 it must go on inside the first bracket, to n = 50.
    CHECK(fraction(PartialLiquidation({}), tiers, {.position = {3.0}, .mark = {100.0}, .equity = 0.5}) ==
          doctest::Approx(5.0 / 6.0).epsilon(1e-9));
}

TEST_CASE("partial: over random tiered accounts, the smallest fraction that restores the buffer") {
    std::mt19937_64 rng(20251010);
    std::uniform_real_distribution<double> uniform;
    int restored = 0;
    int everything = 0;
    for (int trial = 0; trial < 5000; ++trial) {
        const std::size_t assets = 1 + rng() % 4;
        const TieredMargin rule = random_tiers(assets, rng);
        const Account account = random_account(rule, assets, rng);
        if (account.gross() == 0.0) continue;
        const double buffer = 1.0 + 0.5 * uniform(rng);
        const double f = fraction(PartialLiquidation({.buffer = buffer}), rule, account);
        const double tolerance = 1e-11 * account.gross();
        CAPTURE(trial);
        REQUIRE(f >= 0.0);
        REQUIRE(f <= 1.0);
        // The excess is concave in f, hence once it is positive somewhere the smallest root lies before its maximum:
        // find that by ternary search, then the root by bisection.
        double low = 0.0;
        double high = 1.0;
        for (int i = 0; i < 200; ++i) {
            const double left = low + (high - low) / 3.0;
            const double right = high - (high - low) / 3.0;
            (excess(rule, account, buffer, left) < excess(rule, account, buffer, right) ? low : high) =
                excess(rule, account, buffer, left) < excess(rule, account, buffer, right) ? left : right;
        }
        const double best = high;
        if (excess(rule, account, buffer, best) < -tolerance) {
            ++everything;
            CHECK(f == 1.0);
            continue;
        }
        if (excess(rule, account, buffer, best) < tolerance) continue; // too close to call
        ++restored;
        low = 0.0;
        high = best;
        for (int i = 0; i < 200; ++i) {
            const double middle = 0.5 * (low + high);
            (excess(rule, account, buffer, middle) < 0.0 ? low : high) = middle;
        }
        CHECK(excess(rule, account, buffer, f) >= -1e-13 * account.gross());
        CHECK(excess(rule, account, buffer, f) <= tolerance); // exactly the buffer, not more
        CHECK(f == doctest::Approx(high).epsilon(1e-7));
        CHECK(excess(rule, account, buffer, f * (1.0 - 1e-6)) < excess(rule, account, buffer, f));
        CHECK(excess(rule, account, buffer, f * (1.0 - 1e-6)) < 0.0);
    }
    CHECK(restored > 1000);
    CHECK(everything > 100);
}

TEST_CASE("partial: an account closed as told, at the expected cost, is not found short again") {
    std::mt19937_64 rng(8);
    int closed = 0;
    for (int trial = 0; trial < 5000; ++trial) {
        const TieredMargin rule = random_tiers(3, rng);
        Account account = random_account(rule, 3, rng);
        const double f = fraction(PartialLiquidation({}), rule, account);
        if (f == 1.0 || account.gross() == 0.0) continue;
        ++closed;
        const double cash = account.equity - f * account.cost();
        std::vector<double> left;
        std::vector<double> weight;
        double entry = 0.0;
        for (std::size_t a = 0; a < 3; ++a) {
            left.push_back(account.position[a] - f * account.position[a]);
            entry += left.back() * account.mark[a];
        }
        const MarginView view{.cash = cash - entry, .weight = left.data(), .position = left.data()};
        const MarginState state = margin_state(rule, view, account.mark.data(), 3);
        CAPTURE(trial);
        CHECK(state.equity >= state.maintenance);
    }
    CHECK(closed > 1000);
}

TEST_CASE("full: closes everything") {
    CHECK(fraction(FullLiquidation({}), flat(0.04), {.position = {1.0}, .mark = {100.0}, .equity = 3.999}) == 1.0);
}

TEST_CASE("slice: a share, a pause, and everything when it is late") {
    const SliceLiquidation slice(
        {.share = 0.2, .cooldown_seconds = 30.0, .slices = 2, .backstop = 2.0 / 3.0, .whole_below = 50.0});
    const Account account{.position = {1.0}, .mark = {100.0}, .equity = 3.9}; // M = 4
    CHECK(fraction(slice, flat(0.04), account) == 0.2);

    Account closed_once = account;
    closed_once.closes = 1;
    closed_once.seconds_since_close = 29.0;
    CHECK(fraction(slice, flat(0.04), closed_once) == 0.0); // cools down
    closed_once.seconds_since_close = 30.0;
    CHECK(fraction(slice, flat(0.04), closed_once) == 0.2);
    Account closed_twice = closed_once;
    closed_twice.closes = 2;
    CHECK(fraction(slice, flat(0.04), closed_twice) == 1.0);

    closed_once.seconds_since_close = 0.0;
    closed_once.equity = 2.66; // below 2/3 of M the cooldown does not count
    CHECK(fraction(slice, flat(0.04), closed_once) == 1.0);
    closed_once.equity = 2.67;
    CHECK(fraction(slice, flat(0.04), closed_once) == 0.0);
    CHECK(fraction(slice, flat(0.04), {.position = {1.0}, .mark = {49.9}, .equity = 1.9}) == 1.0); // too small to slice

    // A slice of 0.2 leaves 80.
    const Account whole{.position = {1.0}, .mark = {100.0}, .equity = 3.9};
    CHECK(fraction(SliceLiquidation({.share = 0.2, .min_notional = 80.0}), flat(0.04), whole) == 0.2);
    CHECK(fraction(SliceLiquidation({.share = 0.2, .min_notional = 80.1}), flat(0.04), whole) == 1.0);

    // Equity that went into a fee but for its last bits, above or below zero: the account does not cool down.
    closed_once.equity = 3e-14;
    CHECK(fraction(SliceLiquidation({.share = 0.5, .cooldown_seconds = 30.0}), flat(0.04), closed_once) == 1.0);
    closed_once.equity = 1e-9;
    CHECK(fraction(SliceLiquidation({.share = 0.5, .cooldown_seconds = 30.0}), flat(0.04), closed_once) == 0.0);
}

} // namespace plunge
