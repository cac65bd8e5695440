// Scripted shocks and replayed history.

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/price/price_model.hpp"
#include "models/price/replay.hpp"
#include "models/price/shock.hpp"

namespace plunge {
namespace {

Shock shock_at(double at_seconds, double over_seconds) {
    Shock shock;
    shock.at_seconds = at_seconds;
    shock.over_seconds = over_seconds;
    return shock;
}

// Two assets at uneven times; the second doubles over the first minute, then halves over two.
Replay::Params history() {
    Replay::Params params;
    params.table.seconds = {1000.0, 1060.0, 1180.0};
    params.table.closes = {100.0, 10.0, 110.0, 20.0, 99.0, 10.0};
    params.start_seconds = 1000.0;
    return params;
}

// [2 assets x steps]
std::vector<double> returns(const Replay& replay, std::size_t first_step, std::size_t steps) {
    std::vector<double> out(2 * steps);
    Innovations innovations;
    const PathBranch world{1, 2};
    innovations.begin(replay.drivers(), {.seed = 1}, {&world, 1});
    Replay::State state;
    replay.start(state);
    go_forward(replay, state, innovations, first_step, steps, out.data(), steps);
    return out;
}

} // namespace

TEST_CASE("shock: at once where no duration is given") {
    const Shock shock = shock_at(100.0, 0.0);
    CHECK(shock.share_at(99.999) == 0.0);
    CHECK(shock.share_at(100.0) == 1.0);
    CHECK(shock.share_at(1e9) == 1.0);
}

TEST_CASE("shock: builds up linearly in log price") {
    const Shock shock = shock_at(100.0, 50.0);
    CHECK(shock.share_at(100.0) == 0.0);
    CHECK(shock.share_at(125.0) == 0.5);
    CHECK(shock.share_at(150.0) == 1.0);
    CHECK(shock.share_at(151.0) == 1.0);
}

TEST_CASE("shock: a share recovers from the end of the shock on, and no more") {
    Shock shock = shock_at(100.0, 50.0);
    shock.recover = Recovery{.share = 0.4, .over_seconds = 200.0};
    CHECK(shock.share_at(150.0) == 1.0);
    CHECK(shock.share_at(250.0) == doctest::Approx(0.8));
    CHECK(shock.share_at(350.0) == doctest::Approx(0.6));
    CHECK(shock.share_at(1e6) == doctest::Approx(0.6));
    shock.over_seconds = 0.0;
    CHECK(shock.share_at(100.0) == 1.0);
    CHECK(shock.share_at(200.0) == doctest::Approx(0.8));
    shock.recover->share = 1.0;
    CHECK(shock.share_at(300.0) == 0.0);
}

TEST_CASE("shock: simple and log returns say the same move") {
    Shock simple;
    simple.simple_return.values = {-0.13, 0.0, 0.5};
    CHECK(simple.log_move(0) == doctest::Approx(std::log(0.87)).epsilon(1e-15));
    CHECK(simple.log_move(1) == 0.0);
    CHECK(simple.log_move(2) == doctest::Approx(std::log(1.5)).epsilon(1e-15));
    Shock logarithmic;
    logarithmic.log_return.values = {-0.25, 0.0, 0.1};
    CHECK(logarithmic.log_move(0) == -0.25);
    CHECK(logarithmic.log_move(2) == 0.1);
    CHECK(Shock{}.log_move(0) == 0.0);
}

TEST_CASE("replay: passes through the file's closes") {
    const Replay replay(history(), 2, 60.0);
    const std::vector<double> r = returns(replay, 0, 3);
    CHECK(r[0] == doctest::Approx(std::log(1.1)).epsilon(1e-13));
    CHECK(r[3] == doctest::Approx(std::log(2.0)).epsilon(1e-13));
    CHECK(r[0] + r[1] + r[2] == doctest::Approx(std::log(0.99)).epsilon(1e-12));
    CHECK(r[3] + r[4] + r[5] == doctest::Approx(0.0).epsilon(1e-13));
}

TEST_CASE("replay: linear in log price between the file's times") {
    const Replay replay(history(), 2, 30.0);
    const std::vector<double> r = returns(replay, 0, 6);
    for (std::size_t t = 0; t < 6; ++t) {
        CAPTURE(t);
        CHECK(r[t] == doctest::Approx(t < 2 ? std::log(1.1) / 2.0 : std::log(0.9) / 4.0).epsilon(1e-12));
        CHECK(r[6 + t] == doctest::Approx(t < 2 ? std::log(2.0) / 2.0 : -std::log(2.0) / 4.0).epsilon(1e-12));
    }
}

TEST_CASE("replay: starts where it is told, also between two rows") {
    Replay::Params params = history();
    params.start_seconds = 1030.0;
    const Replay replay(params, 2, 60.0);
    const std::vector<double> r = returns(replay, 0, 1);
    CHECK(r[0] == doctest::Approx(std::log(1.1) / 2.0 + std::log(0.9) / 4.0).epsilon(1e-12));
    CHECK(r[1] == doctest::Approx(std::log(2.0) / 2.0 - std::log(2.0) / 4.0).epsilon(1e-12));
    CHECK(replay.steps_covered() == 2);
}

TEST_CASE("replay: counts the steps that the file covers, and stands still beyond its end") {
    CHECK(Replay(history(), 2, 60.0).steps_covered() == 3);
    CHECK(Replay(history(), 2, 0.1).steps_covered() == 1800);
    CHECK(Replay(history(), 2, 7.0).steps_covered() == 25);
    CHECK(Replay(history(), 2, 181.0).steps_covered() == 0);
    const std::vector<double> r = returns(Replay(history(), 2, 60.0), 8, 4);
    CHECK(r == std::vector<double>(8, 0.0));
}

TEST_CASE("replay: volatility is the one given, or the realised one of the file") {
    Replay::Params params = history();
    const Replay measured(params, 2, 60.0);
    const double variance = (std::log(1.1) * std::log(1.1) + std::log(0.9) * std::log(0.9)) / 180.0 * seconds_per_year;
    CHECK(measured.total_volatility(0) == doctest::Approx(std::sqrt(variance)).epsilon(1e-12));
    params.volatility.values = {0.7, 0.9};
    CHECK(Replay(params, 2, 60.0).total_volatility(1) == 0.9);
}

} // namespace plunge
