#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/parts/inventory.hpp"

using plunge::Inventory;

namespace {

// What was due last.
double sold_all(Inventory& inventory, const std::vector<double>& due, std::size_t asset, double price) {
    return inventory.sold(asset, due[asset], price);
}

} // namespace

TEST_CASE("inventory: what is taken over is sold in equal parts, and the last takes all that is left") {
    Inventory inventory;
    inventory.begin_world(1, 3);
    const std::vector<double>& due = inventory.due(0); // of the step that was asked for last
    CHECK(inventory.empty());
    CHECK(inventory.take_over(0, 10.0, 100.0, 5) == 0.0);
    CHECK_FALSE(inventory.empty());
    CHECK(inventory.cost() == 1000.0);
    CHECK(inventory.due(6)[0] == doctest::Approx(10.0 / 3.0));
    CHECK(sold_all(inventory, due, 0, 90.0) == doctest::Approx(-10.0 * 10.0 / 3.0));
    CHECK(inventory.due(7)[0] == doctest::Approx(10.0 / 3.0));
    CHECK(sold_all(inventory, due, 0, 130.0) == doctest::Approx(30.0 * 10.0 / 3.0));
    CHECK(inventory.due(8)[0] == inventory.base(0));
    CHECK(sold_all(inventory, due, 0, 100.0) == doctest::Approx(0.0).epsilon(1e-9));
    CHECK(inventory.empty());
    CHECK(inventory.base(0) == 0.0);
    CHECK(inventory.cost() == 0.0);
    CHECK(inventory.due(9)[0] == 0.0);
}

TEST_CASE("inventory: parts of steps that were passed over are due together") {
    Inventory inventory;
    inventory.begin_world(2, 4);
    const std::vector<double>& due = inventory.due(0); // of the step that was asked for last
    inventory.take_over(1, -8.0, 50.0, 100);
    CHECK(inventory.due(103)[0] == 0.0);
    CHECK(due[1] == doctest::Approx(-6.0));
    sold_all(inventory, due, 1, 50.0);
    // A second takeover lies over what is left of the first: 2 in step 104, and 1 in each of 104 to 107.
    inventory.take_over(1, -4.0, 60.0, 103);
    CHECK(inventory.due(104)[1] == doctest::Approx(-3.0));
    sold_all(inventory, due, 1, 55.0);
    CHECK(inventory.due(200)[1] == doctest::Approx(-3.0));
    sold_all(inventory, due, 1, 55.0);
    CHECK(inventory.empty());
    inventory.take_over(1, -4.0, 60.0, 300); // nothing is left of the parts before
    CHECK(inventory.due(301)[1] == doctest::Approx(-1.0));
}

TEST_CASE("inventory: opposite positions cancel, at a profit or loss against the mean price") {
    Inventory inventory;
    inventory.begin_world(1, 2);
    const std::vector<double>& due = inventory.due(0); // of the step that was asked for last
    inventory.take_over(0, 6.0, 100.0, 1);
    inventory.take_over(0, 2.0, 120.0, 1); // 8 for 840: 105 each
    CHECK(inventory.take_over(0, -4.0, 95.0, 1) == doctest::Approx(4.0 * (95.0 - 105.0)));
    CHECK(inventory.base(0) == doctest::Approx(4.0));
    CHECK(inventory.cost() == doctest::Approx(420.0));
    CHECK(inventory.due(2)[0] == doctest::Approx(2.0)); // the parts shrink alike
    sold_all(inventory, due, 0, 105.0);
    // More than is held: what is left begins anew on the other side.
    CHECK(inventory.take_over(0, -5.0, 110.0, 2) == doctest::Approx(2.0 * (110.0 - 105.0)));
    CHECK(inventory.base(0) == doctest::Approx(-3.0));
    CHECK(inventory.cost() == doctest::Approx(-330.0));
    CHECK(inventory.due(3)[0] == doctest::Approx(-1.5));
    CHECK(sold_all(inventory, due, 0, 100.0) == doctest::Approx(1.5 * 10.0)); // bought back below what it was sold for
    CHECK(inventory.take_over(0, 1.5, 120.0, 3) == doctest::Approx(-1.5 * 10.0));
    CHECK(inventory.empty());
}

TEST_CASE("inventory: what could not be sold is due in the next step, with what is due then anyway") {
    Inventory inventory;
    inventory.begin_world(1, 2);
    inventory.take_over(0, 4.0, 100.0, 1);
    CHECK(inventory.due(2)[0] == doctest::Approx(2.0));
    CHECK(inventory.sold(0, 0.5, 110.0) == doctest::Approx(5.0));
    CHECK(inventory.due(3)[0] == doctest::Approx(3.5));
    CHECK(inventory.sold(0, 0.0, 110.0) == 0.0);
    CHECK(inventory.base(0) == doctest::Approx(3.5));
    // Taken over meanwhile: it has its own steps, what is late has not.
    inventory.take_over(0, 2.0, 90.0, 3);
    CHECK(inventory.due(4)[0] == doctest::Approx(4.5));
    CHECK(inventory.sold(0, 4.5, 100.0) == doctest::Approx(4.5 * 100.0 - 4.5 * (350.0 + 180.0) / 5.5));
    CHECK(inventory.due(5)[0] == doctest::Approx(1.0));
    inventory.sold(0, inventory.base(0), 100.0);
    CHECK(inventory.empty());
    CHECK(inventory.due(6)[0] == 0.0);
}

TEST_CASE("inventory: what is given up goes at its cost, and all that is still to be sold shrinks alike") {
    Inventory inventory;
    inventory.begin_world(1, 4);
    inventory.take_over(0, -8.0, 100.0, 1);
    const std::vector<double>& due = inventory.due(2);
    CHECK(due[0] == doctest::Approx(-2.0));
    inventory.give_up(0, -6.0);
    CHECK(due[0] == doctest::Approx(-0.5));
    CHECK(inventory.base(0) == doctest::Approx(-2.0));
    CHECK(inventory.cost() == doctest::Approx(-200.0));
    CHECK(sold_all(inventory, due, 0, 110.0) == doctest::Approx(-0.5 * 10.0));
    CHECK(inventory.due(3)[0] == doctest::Approx(-0.5));
    inventory.give_up(0, inventory.base(0));
    CHECK(due[0] == 0.0);
    CHECK(inventory.empty());
    CHECK(inventory.cost() == 0.0);
}

TEST_CASE("inventory: of what is all due, all that is left after something was given up is due") {
    Inventory inventory;
    inventory.begin_world(1, 3);
    inventory.take_over(0, 0.7, 3.0, 1);
    const std::vector<double>& due = inventory.due(4);
    CHECK(due[0] == inventory.base(0));
    inventory.give_up(0, 0.7 / 3.0);
    CHECK(due[0] == inventory.base(0));
    sold_all(inventory, due, 0, 3.0);
    CHECK(inventory.empty());
}
