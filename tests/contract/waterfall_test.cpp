// What every loss layer must do, and what any order of them must do together.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/parts/waterfall.hpp"
#include "tests/contract/fixtures.hpp"

namespace plunge {
namespace {

constexpr std::size_t assets = 3;
constexpr std::size_t cohorts = 4;
constexpr std::size_t members = 3;

// A venue's accounts and members, and a loss with its parts.
struct Venue {
    std::mt19937_64& rng;
    std::vector<AccountClaim> accounts;
    std::vector<double> charged;
    std::vector<InstitutionState> institutions;

    explicit Venue(std::mt19937_64& generator) : rng{generator} {
        std::uniform_real_distribution<double> uniform;
        for (std::size_t i = rng() % 6; i > 0; --i) {
            const double wealth = std::exp(6.0 * uniform(rng));
            accounts.push_back({wealth * (3.0 * uniform(rng) - 1.5), wealth, wealth * 5.0 * uniform(rng)});
        }
        charged.assign(accounts.size(), 0.0);
        for (std::size_t i = 0; i < members; ++i) {
            institutions.push_back({.free_capital = uniform(rng) < 0.2 ? 0.0 : std::exp(6.0 * uniform(rng))});
        }
    }

    LossBearers bearers() {
        return {{[this]() -> const std::vector<AccountClaim>& { return accounts; },
                 [this](const std::vector<double>& payment) {
                     for (std::size_t i = 0; i < payment.size(); ++i) {
                         CHECK(payment[i] >= 0.0);
                         charged[i] += payment[i];
                         accounts[i].wealth -= payment[i];
                     }
                 }},
                &institutions};
    }

    Loss loss(double amount) {
        std::uniform_real_distribution<double> uniform;
        Loss result;
        result.amount = amount;
        const auto split = [&](std::size_t n) {
            std::vector<double> parts(n);
            for (double& part : parts) part = uniform(rng) < 0.3 ? 0.0 : uniform(rng);
            parts[rng() % n] += 0.1;
            const double sum = std::accumulate(parts.begin(), parts.end(), 0.0);
            for (double& part : parts) part *= amount / sum;
            return parts;
        };
        result.by_asset = split(assets);
        result.by_cohort = split(cohorts);
        return result;
    }

