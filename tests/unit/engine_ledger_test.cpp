#include <doctest/doctest.h>

#include "sim/engine/parts/ledger.hpp"

using namespace plunge;

TEST_CASE("ledger: what one party pays another receives, and all together have nothing more") {
    Ledger ledger;
    ledger.begin_world(2);
    ledger.pay(Party::book, Party::clearing, 70.0);
    ledger.pay(Party::clearing, Party::accounts, 70.0);
    ledger.pay(Party::accounts, Party::layers, 2.0);
    ledger.pay(Party::accounts, Party::outside, -5.0); // the other way
    ledger.deliver(1, Party::accounts, Party::clearing, -3.0);
    ledger.deliver(1, Party::clearing, Party::book, -3.0);
    CHECK(ledger.money(Party::accounts) == 73.0);
    CHECK(ledger.money(Party::book) == -70.0);
    CHECK(ledger.money(Party::clearing) == 0.0);
    CHECK(ledger.money(Party::outside) == -5.0);
    CHECK(ledger.base(1, Party::accounts) == 3.0);
    CHECK(ledger.base(1, Party::book) == -3.0);
    CHECK(ledger.base(0, Party::accounts) == 0.0);
    double money = 0.0;
    for (std::size_t party = 0; party < party_count; ++party) money += ledger.money(static_cast<Party>(party));
    CHECK(money == 0.0);
    ledger.begin_world(2);
    CHECK(ledger.money(Party::accounts) == 0.0);
    CHECK(ledger.base(1, Party::book) == 0.0);
}

TEST_CASE("ledger: an error is the difference to what a party holds, over what has moved") {
    Ledger ledger;
    ledger.begin_world(1);
    ledger.pay(Party::outside, Party::accounts, 60.0);
    ledger.among_accounts(0, 2.0, 15.0); // moves 30 and 2, and leaves accounts together as they were
    ledger.deliver(0, Party::accounts, Party::frozen, 2.0);
    CHECK(ledger.money(Party::accounts) == 60.0);
    CHECK(ledger.money_error(Party::accounts, 60.0, 0.0) == 0.0);
    CHECK(ledger.money_error(Party::accounts, 69.0, 0.0) == doctest::Approx(0.1));
    CHECK(ledger.money_error(Party::accounts, 69.0, 90.0) == doctest::Approx(0.05));
    CHECK(ledger.base_error(0, Party::accounts, -2.0, 0.0) == 0.0);
    CHECK(ledger.base_error(0, Party::accounts, -1.0, 0.0) == doctest::Approx(0.25));
}
