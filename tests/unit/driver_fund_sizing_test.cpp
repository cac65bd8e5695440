// Sizing an insurance fund: critical funds against runs with other sizes, feedback, precision, threads.
#include "sim/driver/fund_sizing.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"
#include "sim/driver/run.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

Scenario busy(const std::vector<std::string>& overrides = {}) {
    return load_scenario((scenario_test::source_folder() / "tests/scenarios/busy.toml").string(), overrides).scenario;
}

SizingOptions options_for(double survive, std::uint64_t worlds, FundEvent event = FundEvent::adl) {
    SizingOptions options;
    options.question.event = event;
    options.survive = survive;
    options.worlds = options.max_worlds = worlds;
    options.threads = 2;
    return options;
}

bool survives(const Scenario& scenario, const FundQuestion& question, std::uint64_t world, double fund) {
    const Market market(with_fund(scenario, question.venue, fund));
    WorldEngine engine(market);
    WorldResult result;
    engine.run(world, result);
    return !happened(question.event, result.venues[question.venue]);
}

// Each world survives its critical fund and not a slightly smaller one.
void check_critical_funds(const Scenario& scenario, const SizedFund& sizing, double tolerance) {
    std::size_t positive = 0;
    for (std::size_t w = 0; w < sizing.critical.size(); ++w) {
        const double critical = sizing.critical[w];
        CAPTURE(w);
        CAPTURE(critical);
        if (std::isinf(critical)) {
            CHECK(!survives(scenario, sizing.options.question, w, sizing.ample));
            continue;
        }
        CHECK(survives(scenario, sizing.options.question, w, critical * (1.0 + 1e-7)));
        if (critical == 0.0) continue;
        CHECK(!survives(scenario, sizing.options.question, w, critical * (1.0 - tolerance)));
        ++positive;
    }
    CHECK(positive >= 10);
}

} // namespace

TEST_CASE("with_fund: changes the opening balance of one venue's funds, in proportion, and records nothing") {
    Scenario scenario = busy();
    scenario.venues[0].waterfall.emplace_back(InsuranceFund::Params{6e4, true, {{0.25, 0.75}}});
    const Scenario changed = with_fund(scenario, 0, 8e5);
    CHECK(changed.venues[0].waterfall[0].get<InsuranceFund::Params>().balance == doctest::Approx(2e5));
    CHECK(changed.venues[0].waterfall.back().get<InsuranceFund::Params>().balance == doctest::Approx(6e5));
    CHECK(changed.venues[0].waterfall.back().get<InsuranceFund::Params>().shares[1] == 0.75);
    CHECK(changed.record.traces.empty());
    CHECK(!changed.record.cascades);
    // Empty funds share alike.
    const Scenario from_nothing = with_fund(with_fund(scenario, 0, 0.0), 0, 100.0);
    CHECK(initial_fund_balance(from_nothing.venues[0].waterfall) == doctest::Approx(100.0));
    scenario.venues[0].waterfall = {VenueCapital::Params{1.0}};
    CHECK_THROWS_AS(with_fund(scenario, 0, 1.0), std::invalid_argument);
}

TEST_CASE("draw_is_critical: only where nothing looks at the fund before it is empty") {
    const FundQuestion adl{0, FundEvent::adl};
    const FundQuestion uncovered{0, FundEvent::uncovered};
    const FundQuestion socialized{0, FundEvent::socialized};
    Scenario scenario = busy();
    CHECK(draw_is_critical(scenario, adl));
    CHECK(!draw_is_critical(scenario, socialized)); // adl acts before
    CHECK(!draw_is_critical(scenario, uncovered));
    auto& layers = scenario.venues[0].waterfall;
    const auto fund = layers[0];
    layers = {VenueCapital::Params{1e4}, fund};
    CHECK(draw_is_critical(scenario, uncovered));
    layers = {fund, SocializedLoss::Params{}};
    CHECK(draw_is_critical(scenario, socialized));
    CHECK(!draw_is_critical(scenario, uncovered));
    layers = {fund, VenueCapital::Params{1e4}};
    CHECK(!draw_is_critical(scenario, uncovered));
    layers = {SocializedLoss::Params{}, fund};
    CHECK(!draw_is_critical(scenario, socialized)); // the fund comes too late
    layers = {InsuranceFund::Params{1e4, true, {}}};
    CHECK(!draw_is_critical(scenario, uncovered));
    layers = {fund};
    scenario.venues[0].margin_common.dynamic = DynamicMargin{.interval_seconds = 3600.0, .depletion = 1.0};
    CHECK(!draw_is_critical(scenario, uncovered));
}