    double money() const {
        double sum = 0.0;
        for (const AccountClaim& account : accounts) sum += account.wealth;
        for (const InstitutionState& institution : institutions) sum += institution.free_capital;
        return sum;
    }
};

LayerStart start() { return {assets, {4.0, 0.0, 20.0}, {1, no_cohort, 3}}; }

double sum_of(const std::vector<double>& parts) { return std::accumulate(parts.begin(), parts.end(), 0.0); }

void check_parts(const Loss& loss) {
    CHECK(sum_of(loss.by_asset) == doctest::Approx(loss.amount).epsilon(1e-9).scale(1.0));
    CHECK(sum_of(loss.by_cohort) == doctest::Approx(loss.amount).epsilon(1e-9).scale(1.0));
    for (const double part : loss.by_asset) CHECK(part >= -1e-9);
    for (const double part : loss.by_cohort) CHECK(part >= -1e-9);
}

double metered(const LossMetrics& metrics) {
    return metrics.fund_used + metrics.venue_capital_used + metrics.default_fund_used + metrics.assessments +
           metrics.socialized_loss;
}

WaterfallChoice random_layer(std::mt19937_64& rng) {
    std::uniform_real_distribution<double> uniform;
    const double balance = uniform(rng) < 0.2 ? 0.0 : std::exp(6.0 * uniform(rng));
    switch (rng() % 6) {
    case 0:
        return InsuranceFund::Params{balance};
    case 1:
        return InsuranceFund::Params{.balance = balance, .segregated = true, .shares = {{0.5, 0.0, 0.5}}};
    case 2:
        return VenueCapital::Params{balance};
    case 3: {
        DefaultFund::Params fund;
        fund.assessment = 3.0 * uniform(rng);
        return fund;
    }
    case 4:
        return SocializedLoss::Params{static_cast<SocializedBase>(rng() % 3)};
    default:
        return AutoDeleveraging::Params{};
    }
}

} // namespace

TEST_CASE("waterfall: every layer takes off the loss what it and its payers are poorer by") {
    for_each_model(WaterfallModels{}, []<class Layer>() {
        INFO("layer: " << test::name_of<Layer>());
        std::mt19937_64 rng(1);
        std::uniform_real_distribution<double> uniform;
        for (int trial = 0; trial < 500; ++trial) {
            CAPTURE(trial);
            Venue venue(rng);
            Layer layer(test::Fixture<Layer>::params(), start());
            const double before = layer.balance() + venue.money();
            Loss loss = venue.loss(std::exp(8.0 * uniform(rng) - 1.0));
            const double amount = loss.amount;
            LossBearers bearers = venue.bearers();
            LossMetrics metrics;
            layer.pay(loss, bearers, metrics);
            CHECK(loss.amount >= 0.0);
            CHECK(loss.amount <= amount);
            CHECK(before - layer.balance() - venue.money() == doctest::Approx(amount - loss.amount).epsilon(1e-9));
            CHECK(metered(metrics) == doctest::Approx(amount - loss.amount).epsilon(1e-9));
            check_parts(loss);
        }
    });
}

TEST_CASE("waterfall: what a layer says it could pay is what it pays of a loss large enough") {
    for_each_model(WaterfallModels{}, []<class Layer>() {
        INFO("layer: " << test::name_of<Layer>());
        std::mt19937_64 rng(2);
        for (int trial = 0; trial < 200; ++trial) {
            CAPTURE(trial);
            Venue venue(rng);
            Layer layer(test::Fixture<Layer>::params(), start());
            Loss loss = venue.loss(1e7);
            Loss rest = loss;
            LossBearers bearers = venue.bearers();
            LossMetrics metrics;
            const double payable = layer.payable(rest, bearers);
            layer.pay(loss, bearers, metrics);
            CHECK(1e7 - loss.amount == doctest::Approx(payable).epsilon(1e-9));
            CHECK(rest.amount == doctest::Approx(loss.amount).epsilon(1e-9));
            check_parts(rest);
        }
    });
}

TEST_CASE("waterfall: no loss, no payment") {
    for_each_model(WaterfallModels{}, []<class Layer>() {
        INFO("layer: " << test::name_of<Layer>());
        std::mt19937_64 rng(3);
        Venue venue(rng);
        Layer layer(test::Fixture<Layer>::params(), start());
        const double before = layer.balance() + venue.money();
        Loss loss;
        loss.by_asset.assign(assets, 0.0);
        loss.by_cohort.assign(cohorts, 0.0);
        LossBearers bearers = venue.bearers();
        LossMetrics metrics;
        layer.pay(loss, bearers, metrics);
        CHECK(layer.balance() + venue.money() == before);
        CHECK(metered(metrics) == 0.0);
        CHECK(metrics.member_defaults == 0);
    });
}

TEST_CASE("waterfall: random layers in random order pay exactly the shortfall, in order, and nobody more than it has") {
    std::mt19937_64 rng(4);
    std::uniform_real_distribution<double> uniform;
    std::size_t uncovered = 0;
    std::size_t covered_by_later = 0;
    for (int trial = 0; trial < 5'000; ++trial) {
        CAPTURE(trial);
        std::vector<WaterfallChoice> layers;
        for (std::size_t i = rng() % 7; i > 0; --i) layers.push_back(random_layer(rng));
        Waterfall waterfall(layers);
        waterfall.bind(std::vector<LayerStart>(layers.size(), start()));
        waterfall.begin_world();
        Venue venue(rng);
        LossMetrics metrics;
        for (int round = 0; round < 3; ++round) {
            Loss loss = venue.loss(std::exp(8.0 * uniform(rng) - 1.0));
            const double amount = loss.amount;
            loss.dust = 1e-12 * amount;
            std::vector<double> paid_before;
            for (std::size_t i = 0; i < layers.size(); ++i) paid_before.push_back(waterfall.paid(i));
            const double money_before = waterfall.balance() + venue.money();
            LossBearers bearers = venue.bearers();
            waterfall.absorb(loss, bearers, metrics);
            // The shortfall is what everybody together is poorer by; the rest is nobody's.
            CHECK(money_before - waterfall.balance() - venue.money() ==
                  doctest::Approx(amount - loss.amount).epsilon(1e-9));
            double paid = 0.0;
            std::size_t last = 0;
            for (std::size_t i = 0; i < layers.size(); ++i) {
                CHECK(waterfall.paid(i) >= paid_before[i]);
                if (waterfall.paid(i) > paid_before[i]) last = i;
                paid += waterfall.paid(i) - paid_before[i];
            }
            CHECK(paid == doctest::Approx(amount - loss.amount).epsilon(1e-9));
            // In order: a pot for any loss before the last payer is empty.
            for (std::size_t i = 0; i < last; ++i) {
                const auto* fund = layers[i].get_if<InsuranceFund::Params>();
                const bool plain = fund != nullptr && !fund->segregated;
                if (plain) CHECK(waterfall.paid(i) == doctest::Approx(fund->balance).epsilon(1e-9));
                const auto* capital = layers[i].get_if<VenueCapital::Params>();
                if (capital != nullptr) CHECK(waterfall.paid(i) == doctest::Approx(capital->balance).epsilon(1e-9));
            }
            covered_by_later += last > 0 && loss.is_paid() ? 1 : 0;
            uncovered += loss.is_paid() ? 0 : 1;
            for (const AccountClaim& account : venue.accounts) CHECK(account.wealth >= -1e-9);
            for (const InstitutionState& member : venue.institutions) CHECK(member.free_capital >= 0.0);
        }
        for (std::size_t i = 0; i < layers.size(); ++i) { // no layer beyond its cap
            const double most = initial_balance(layers[i]);
            if (layers[i].holds<InsuranceFund::Params>() || layers[i].holds<VenueCapital::Params>()) {
                CHECK(waterfall.paid(i) <= most * (1.0 + 1e-9));
            }
            if (const auto* fund = layers[i].get_if<DefaultFund::Params>()) {
                CHECK(waterfall.paid(i) <= 24.0 * (1.0 + fund->assessment) * (1.0 + 1e-9));
            }
        }
        CHECK(metered(metrics) ==
              doctest::Approx(std::accumulate(layers.begin(), layers.end(), 0.0,
                                              [&, i = std::size_t{0}](double sum, const auto&) mutable {
                                                  return sum + waterfall.paid(i++);
                                              }))
                  .epsilon(1e-9));
    }
    CHECK(uncovered > 1000);
    CHECK(covered_by_later > 1000);
}

TEST_CASE("waterfall: a segregated fund pays for no other asset, and income goes to the asset that it came from") {
    InsuranceFund fund({.balance = 30.0, .segregated = true, .shares = {{0.5, 0.5, 0.0}}}, start());
    Loss loss;
    loss.amount = 40.0;
    loss.by_asset = {5.0, 25.0, 10.0};
    loss.by_cohort = {40.0, 0.0, 0.0, 0.0};
    LossBearers bearers;
    LossMetrics metrics;
    fund.pay(loss, bearers, metrics);
    CHECK(metrics.fund_used == doctest::Approx(20.0)); // 5 of 15 and all of 15
    CHECK(loss.by_asset[1] == doctest::Approx(10.0));
    CHECK(loss.by_cohort[0] == doctest::Approx(20.0));
    fund.credit({7.0, {0.0, 0.0, 7.0}});
    fund.pay(loss, bearers, metrics);
    CHECK(loss.by_asset[2] == doctest::Approx(3.0));
    CHECK(loss.amount == doctest::Approx(13.0));
}

} // namespace plunge
