// Every file of tests/bad_scenarios is refused with exactly the mistakes that its first lines expect:
//
//     # expect: LINE:COLUMN: <key>: <part of the message>
//     # expect: inputs/file.csv:LINE:COLUMN: <key>: <part of the message>
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"

namespace {

struct Expectation {
    std::string file;
    int line = 0;
    int column = 0;
    std::string key;
    std::string message;
};

const std::filesystem::path folder = scenario_test::source_folder() / "tests" / "bad_scenarios";

std::vector<Expectation> expectations_of(const std::filesystem::path& path) {
    // The key is up to the first ": " after the place; it may be empty.
    static const std::regex pattern(R"(# expect: (?:(\S+):)?(\d+):(\d+): (.*?): (.*))");
    std::ifstream file(path, std::ios::binary);
    std::vector<Expectation> expected;
    std::string line;
    std::smatch match;
    while (std::getline(file, line) && std::regex_match(line, match, pattern)) {
        const std::string name = match[1].matched ? match[1].str() : path.filename().string();
        expected.push_back({name, std::stoi(match[2]), std::stoi(match[3]), match[4], match[5]});
    }
    return expected;
}

std::vector<std::filesystem::path> bad_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

TEST_CASE("bad scenarios: each file is refused with the place, key and rule of every mistake") {
    const auto files = bad_files();
    REQUIRE(files.size() >= 70);
    for (const auto& path : files) {
        CAPTURE(path.filename().string());
        const auto expected = expectations_of(path);
        CHECK_MESSAGE(!expected.empty(), "the file says what it expects");
        try {
            plunge::load_scenario(path.string(), {});
            FAIL_CHECK("the file was accepted");
        } catch (const plunge::ScenarioError& error) {
            const auto& found = error.diagnostics();
            CHECK_MESSAGE(found.size() == expected.size(), error.what());
            for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
                CAPTURE(found[i].format());
                CHECK(std::filesystem::path(found[i].file).lexically_relative(folder).generic_string() ==
                      expected[i].file);
                CHECK(found[i].line == expected[i].line);
                CHECK(found[i].column == expected[i].column);
                CHECK(found[i].key == expected[i].key);
                CHECK(found[i].message.find(expected[i].message) != std::string::npos);
            }
        }
    }
}
