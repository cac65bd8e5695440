// The generated pages on disk are what the code would write now, and every scenario of the library is read.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "sim/scenario/describe.hpp"
#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

const std::filesystem::path root = scenario_test::source_folder();

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file, path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("models/README.md is what `plunge models --markdown` prints") {
    CHECK_MESSAGE(text_of(root / "models" / "README.md") == model_catalogue(),
                  "plunge models --markdown > models/README.md");
}

TEST_CASE("scenarios/README.md ends with what `plunge schema --markdown` prints") {
    const std::string page = text_of(root / "scenarios" / "README.md");
    const std::string marker = "<!-- from here on: plunge schema --markdown -->\n";
    const std::size_t at = page.find(marker);
    REQUIRE(at != std::string::npos);
    CHECK_MESSAGE(page.substr(at + marker.size()) == scenario_reference(),
                  "keep the lines up to the marker, then: plunge schema --markdown >> scenarios/README.md");
}

TEST_CASE("every scenario of the library is read without a mistake") {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(root / "scenarios")) {
        if (entry.path().extension() != ".toml") continue;
        CAPTURE(entry.path().filename().string());
        CHECK_NOTHROW(load_scenario(entry.path().string(), {}));
        ++count;
    }
    CHECK(count >= 1);
}

TEST_CASE("description: the reader knows every key that the schema and the reference describe") {
    // An unknown key's message lists what is known there.
    const auto known_in = [](const std::string& header, const std::string& text) {
        const std::size_t at = text.find(header);
        REQUIRE(at != std::string::npos);
        std::string changed = text;
        changed.insert(at + header.size(), "\nzzzzzzzzzz = 1");
        const auto found = scenario_test::mistakes(changed);
        REQUIRE(found.size() == 1);
        return found[0].message + ",";
    };
    const std::string text =
        scenario_test::good +
        "[record]\n[market]\n[[institution]]\nname = \"A\"\ncapital = 1\n[network]\nmodel = "
        "\"eisenberg_noe\"\n[[venue.waterfall]]\nlayer = \"adl\"\n[venue.collateral]\n[venue.breaker]\nmove = 0.1\n"
        "window = \"1min\"\nhalt = \"1min\"\n[venue.leverage_cut]\nmax_leverage = 5\nat = "
        "\"1min\"\n[[venue.oracle]]\nfrom = \"1s\"\nto = \"2s\"\nfactor = 1\n[[prices.shock]]\nat = \"1s\"\nreturn = "
        "0\n";
    // TOML attaches sections of a venue to the last one.
    const auto check_section = [&](const SectionShape& section) {
        const std::string known = known_in(section.header, text);
        for (const KeyShape& key : section.keys) {
            CAPTURE(key.key);
            const bool listed = known.find(" " + key.key + ",") != std::string::npos ||
                                known.find(" " + key.key + "\n") != std::string::npos;
            CHECK(listed);
        }
        if (!section.choice_key.empty()) CHECK(known.find(" " + section.choice_key + ",") != std::string::npos);
    };
    for (const SectionShape& section : describe_scenario()) {
        CAPTURE(section.header);
        check_section(section);
        for (const SectionShape& inner : section.sections) {
            CAPTURE(inner.header);
            check_section(inner);
        }
    }
}
