// Messages quote what others wrote: never whole files, never what a terminal would act on.
#include <string>

#include <doctest/doctest.h>

#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;
using scenario_test::mistakes;
using scenario_test::with;

namespace {

InputReader quoted_file(const std::string& text) {
    return [text](const std::string& /*path*/) { return text; };
}

std::string all(const std::vector<Diagnostic>& found) { return ScenarioError(found).what(); }

bool is_printable(const std::string& text) {
    for (const char c : text)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F) return false;
    return true;
}

const std::string replay = with("model = \"gbm\"\nvolatility = 0.6", "model = \"replay\"\nfile = \"prices.csv\"");

} // namespace

TEST_CASE("printable: control characters, broken UTF-8 and marks of direction are escaped, the rest stays") {
    CHECK(printable("caf\u00e9 \u20ac \U0001F4C9") == "caf\u00e9 \u20ac \U0001F4C9");
    CHECK(printable("\x1b[31mred\a") == "\\x1b[31mred\\x07");
    CHECK(printable("a\x7F\xff\xc2") == "a\\x7f\\xff\\xc2");
    CHECK(printable("\u009b31m") == "\\xc2\\x9b31m");
    CHECK(printable("\u202eevil") == "\\xe2\\x80\\xaeevil");
    CHECK(printable("\xc0\xaf\xed\xa0\x80") == "\\xc0\\xaf\\xed\\xa0\\x80"); // overlong, half a surrogate pair
}

TEST_CASE("shown: one line of sixty bytes at most") {
    CHECK(shown("[1,\n2]") == "[1, 2]");
    CHECK(shown(std::string(1'000'000, 'x')) == std::string(57, 'x') + "...");
    CHECK(shown("\u20ac" + std::string(60, '\x1b')).size() <= 60);
}

TEST_CASE("messages: escape sequences in an input file do not reach the terminal") {
    const auto found = mistakes(replay, {}, quoted_file("time,\x1b[31mBTC\x1b]0;title\a\n1,2\n"));
    REQUIRE(!found.empty());
    CHECK(is_printable(all(found)));
    CHECK(all(found).find("\\x1b[31mBTC\\x1b]0;title\\x07") != std::string::npos);
}

TEST_CASE("messages: neither a header as long as a file nor a cell is quoted whole") {
    std::string header = "when";
    for (int i = 0; i < 5000; ++i) header += ",column" + std::to_string(i);
    CHECK(all(mistakes(replay, {}, quoted_file(header + "\n"))).size() < 8000);
    const auto found = mistakes(replay, {}, quoted_file("time,BTC,ETH\n" + std::string(100'000, '9') + ",1,1\n"));
    REQUIRE(!found.empty());
    CHECK(all(found).size() < 2000);
}

TEST_CASE("messages: what a scenario writes is quoted printable, in keys, values and overrides") {
    const auto of_key = mistakes(with("worlds = 10", "\"wor\\u001b[2Jlds\" = \"\\u0007\""));
    REQUIRE(!of_key.empty());
    CHECK(is_printable(all(of_key)));
    const auto of_venue = mistakes(with("[[cohort]]", "[[cohort]]\nvenue = \"\\u001b[2J\""));
    REQUIRE(!of_venue.empty());
    CHECK(is_printable(all(of_venue)));
    const auto of_override = mistakes(scenario_test::good, {"run.\x1b[31m=1"});
    REQUIRE(!of_override.empty());
    CHECK(is_printable(all(of_override)));
}
