// What every liquidation policy must do under every margin rule.

#include <array>
#include <cmath>
#include <random>
#include <type_traits>

#include <doctest/doctest.h>

#include "models/margin/slack.hpp"
#include "tests/contract/fixtures.hpp"

namespace plunge {
namespace {

constexpr std::size_t assets = test::margin_assets;

// A random account short of maintenance margin, under one policy and one rule.
template <class Rule> struct ShortAccount {
    std::array<double, assets> position{};
    std::array<double, assets> mark{};
    LiquidationView<Rule> view;

    ShortAccount(const Rule& rule, double shortness, std::mt19937_64& rng)
        : view{.rule = rule,
               .account = {.cash = 0.0, .weight = position.data(), .position = position.data()},
               .mark = mark.data(),
               .assets = assets,
               .equity = 0.0,
               .maintenance = 0.0,
               .gross = 0.0,
               .margin_factor = 1.0,
               .fee = 0.0,
               .expected_slippage = 0.0} {
        std::uniform_real_distribution<double> uniform;
        for (std::size_t a = 0; a < assets; ++a) {
            mark[a] = std::exp(8.0 * uniform(rng));
            const double notional = std::exp(18.0 * uniform(rng) - 2.0);
            position[a] = (uniform(rng) < 0.5 ? -notional : notional) / mark[a];
        }
        const MarginState state = margin_state(rule, view.account, mark.data(), assets);
        view.gross = state.gross;
        view.maintenance = state.maintenance;
        view.equity = shortness * view.maintenance;
        view.fee = 0.004 * uniform(rng);
        view.expected_slippage = 0.004 * uniform(rng);
    }
    ShortAccount(const ShortAccount&) = delete; // the view points into the account
    ShortAccount& operator=(const ShortAccount&) = delete;
};

template <class Visitor> void for_each_policy_and_rule(Visitor&& visit) {
    for_each_model(LiquidationModels{}, [&]<class Policy>() {
        for_each_model(MarginModels{}, [&]<class Rule>() {
            INFO("policy: " << test::name_of<Policy>());
            INFO("rule: " << test::name_of<Rule>());
            // Loans are closed otherwise: tests/unit/models_loans_test.cpp.
            if constexpr (ClosesShares<Policy>) {
                visit(test::Fixture<Policy>::make(), test::Fixture<Rule>::make());
            }
        });
    });
}

} // namespace

TEST_CASE("liquidation: an account that is short has something closed, never more than everything") {
    for_each_policy_and_rule([](const auto& policy, const auto& rule) {
        std::mt19937_64 rng(1);
        std::uniform_real_distribution<double> uniform;
        for (int trial = 0; trial < 5'000; ++trial) {
            const ShortAccount account(rule, 1.2 * uniform(rng) - 0.2, rng);
            const double f = policy.fraction(account.view);
            CAPTURE(trial);
            CHECK(f > 0.0);
            CHECK(f <= 1.0);
        }
    });
}

TEST_CASE("liquidation: an account below zero equity is closed whole") {
    for_each_policy_and_rule([](const auto& policy, const auto& rule) {
        std::mt19937_64 rng(2);
        for (int trial = 0; trial < 1'000; ++trial) {
            const ShortAccount account(rule, -0.01, rng);
            if (account.view.maintenance > 0.0) CHECK(policy.fraction(account.view) == 1.0);
        }
    });
}

TEST_CASE("liquidation: less equity never closes less") {
    for_each_policy_and_rule([](const auto& policy, const auto& rule) {
        std::mt19937_64 rng(3);
        for (int trial = 0; trial < 500; ++trial) {
            ShortAccount account(rule, 1.0, rng);
            const double maintenance = account.view.maintenance;
            double last = 0.0;
            for (int i = 99; i >= 0; --i) {
                account.view.equity = 0.01 * i * maintenance;
                const double f = policy.fraction(account.view);
                CAPTURE(i);
                CHECK(f >= last - 1e-9);
                last = f;
            }
        }
    });
}

TEST_CASE("liquidation: longs and shorts are treated alike, and so are units of account") {
    for_each_policy_and_rule([](const auto& policy, const auto& rule) {
        std::mt19937_64 rng(4);
        for (int trial = 0; trial < 500; ++trial) {
            ShortAccount account(rule, 0.8, rng);
            const double f = policy.fraction(account.view);
            for (double& q : account.position) q = -q;
            // Some rules tell sides apart; where the margin is the same, so is the close.
            const MarginState other_side = margin_state(rule, account.view.account, account.mark.data(), assets);
            if (other_side.maintenance == account.view.maintenance) CHECK(policy.fraction(account.view) == f);
            for (double& q : account.position) q = -q;
            // A coin split in eight: eight times the quantity at an eighth of the price.
            for (std::size_t a = 0; a < assets; ++a) {
                account.position[a] *= 8.0;
                account.mark[a] *= 0.125;
            }
            CHECK(policy.fraction(account.view) == f);
        }
    });
}

} // namespace plunge
