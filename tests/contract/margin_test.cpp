// What every margin rule must do: the trigger search stands on the concavity of slack.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "models/margin/slack.hpp"
#include "tests/contract/fixtures.hpp"

namespace plunge {
namespace {

constexpr std::size_t assets = test::margin_assets;
using PerAssetArray = std::array<double, assets>;

struct Account {
    double cash;
    PerAssetArray position;
    PerAssetArray weight; // position plus collateral after haircut
    PerAssetArray collateral;

    MarginView view() const {
        return {.cash = cash, .weight = weight.data(), .position = position.data(), .collateral = collateral.data()};
    }
};

Account random_account(std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    Account account{};
    account.cash = 1e6 * (2.0 * uniform(rng) - 1.0);
    for (std::size_t a = 0; a < assets; ++a) {
        const double size = std::exp(12.0 * uniform(rng) - 4.0);
        account.position[a] = uniform(rng) < 0.2 ? 0.0 : (uniform(rng) < 0.5 ? -size : size);
        account.collateral[a] = uniform(rng) < 0.5 ? 0.0 : 10.0 * uniform(rng);
        account.weight[a] = account.position[a] + (1.0 - test::margin_market.haircut[a]) * account.collateral[a];
    }
    return account;
}

PerAssetArray random_mark(std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    PerAssetArray mark{};
    for (double& p : mark) p = std::exp(8.0 * uniform(rng));
    return mark;
}

struct Box {
    PerAssetArray low;
    PerAssetArray high;
};

// Of any width from rounding to a doubling.
Box random_box(std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    Box box{random_mark(rng), {}};
    const double width = std::exp(-30.0 * uniform(rng));
    for (std::size_t a = 0; a < assets; ++a) box.high[a] = box.low[a] * (1.0 + width * uniform(rng));
    return box;
}

template <class Rule>
double slack(const Rule& rule, const Account& account, double multiple, const PerAssetArray& mark) {
    const MarginState state = margin_state(rule, account.view(), mark.data(), assets);
    return state.equity - multiple * state.maintenance;
}

// What sums of this account are made of: the scale of their rounding.
double scale(const Account& account, const PerAssetArray& mark) {
    double sum = std::fabs(account.cash);
    for (std::size_t a = 0; a < assets; ++a) {
        sum += (std::fabs(account.weight[a]) + std::fabs(account.position[a])) * mark[a];
    }
    return sum;
}

template <class Visitor> void for_each_rule(Visitor&& visit) {
    for_each_model(MarginModels{}, [&]<class Rule>() {
        INFO("rule: " << test::name_of<Rule>());
        visit(test::Fixture<Rule>::make());
    });
}

template <class Visitor> void for_each_separable_rule(Visitor&& visit) {
    for_each_rule([&]<class Rule>(const Rule& rule) {
        if constexpr (SeparableRule<Rule>) visit(rule);
    });
}

// Notionals from a cent to a billion, with the neighbourhoods of round numbers, where brackets lie.
std::vector<double> notionals() {
    std::vector<double> result;
    for (int i = 0; i <= 1100; ++i) result.push_back(0.01 * std::pow(10.0, i / 100.0));
    for (const double round : {10e3, 50e3, 250e3, 1e6, 5e6}) {
        for (const double nudge : {-1e-6, -1e-9, 0.0, 1e-9, 1e-6}) result.push_back(round * (1.0 + nudge));
    }
    std::sort(result.begin(), result.end());
    return result;
}

} // namespace

TEST_CASE("margin: nothing needs no margin, and margin is below notional") {
    for_each_separable_rule([](const auto& rule) {
        for (std::size_t a = 0; a < assets; ++a) {
            CHECK(rule.maintenance(a, 0.0) == 0.0);
            for (const double n : notionals()) {
                for (const double signed_notional : {n, -n}) {
                    CHECK(rule.maintenance(a, signed_notional) >= 0.0);
                    CHECK(rule.maintenance(a, signed_notional) < n);
                }
            }
        }
    });
}

TEST_CASE("margin: continuous, increasing and convex in notional") {
    for_each_separable_rule([](const auto& rule) {
        const std::vector<double> n = notionals();
        for (std::size_t a = 0; a < assets; ++a) {
            double last_rate = 0.0;
            for (std::size_t i = 1; i < n.size(); ++i) {
                const double step = rule.maintenance(a, n[i]) - rule.maintenance(a, n[i - 1]);
                CAPTURE(n[i]);
                CHECK(step >= 0.0);
                // Continuous: nowhere steeper than the marginal rate at the far end.
                CHECK(step <= rule.marginal_rate(a, n[i]) * (n[i] - n[i - 1]) + 1e-12 * n[i]);
                CHECK(rule.marginal_rate(a, n[i]) >= last_rate);
                last_rate = rule.marginal_rate(a, n[i]);
            }
        }
    });
}

TEST_CASE("margin: the marginal rate is the derivative from below") {
    for_each_separable_rule([](const auto& rule) {
        for (std::size_t a = 0; a < assets; ++a) {
            for (const double n : notionals()) {
                // Smaller than the distance of any sampled notional from a bracket below it.
                const double h = 1e-10 * n;
                const double below = n - h;
                const double difference = rule.maintenance(a, n) - rule.maintenance(a, below);
                CAPTURE(n);
                CHECK(difference / (n - below) == doctest::Approx(rule.marginal_rate(a, n)).epsilon(1e-4));
            }
        }
    });
}

TEST_CASE("margin: slack is concave in prices") {
    for_each_rule([](const auto& rule) {
        std::mt19937_64 rng(1);
        std::uniform_real_distribution<double> uniform;
        double worst = 0.0;
        for (int trial = 0; trial < 50'000; ++trial) {
            const Account account = random_account(rng);
            const PerAssetArray p = random_mark(rng);
            const PerAssetArray q = random_mark(rng);
            const double s = uniform(rng);
            PerAssetArray between{};
            for (std::size_t a = 0; a < assets; ++a) between[a] = s * p[a] + (1.0 - s) * q[a];
            const double chord = s * slack(rule, account, 1.0, p) + (1.0 - s) * slack(rule, account, 1.0, q);
            worst = std::max(worst,
                             (chord - slack(rule, account, 1.0, between)) / (scale(account, p) + scale(account, q)));
        }
        CHECK(worst < 1e-14);
    });
}

TEST_CASE("margin: the lower bound of slack holds everywhere in the box") {
    for_each_rule([](const auto& rule) {
        std::mt19937_64 rng(2);
        std::uniform_real_distribution<double> uniform;
        for (int trial = 0; trial < 5'000; ++trial) {
            const Account account = random_account(rng);
            const double multiple = trial % 3 == 0 ? 1.0 : 2.0 * uniform(rng);
            const auto [low, high] = random_box(rng);
            const double bound = slack_lower_bound(rule, account.view(), multiple, low.data(), high.data(), assets);
            int broken = 0;
            for (int point = 0; point < 20; ++point) {
                PerAssetArray mark{};
                for (std::size_t a = 0; a < assets; ++a) {
                    const double s = point < 8 ? static_cast<double>((point >> a) & 1) : uniform(rng);
                    mark[a] = std::clamp(low[a] + s * (high[a] - low[a]), low[a], high[a]);
                }
                broken += slack(rule, account, multiple, mark) < bound;
            }
            CAPTURE(trial);
            CHECK(broken == 0);
        }
    });
}

TEST_CASE("margin: the lower bound of slack is reached at a corner of the box") {
    for_each_separable_rule([](const auto& rule) {
        std::mt19937_64 rng(3);
        std::uniform_real_distribution<double> uniform;
        for (int trial = 0; trial < 5'000; ++trial) {
            const Account account = random_account(rng);
            const double multiple = 2.0 * uniform(rng);
            const PerAssetArray low = random_mark(rng);
            PerAssetArray high{};
            for (std::size_t a = 0; a < assets; ++a) high[a] = low[a] * (1.0 + 2.0 * uniform(rng));
            double lowest = std::numeric_limits<double>::infinity();
            for (unsigned corner = 0; corner < 1U << assets; ++corner) {
                PerAssetArray mark{};
                for (std::size_t a = 0; a < assets; ++a) mark[a] = (corner >> a & 1U) != 0 ? high[a] : low[a];
                lowest = std::min(lowest, slack(rule, account, multiple, mark));
            }
            const double bound = slack_lower_bound(rule, account.view(), multiple, low.data(), high.data(), assets);
            CAPTURE(trial);
            CHECK(bound <= lowest);
            CHECK(lowest - bound <= 1e-12 * 3.0 * scale(account, high));
        }
    });
}

TEST_CASE("margin: the plane lies below the slack everywhere in the box, and meets a separable rule's at the corners") {
    for_each_rule([]<class Rule>(const Rule& rule) {
        std::mt19937_64 rng(4);
        std::uniform_real_distribution<double> uniform;
        for (int trial = 0; trial < 5'000; ++trial) {
            const Account account = random_account(rng);
            const double multiple = trial % 3 == 0 ? 1.0 : 2.0 * uniform(rng);
            const auto [low, high] = random_box(rng);
            PerAssetArray slope{};
            const double base = slack_plane(rule, account.view(), multiple, low.data(), high.data(), assets,
                                            slope.data());
            int broken = 0;
            for (unsigned point = 0; point < 20; ++point) {
                const bool corner = point < 1U << assets;
                PerAssetArray mark{};
                double plane = base;
                for (std::size_t a = 0; a < assets; ++a) {
                    const double s = corner ? static_cast<double>(point >> a & 1U) : uniform(rng);
                    mark[a] = corner ? (s > 0.0 ? high[a] : low[a])
                                     : std::min(low[a] + s * (high[a] - low[a]), high[a]);
                    plane += slope[a] * mark[a];
                }
                const double gap = slack(rule, account, multiple, mark) - plane;
                const bool must_meet = SeparableRule<Rule> && corner;
                broken += gap < 0.0 || (must_meet && gap > 1e-5 * scale(account, high));
            }
            CAPTURE(trial);
            CHECK(broken == 0);
        }
    });
}

TEST_CASE("margin: what a close saves is the derivative of what is left") {
    for_each_rule([](const auto& rule) {
        std::mt19937_64 rng(6);
        std::uniform_real_distribution<double> uniform;
        for (int trial = 0; trial < 2'000; ++trial) {
            const Account account = random_account(rng);
            const PerAssetArray mark = random_mark(rng);
            const MarginState whole = margin_state(rule, account.view(), mark.data(), assets);
            const auto at = [&](double f) { return shrunk_margin(rule, account.view(), mark.data(), assets, f); };
            const double rounding = 1e-12 * scale(account, mark);
            CHECK(std::fabs(at(0.0).maintenance - whole.maintenance) <= rounding);
            // Convex in f: the tangents at two shares lie below the chord between them.
            const double f = uniform(rng);
            const double g = f + (1.0 - f) * uniform(rng);
            const double fallen = at(f).maintenance - at(g).maintenance;
            CAPTURE(trial);
            CHECK(fallen <= at(f).relief * (g - f) + rounding);
            CHECK(fallen >= at(g).relief * (g - f) - rounding);
        }
    });
}

TEST_CASE("margin: a portfolio needs no more than its parts, and twice the portfolio twice as much before add-ons") {
    const auto check = [](const auto& rule) {
        std::mt19937_64 rng(7);
        for (int trial = 0; trial < 2'000; ++trial) {
            const Account one = random_account(rng);
            const Account other = random_account(rng);
            const PerAssetArray mark = random_mark(rng);
            PerAssetArray sum{};
            PerAssetArray twice{};
            for (std::size_t a = 0; a < assets; ++a) {
                sum[a] = one.position[a] + other.position[a];
                twice[a] = 2.0 * one.position[a];
            }
            const auto margin = [&](const PerAssetArray& q) { return rule.maintenance(q.data(), mark.data()); };
            const double parts = margin(one.position) + margin(other.position);
            CHECK(margin(sum) <= parts * (1.0 + 1e-12));
            CHECK(margin(twice) == doctest::Approx(2.0 * margin(one.position)).epsilon(1e-12));
        }
    };
    check(PortfolioVarMargin({}, test::margin_market));
    PortfolioEsMargin::Params tail;
    check(PortfolioEsMargin(tail, test::margin_market));
    tail.measure = ScenarioMeasure::worst_case;
    check(PortfolioEsMargin(tail, test::margin_market));
}

TEST_CASE("margin: the state of an account is the sum over its assets") {
    for_each_separable_rule([](const auto& rule) {
        std::mt19937_64 rng(4);
        for (int trial = 0; trial < 1'000; ++trial) {
            const Account account = random_account(rng);
            const PerAssetArray mark = random_mark(rng);
            const MarginState state = margin_state(rule, account.view(), mark.data(), assets);
            double equity = account.cash;
            double gross = 0.0;
            double maintenance = 0.0;
            for (std::size_t a = 0; a < assets; ++a) {
                equity += account.weight[a] * mark[a];
                gross += std::fabs(account.position[a]) * mark[a];
                maintenance += margin_of_asset(rule, account.view(), a, mark[a]);
            }
            CHECK(state.equity == equity);
            CHECK(state.gross == gross);
            CHECK(state.maintenance == maintenance);
        }
    });
}

} // namespace plunge