TEST_CASE("size_fund: every world survives its critical fund and no smaller one; the answer is their quantile") {
    const Scenario scenario = busy();
    const SizedFund sizing = size_fund(scenario, options_for(0.8, 40));
    REQUIRE(sizing.critical.size() == 40);
    CHECK(sizing.draw_is_critical);
    CHECK(sizing.searched == 0);
    check_critical_funds(scenario, sizing, 1e-6);
    CHECK(sizing.answer.value.point == sizing.sorted()[31]);
    REQUIRE(sizing.checks.size() == 3);
    for (const FundCheck& check : sizing.checks) {
        CHECK(check.agrees());
        CHECK(check.differing.empty());
        CHECK(check.run > 0);
    }
    CHECK(sizing.checks[0].counted == 8); // of 40, at the fund that 80 % survive
    CHECK(sizing.counted.empty());
    // The scenario's own run says which worlds had the event.
    REQUIRE(sizing.naive);
    const RunResult run = run_worlds(Market(busy({"run.worlds=40"})),
                                     {.threads = 2, .engine = {}, .stop = nullptr, .progress = {}});
    std::uint64_t events = 0;
    for (std::size_t w = 0; w < 40; ++w) {
        const bool adl = run.worlds[w].venues[0].adl_notional > 0.0;
        CHECK(adl == (sizing.critical[w] > 2e4));
        events += adl ? 1U : 0U;
    }
    CHECK(sizing.naive->events == events);
    CHECK(sizing.naive->predicted == events);
}

TEST_CASE("size_fund: the search finds what the draw says, and more where pots are apart or other layers act first") {
    SUBCASE("the search agrees with the draw") {
        const Scenario scenario = busy();
        const SizedFund sizing = size_fund(scenario, options_for(0.8, 12));
        for (std::size_t w = 0; w < sizing.critical.size(); ++w) {
            if (sizing.critical[w] == 0.0) continue;
            for (const double guess : {sizing.critical[w], 0.3 * sizing.critical[w], 7.0 * sizing.critical[w], 0.0}) {
                const double found = search_critical_fund(scenario, sizing.options.question, w, guess, sizing.ample);
                CHECK(found == doctest::Approx(sizing.critical[w]).epsilon(2.0 * search_tolerance));
            }
        }
    }
    SUBCASE("segregated pots need more together than one pot") {
        const SizedFund one = size_fund(busy(), options_for(0.8, 24));
        const Scenario apart = busy({"venue.waterfall.insurance_fund.segregated=true"});
        const SizedFund sizing = size_fund(apart, options_for(0.8, 24));
        CHECK(!sizing.draw_is_critical);
        CHECK(sizing.searched > 0);
        check_critical_funds(apart, sizing, 2.0 * search_tolerance);
        for (std::size_t w = 0; w < 24; ++w)
            CHECK(sizing.critical[w] >= one.critical[w] * (1.0 - 2.0 * search_tolerance));
        CHECK(sizing.answer.value.point > one.answer.value.point);
    }
    SUBCASE("a fund is not missed where winners can take the loss") {
        const Scenario scenario = busy();
        const SizedFund adl = size_fund(scenario, options_for(0.8, 24));
        const SizedFund socialized = size_fund(scenario, options_for(0.8, 24, FundEvent::socialized));
        for (std::size_t w = 0; w < 24; ++w)
            CHECK(socialized.critical[w] <= adl.critical[w] * (1.0 + 2.0 * search_tolerance));
    }
}

TEST_CASE("size_fund: where margins rise as the fund is used up, counted runs have the last word") {
    // Of sixty worlds, one at least survives a fund and not a larger one.
    const Scenario scenario = busy(
        {"venue.margin.dynamic={ interval = \"10min\", depletion = 4.0, max = 4.0, volatility = 0.0 }", "run.seed=2",
         "run.population=shared"});
    const SizedFund sizing = size_fund(scenario, options_for(0.5, 60));
    CHECK(!sizing.draw_is_critical);
    CHECK(sizing.searched > 0);
    CHECK(std::any_of(sizing.checks.begin(), sizing.checks.end(),
                      [](const FundCheck& check) { return !check.agrees() && !check.differing.empty(); }));
    const double fund = sizing.answer.value.point;
    REQUIRE(!sizing.counted.empty());
    CHECK(std::is_sorted(sizing.counted.begin(), sizing.counted.end(),
                         [](const CountedFund& a, const CountedFund& b) { return a.fund < b.fund; }));
    double below = 0.0; // the next smaller fund that was run
    std::uint64_t events_below = 0;
    for (const CountedFund& counted : sizing.counted) {
        if (counted.fund >= fund) CHECK(counted.events <= 30);
        if (counted.fund < fund) below = counted.fund;
        if (counted.fund < fund) events_below = counted.events;
    }
    CHECK(events_below > 30);
    CHECK(fund <= 1.01 * below);
    CHECK(sizing.answer.value.low < fund);
    CHECK(fund < sizing.answer.value.high);
    // What was counted is what a run gives.
    std::uint64_t events = 0;
    for (std::uint64_t w = 0; w < 60; ++w) events += survives(scenario, sizing.options.question, w, fund) ? 0U : 1U;
    CHECK(events <= 30);
}

