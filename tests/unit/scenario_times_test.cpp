// Moments as files write them.
#include <doctest/doctest.h>

#include "models/common/text.hpp"
#include "sim/scenario/times.hpp"

using namespace plunge;

TEST_CASE("times: ISO 8601 in its usual forms and numbers in four units are the same moment") {
    // 2025-10-10T21:00:00Z, by date(1): 1760130000.
    for (const char* text :
         {"2025-10-10T21:00:00Z", "2025-10-10 21:00", "2025-10-10T21:00:00.000", "2025-10-10T23:00:00+02:00",
          "2025-10-10 15:30:00-0530", "2025-10-10 21:00:00+00", "2025-10-10 21:00:00 +0000", "2025-10-10 21:00:00 UTC",
          "2025-10-10 21:00:00.000000+00:00", "1760130000", "1760130000.0", "1760130000000", "1.76013e12",
          "1760130000000000", "1760130000000000000"}) {
        CAPTURE(text);
        const auto moment = parse_time(text);
        REQUIRE(moment);
        CHECK(moment->seconds == 1'760'130'000.0);
    }
    CHECK(parse_time("2000-03-01")->seconds == 951'868'800.0);
    CHECK(parse_time("1583107199999")->seconds == 1'583'107'199.999);
}

TEST_CASE("times: the unit of a number is the only one in which it lies between 1980 and 2100") {
    CHECK(parse_time("1760130000")->form == TimeForm::seconds);
    CHECK(parse_time("1760130000000")->form == TimeForm::milliseconds);
    CHECK(parse_time("1760130000000000")->form == TimeForm::microseconds);
    CHECK(parse_time("1760130000000000000")->form == TimeForm::nanoseconds);
    CHECK(parse_time("2025-10-10")->form == TimeForm::iso);
}

TEST_CASE("times: what is no moment between 1980 and 2100 is none") {
    for (const char* text : {"", "noon", "2025-13-01", "2025-02-29", "2025-10-10T25:00", "2025-10-10T21:00:00+2",
                             "20251010T2100", "10/10/2025", "0", "60", "-1760130000", "20251010", "45940.875", "1e300",
                             "1970-01-01", "2101-01-01", "1979-12-31T23:59:59Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_time(text));
        CHECK_FALSE(time_rule(text).empty());
    }
}

TEST_CASE("time_text: what it writes is read as the same moment") {
    CHECK(time_text(0.0) == "1970-01-01T00:00:00Z");
    CHECK(time_text(1'583'107'199.999) == "2020-03-01T23:59:59.999Z");
    for (double seconds = 315'532'800.0; seconds < 4.1e9; seconds += 86'399.0 * 7.0) {
        const auto read = parse_time(time_text(seconds));
        REQUIRE(read);
        REQUIRE(read->seconds == seconds);
    }
}
