// The memory that a run will need grows with what is asked for, and the key to change is named.
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include <doctest/doctest.h>

#include "sim/driver/estimate.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

TEST_CASE("estimate_memory: the largest part names its key") {
    const auto estimate = [](const std::vector<std::string>& overrides) {
        return estimate_memory(scenario_test::parse(scenario_test::good, overrides).scenario, 1);
    };
    CHECK(estimate({"cohort.0.accounts=1e9"}).largest_key == "cohort.accounts");
    CHECK(estimate({"run.worlds=1e9"}).largest_key == "run.worlds");
    CHECK(estimate({"run.horizon=365d"}).largest_key == "run.horizon / run.step");
    const std::string ten = "record.traces=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
    CHECK(estimate({"run.horizon=365d", ten}).largest_key == "record.traces");
    CHECK(estimate({ten}).total() > estimate({}).total());
    // 121 steps of ten worlds, 8 bytes each: the index of two assets, five numbers per venue and asset, ten per
    // venue; once in memory, once in the file.
    CHECK(estimate({ten}).traces_bytes == 2.0 * 10.0 * 121.0 * 8.0 * (2.0 + 5.0 * 2.0 + 11.0));
}

TEST_CASE("smallest_limit: the least number that a file begins with; no file and no number are no limit") {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("plunge_limit_" + std::to_string(::getpid()))).string();
    const auto limit = [&](const std::string& content) {
        std::ofstream(path) << content;
        return smallest_limit(1e9, {path + "_missing", path});
    };
    CHECK(limit("500000000\n") == 5e8);
    CHECK(limit("9223372036854771712\n") == 1e9);
    CHECK(limit("max\n") == 1e9);
    CHECK(limit("") == 1e9);
    CHECK(smallest_limit(1e9, {std::filesystem::temp_directory_path().string()}) == 1e9);
    std::filesystem::remove(path);
    CHECK(default_memory_limit() > 0.0);
}

TEST_CASE("format_bytes: powers of 1000, three digits") {
    CHECK(format_bytes(0.0) == "0 B");
    CHECK(format_bytes(999.0) == "999 B");
    CHECK(format_bytes(999.6) == "1 kB");
    CHECK(format_bytes(1.25e9) == "1.25 GB");
}