TEST_CASE("size_fund: an event that no fund prevents needs an infinite one") {
    // Socialized losses come first: what the fund holds makes no difference to them.
    Scenario scenario = busy();
    std::swap(scenario.venues[0].waterfall[0], scenario.venues[0].waterfall[2]);
    const SizedFund sizing = size_fund(scenario, options_for(0.8, 24, FundEvent::socialized));
    const auto never = std::count(sizing.critical.begin(), sizing.critical.end(),
                                  std::numeric_limits<double>::infinity());
    CHECK(never > 0);
    for (const double critical : sizing.critical) CHECK((critical == 0.0 || std::isinf(critical)));
}

TEST_CASE("size_fund: the same at any number of threads, and a larger sizing continues a smaller one") {
    const Scenario scenario = busy();
    SizingOptions options = options_for(0.8, 24);
    options.threads = 1;
    const SizedFund one = size_fund(scenario, options);
    options.threads = 3;
    options.worlds = options.max_worlds = 48;
    const SizedFund three = size_fund(scenario, options);
    for (std::size_t w = 0; w < 24; ++w) CHECK(one.critical[w] == three.critical[w]);
}

TEST_CASE("size_fund: worlds are doubled until the interval is narrow enough or there are too many") {
    const Scenario scenario = busy();
    SizingOptions options = options_for(0.5, 16);
    options.verify = false;
    options.max_worlds = 100;
    options.precision = 0.9;
    const SizedFund wide = size_fund(scenario, options);
    CHECK(wide.precise);
    CHECK(wide.critical.size() < 100);
    CHECK((wide.critical.size() & (wide.critical.size() - 1)) == 0); // 16, 32 or 64
    options.precision = 0.001;
    const SizedFund all = size_fund(scenario, options);
    CHECK(!all.precise);
    CHECK(all.critical.size() == 100);
    for (std::size_t w = 0; w < wide.critical.size(); ++w) CHECK(wide.critical[w] == all.critical[w]);
}

TEST_CASE("size_fund: only the worlds next to a fund are run again where so many are asked for") {
    const Scenario scenario = busy();
    SizingOptions options = options_for(0.8, 40);
    options.verify_worlds = 6;
    const SizedFund sizing = size_fund(scenario, options);
    for (const FundCheck& check : sizing.checks) {
        CHECK(check.run == 6);
        CHECK(check.agrees());
    }
    CHECK(sizing.checks[0].counted == 3); // as many on either side
    CHECK(sizing.naive->worlds == 6);
}

TEST_CASE("size_fund: stopped, it says what it has") {
    std::atomic<bool> stop{true};
    SizingOptions options = options_for(0.8, 40);
    options.stop = &stop;
    const SizedFund nothing = size_fund(busy(), options);
    CHECK(nothing.interrupted);
    CHECK(nothing.critical.empty());
    stop = false;
    options.progress = [&](std::string_view stage, std::uint64_t done, std::uint64_t /*all*/) {
        if (stage == "with an ample fund" && done >= 10) stop = true;
    };
    const SizedFund some = size_fund(busy(), options);
    CHECK(some.interrupted);
    CHECK(some.critical.size() >= 10);
    CHECK(some.critical.size() < 40);
    CHECK(some.answer.count == some.critical.size());
    CHECK(some.checks.empty());
}

TEST_CASE("size_fund: the curve counts the event with every fund, as runs of their own do") {
    const Scenario scenario = busy();
    SizingOptions options = options_for(0.8, 60);
    options.curve = true;
    const SizedFund sizing = size_fund(scenario, options);
    REQUIRE(sizing.curve.size() >= 5);
    CHECK(sizing.curve.front().fund == 0.0);
    for (std::size_t i = 0; i < sizing.curve.size(); ++i) {
        const FundCurvePoint& point = sizing.curve[i];
        CAPTURE(point.fund);
        std::uint64_t events = 0;
        double amount = 0.0;
        const Market market(with_fund(scenario, 0, point.fund * (1.0 + 1e-7)));
        WorldEngine engine(market);
        WorldResult result;
        for (std::uint64_t world = 0; world < 60; ++world) {
            engine.run(world, result);
            events += result.venues[0].adl_notional > 0.0 ? 1U : 0U;
            amount += result.venues[0].adl_notional / 60.0;
        }
        CHECK(point.event.count == events);
        CHECK(point.amount == doctest::Approx(amount));
        CHECK(point.event.low <= point.event.probability);
        CHECK(point.event.probability <= point.event.high);
        if (i + 1 == sizing.curve.size()) {
            CHECK(std::isnan(point.event_fall));
            continue;
        }
        const FundCurvePoint& next = sizing.curve[i + 1];
        CHECK(next.fund > point.fund);
        CHECK(point.event_fall ==
              doctest::Approx((point.event.probability - next.event.probability) / (next.fund - point.fund)));
        CHECK(point.amount_fall == doctest::Approx((point.amount - next.amount) / (next.fund - point.fund)));
    }
}
