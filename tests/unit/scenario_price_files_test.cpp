// Files of prices: each is read as what it is, or refused.
#include <cmath>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "models/margin/portfolio_es.hpp"
#include "models/price/replay.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::mistakes;
using scenario_test::parse;
using scenario_test::with;

namespace {

InputReader price_file(const std::string& text) {
    return [text](const std::string& /*path*/) { return text; };
}

// One asset that starts at 100,000, an hour of minutes.
std::string replay_scenario(const std::string& more = "") {
    std::string text = with("[[asset]]\nsymbol = \"ETH\"\nprice = 4_000\ndaily_volume = 5e8\n", "");
    text = with("step = \"30s\"", "step = \"1min\"", text);
    return with("model = \"gbm\"\nvolatility = 0.6", "model = \"replay\"\nfile = \"prices.csv\"\n" + more, text);
}

// A fall by a quarter in an hour, a row each minute; `time` writes the moment.
template <class Time> std::string falling(const Time& time) {
    std::string csv = "time,BTC\n";
    for (int row = 0; row <= 60; ++row)
        csv += fmt::format("{},{}\n", time(1'760'130'900LL + 60 * row), 120'000 - 500 * row);
    return csv;
}

double last_return(const LoadedScenario& loaded) {
    const auto& prices = loaded.scenario.prices.get<Replay::Params>();
    return prices.table.closes.back() / prices.table.closes.front() - 1.0;
}

bool tells(const LoadedScenario& loaded, const std::string& part) {
    for (const std::string& line : loaded.told)
        if (line.find(part) != std::string::npos) return true;
    return false;
}

} // namespace

TEST_CASE("price files: seconds, milli-, micro- and nanoseconds are the same fall in the same hour") {
    for (const long long per_second : {1LL, 1000LL, 1'000'000LL, 1'000'000'000LL}) {
        CAPTURE(per_second);
        const LoadedScenario loaded = parse(replay_scenario(), {},
                                            price_file(falling([&](long long s) { return s * per_second; })));
        const auto& table = loaded.scenario.prices.get<Replay::Params>().table;
        CHECK(table.seconds.front() == 1'760'130'900.0);
        CHECK(table.seconds.back() == 1'760'134'500.0);
        CHECK(last_return(loaded) == doctest::Approx(-0.25));
        CHECK(tells(loaded, "prices.csv: 61 rows, 2025-10-10T21:15:00Z to 2025-10-10T22:15:00Z, 1min apart; begins "
                            "2025-10-10T21:15:00Z at BTC 120000 (the scenario's 100000)"));
    }
}

TEST_CASE("price files: a file of one form of times does not change to another") {
    const auto found = mistakes(replay_scenario(), {},
                                price_file(falling([](long long s) { return s < 1'760'131'000 ? s : s * 1000; })));
    REQUIRE(!found.empty());
    CHECK(found[0].format() ==
          "prices.csv:4:1: error: time = 1760131020000: this is milliseconds since 1970, the rows above are seconds "
          "since 1970: a file has one form of times");
}

TEST_CASE("price files: times that no unit puts between 1980 and 2100 are refused with their place") {
    const auto found = mistakes(replay_scenario(), {}, price_file("time,BTC\n0,1\n60,2\n"));
    REQUIRE(found.size() == 2);
    CHECK(found[0].line == 2);
    CHECK(found[0].message.find("no time between 1980 and 2100") != std::string::npos);
}

TEST_CASE("price files: rows that begin with a hash are an error, below the first line") {
    const std::string csv = falling([](long long s) { return s; });
    CHECK(parse(replay_scenario(), {}, price_file("# from an exchange\n" + csv)).told.size() == 1);
    const auto found = mistakes(replay_scenario(), {}, price_file(csv + "#1760134560,90000\n"));
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 63);
    CHECK(found[0].message.find("only the first line may be a comment") != std::string::npos);
}

TEST_CASE("price files: a gap is an error that names both times, unless max_gap allows it") {
    std::string csv = "time,BTC\n";
    for (int row = 0; row <= 60; ++row) {
        if (row < 20 || row > 50) csv += fmt::format("{},{}\n", 1'760'130'900 + 60 * row, 120'000 - 500 * row);
    }
    const auto found = mistakes(replay_scenario(), {}, price_file(csv));
    REQUIRE(found.size() == 1);
    CHECK(found[0].key == "prices.file");
    CHECK(found[0].message ==
          "no row between 2025-10-10T21:34:00Z and 2025-10-10T22:06:00Z: 32min, where rows are 1min "
          "apart\nprices would be a straight line there; add the missing rows, or allow it with "
          "max_gap = \"32min\"");
    CHECK(mistakes(replay_scenario("max_gap = \"31min\""), {}, price_file(csv)).size() == 1);
    const LoadedScenario allowed = parse(replay_scenario("max_gap = \"32min\""), {}, price_file(csv));
    CHECK(tells(allowed, "largest gap 32min after 2025-10-10T21:34:00Z"));
    // A gap that the run does not cross is no mistake.
    CHECK(mistakes(with("horizon = \"1h\"", "horizon = \"9min\"", replay_scenario("start = \"2025-10-10T22:06:00Z\"")),
                   {}, price_file(csv))
              .empty());
}

namespace {

// Four days of bars, the third of which falls from 7,935 to 4,800.
std::string bars(bool with_open, bool with_close, const std::string& time = "open_time") {
    std::string csv = with_open ? time + ",open,BTC" : "open,BTC";
    csv += with_close ? ",close_time\n" : "\n";
    const double closes[] = {8000, 7935, 4800, 5575, 5165};
    for (int day = 0; day < 5; ++day) {
        if (with_open) csv += fmt::format("2020-03-{} 00:00:00+00:00,", 10 + day);
        csv += fmt::format("{},{}", day == 0 ? 7900 : closes[day - 1], closes[day]);
        csv += with_close ? fmt::format(",{}\n", 1'583'884'799'999LL + 86'400'000LL * day) : "\n";
    }
    return csv;
}

double day_of_the_fall(const std::string& csv, const std::string& more = "") {
    std::string text = replay_scenario("start = \"2020-03-12\"\n" + more);
    text = with("horizon = \"1h\"", "horizon = \"1d\"", text);
    const LoadedScenario loaded = parse(text, {}, price_file(csv));
    const auto& params = loaded.scenario.prices.get<Replay::Params>();
    const Replay process(params, 1, 60.0);
    Replay::State state;
    std::vector<double> out(1440);
    InnovationBlock block;
    block.first_step = 0;
    block.steps = 1440;
    process.returns(state, block, out.data(), 1440);
    double sum = 0.0;
    for (const double step : out) sum += step;
    return std::exp(sum) - 1.0;
}

} // namespace

TEST_CASE("price files: a close stands where its bar closes, by close_time or a bar after open_time") {
    const double fall = 4800.0 / 7935.0 - 1.0; // on the day that opens at the start
    CHECK(day_of_the_fall(bars(true, true)) == doctest::Approx(fall).epsilon(1e-6)); // closes are a millisecond early
    CHECK(day_of_the_fall(bars(false, true)) == doctest::Approx(fall).epsilon(1e-6));
    CHECK(day_of_the_fall(bars(true, false)) == doctest::Approx(fall));
    CHECK(day_of_the_fall(bars(true, false, "timestamp"), "bar_time = \"open\"") == doctest::Approx(fall));
    // The same rows, if the time were the close's.
    CHECK(day_of_the_fall(bars(true, false, "timestamp"), "bar_time = \"close\"") ==
          doctest::Approx(5575.0 / 4800.0 - 1.0));
}

TEST_CASE("price files: bars whose time may be either are refused until the scenario says which") {
    const std::string text = with("horizon = \"1h\"", "horizon = \"1d\"", replay_scenario());
    const auto found = mistakes(text, {}, price_file(bars(true, false, "timestamp")));
    REQUIRE(found.size() == 1);
    CHECK(found[0].message.find("bar_time = \"open\" or \"close\"") != std::string::npos);
    const auto told = parse(text, {}, price_file(bars(true, false))).told;
    REQUIRE(told.size() == 1);
    CHECK(told[0].find("closes stand 1d after \"open_time\"") != std::string::npos);
    CHECK(told[0].find("rows are further apart than steps of 1min") != std::string::npos);
}

TEST_CASE("price files: columns are found by aliases, and their prices scaled") {
    const std::string text = with("symbol = \"BTC\"", "symbol = \"BTC\"\naliases = { kBTC = 1000 }", replay_scenario());
    const LoadedScenario loaded = parse(text, {},
                                        price_file(with("BTC", "kBTC", falling([](long long s) { return s; }))));
    CHECK(loaded.scenario.prices.get<Replay::Params>().table.closes.front() == 120.0);
    const auto found = mistakes(text, {}, price_file("time,BTC,kBTC\n1760130900,1,1\n"));
    REQUIRE(found.size() == 1);
    CHECK(found[0].message == "column \"BTC\" is the same asset's, BTC");
}

TEST_CASE("price files: a margin history in microseconds is the one in seconds, and its gaps are errors") {
    const auto history = [](long long per_second, int left_out) {
        std::string csv = "time,BTC\n";
        for (int hour = 0; hour < 400; ++hour) {
            if (hour <= 200 || hour > 200 + left_out)
                csv += fmt::format("{},{}\n", (1'760'130'900LL + 3600 * hour) * per_second, 95 + hour % 7);
        }
        return csv;
    };
    std::string text = with("[[asset]]\nsymbol = \"ETH\"\nprice = 4_000\ndaily_volume = 5e8\n", "");
    text = with("rule = \"flat\"\nrate = 0.005", "rule = \"portfolio_es\"\nhistory = \"history.csv\"\nhorizon = \"1d\"",
                text);
    const auto table = [&](long long per_second) {
        return parse(text, {}, price_file(history(per_second, 0)))
            .scenario.venues[0]
            .margin.get<PortfolioEsMargin::Params>()
            .table;
    };
    CHECK(table(1'000'000).seconds == table(1).seconds);
    CHECK(table(1).seconds.size() == 400);
    const auto found = mistakes(text, {}, price_file(history(1, 30)));
    REQUIRE(found.size() == 1);
    CHECK(found[0].key == "venue.margin.history");
    CHECK(found[0].message.find("no row between 2025-10-19T05:15:00Z and 2025-10-20T12:15:00Z") != std::string::npos);
}
