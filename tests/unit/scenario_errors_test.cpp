#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>

#include "sim/scenario/document.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::good;
using scenario_test::mistakes;
using scenario_test::with;

TEST_CASE("diagnostics: place, key, value, rule and remedy stand where the eye expects them") {
    const auto found = mistakes(with("policy = \"full\"", "policy = \"parital\""));
    REQUIRE(found.size() == 1);
    CHECK(found[0].format() == "test.toml:31:10: error: venue.liquidation.policy = \"parital\": unknown policy\n"
                               "    (known: full, partial, slice, close_factor; did you mean \"partial\"?)");
    const ScenarioError error(found);
    CHECK(std::string(error.what()) == found[0].format() + "\n1 mistake: nothing was run");
}

TEST_CASE("files: one that is missing, a folder, and one too large are refused by name") {
    const auto refusal = [](const std::string& path) -> std::string {
        try {
            load_scenario(path, {});
        } catch (const ScenarioError& error) {
            return error.what();
        }
        return "accepted";
    };
    CHECK(refusal("no/such/file.toml").find("no/such/file.toml: error: cannot be read: No such file or directory") ==
          0);
    CHECK(refusal(scenario_test::source_folder().string()).find("this is a folder, not a file") != std::string::npos);
    const auto found = mistakes(good + std::string(max_scenario_bytes, '#'));
    REQUIRE(found.size() == 1);
    CHECK(found[0].message.find("larger than 1 MiB") != std::string::npos);
}

TEST_CASE("encoding: a byte-order mark is skipped, UTF-16 is refused") {
    CHECK(scenario_test::parse("\xEF\xBB\xBF" + good).scenario.run.worlds == 10);
    const auto found = mistakes(std::string("\xFF\xFE[\0s\0", 6));
    REQUIRE(found.size() == 1);
    CHECK(found[0].message.find("not UTF-8") != std::string::npos);
}

TEST_CASE("parser: letters beyond ASCII are text within quotes, and no white space without") {
    const Node document = parse_document("x = \"\"\"one \\\n  \xC3\xA9\"\"\"\n");
    CHECK(document.find("x")->text == "one \xC3\xA9");
    CHECK_THROWS_AS(parse_document("x = \"\" \xC3\xA9"), SyntaxError);
    CHECK_THROWS_AS(parse_document("x = \"\"\"\\\xC3\xA9\"\"\""), SyntaxError);
}

TEST_CASE("parser: text that would exhaust or stop it ends in a diagnostic, quickly") {
    const auto before = std::chrono::steady_clock::now();
    std::string dots = "a";
    for (int i = 0; i < 100'000; ++i) dots += ".a";
    for (const std::string& text :
         {std::string(500'000, '['), std::string(500'000, '{'), "x = " + std::string(500'000, '['), dots + " = 1\n",
          "[" + dots + "]\n", std::string("[\n"), std::string("[[\n"), std::string("[ ]\n"),
          std::string("x = \"\"\"abc"), std::string("x = '''"), std::string("\""), std::string("x = \"\\"),
          std::string("[[[a]"), std::string("[a.\n"), std::string("[a.]\n"), std::string("a.\n"),
          std::string("x = {a.\n"), std::string("x")}) {
        CAPTURE(text.substr(0, 20));
        CHECK_FALSE(mistakes(text).empty());
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - before;
    CHECK(seconds.count() < 5.0);
}

TEST_CASE("parser: a good scenario with bytes changed, cut or doubled never does more than fail to read") {
    std::mt19937 random(20251010);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    const std::string interesting = "[]{}\"'=.,#\n\\ 0e-_:+\t\xC3\x80";
    int accepted = 0;
    constexpr int rounds = 3000;
    for (int i = 0; i < rounds; ++i) {
        std::string text = good;
        for (std::size_t change = 0; change <= below(4); ++change) {
            const std::size_t at = below(text.size());
            switch (below(4)) {
            case 0:
                text[at] = interesting[below(interesting.size())];
                break;
            case 1:
                text.erase(at, below(20));
                break;
            case 2:
                text.insert(at, text.substr(below(text.size()), below(20)));
                break;
            default:
                text.insert(at, 1, interesting[below(interesting.size())]);
            }
            if (text.empty()) text = "x";
        }
        try {
            scenario_test::parse(text);
            ++accepted;
        } catch (const ScenarioError& error) {
            CHECK_FALSE(error.diagnostics().empty());
        }
    }
    // Comments and digits may change without harm, most of the rest may not.
    CHECK(accepted < rounds / 2);
}
