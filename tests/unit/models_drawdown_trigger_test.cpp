#include <doctest/doctest.h>

#include "models/waterfall/drawdown_trigger.hpp"

using plunge::DrawdownTrigger;

TEST_CASE("drawdown trigger: on at the start, off at the stop, and room for what is between") {
    DrawdownTrigger trigger(0.30, 0.25, 480);
    trigger.begin_world(1000.0);
    trigger.observe(1, 1000.0);
    CHECK_FALSE(trigger.is_on());
    CHECK(trigger.room() == doctest::Approx(300.0));
    trigger.observe(1, 800.0);
    CHECK(trigger.room() == doctest::Approx(100.0));
    trigger.observe(2, 700.0);
    CHECK(trigger.is_on());
    CHECK(trigger.room() == 0.0);
    trigger.observe(3, 740.0); // better, but not by enough
    CHECK(trigger.is_on());
    trigger.observe(3, 750.0);
    CHECK_FALSE(trigger.is_on());
    CHECK(trigger.room() == doctest::Approx(50.0));
}

TEST_CASE("drawdown trigger: the most that was held is that of the ends of the last steps") {
    DrawdownTrigger trigger(0.5, 0.1, 3);
    trigger.begin_world(100.0);
    trigger.observe(2, 200.0); // the start was held until the end of step 1
    trigger.observe(2, 90.0);  // what was held within a step is no end of one
    CHECK(trigger.room() == doctest::Approx(90.0 - 0.5 * 100.0));
    trigger.observe(4, 90.0); // steps 1, 2 and 3: 100, 90, 90
    CHECK(trigger.room() == doctest::Approx(90.0 - 0.5 * 100.0));
    trigger.observe(5, 90.0);
    CHECK(trigger.room() == doctest::Approx(45.0));
    trigger.observe(6, 150.0);
    trigger.observe(7, 80.0); // 150 at the end of step 6
    CHECK(trigger.room() == doctest::Approx(5.0));
    trigger.observe(7, 75.0);
    CHECK(trigger.is_on());
    trigger.observe(10, 75.0); // step 7 is the first that counts
    CHECK_FALSE(trigger.is_on());
}

TEST_CASE("drawdown trigger: funds that never held anything have not fallen") {
    DrawdownTrigger trigger(0.3, 0.2, 1);
    trigger.begin_world(0.0);
    trigger.observe(1, 0.0);
    CHECK_FALSE(trigger.is_on());
    CHECK(trigger.room() == 0.0);
}
