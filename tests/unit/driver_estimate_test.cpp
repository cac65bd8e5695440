// The memory that a run will need grows with what is asked for, and the key to change is named.
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
    // 121 steps of ten worlds, 8 bytes each: the index of two assets, five numbers per venue and asset, eight per
    // venue; once in memory, once in the file.
    CHECK(estimate({ten}).traces_bytes == 2.0 * 10.0 * 121.0 * 8.0 * (2.0 + 5.0 * 2.0 + 8.0));
}

TEST_CASE("format_bytes: powers of 1000, three digits") {
    CHECK(format_bytes(0.0) == "0 B");
    CHECK(format_bytes(999.0) == "999 B");
    CHECK(format_bytes(999.6) == "1 kB");
    CHECK(format_bytes(1.25e9) == "1.25 GB");
}
