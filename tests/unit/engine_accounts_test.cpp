#include <vector>

#include <doctest/doctest.h>

#include "models/margin/registry.hpp"
#include "sim/engine/parts/accounts.hpp"
#include "tests/unit/account_rows.hpp"

namespace {

using namespace plunge;
using test::make_rows;

const std::vector<double> price{100.0, 10.0};
const std::vector<double> haircut{0.2, 0.0};

// Two rows of one isolated account, a hedged one with collateral, and one without positions.
AccountRows population() {
    return make_rows({{50.0, {1.0, 0.0}, {90.0, 10.0}, {}, 0},
                      {30.0, {0.0, -4.0}, {100.0, 12.0}, {}, 0},
                      {10.0, {2.0, -5.0}, {100.0, 10.0}, {0.5, 0.0}, 1, 1},
                      {25.0, {0.0, 0.0}, {100.0, 10.0}, {0.0, 3.0}, 2, 1}},
                     price, haircut);
}

bool same_rows(const Accounts& accounts, const AccountRows& rows) {
    return accounts.rows().cash == rows.cash && accounts.rows().position == rows.position &&
           accounts.rows().collateral == rows.collateral && accounts.rows().weight == rows.weight;
}

} // namespace

TEST_CASE("accounts: wealth, gross notional, gain and open interest are those of the rows") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    accounts.bind(rows);
    CHECK(accounts.wealth(0, price) == doctest::Approx(60.0)); // 50 and a gain of 10
    CHECK(accounts.gain(0, price) == doctest::Approx(10.0));
    CHECK(accounts.gain(1, price) == doctest::Approx(8.0));
    CHECK(accounts.gross(2, price) == doctest::Approx(250.0));
    CHECK(accounts.wealth(2, price) == doctest::Approx(60.0));
    CHECK(accounts.collateral_value(3, price) == doctest::Approx(30.0));
    CHECK(accounts.open_base(0) == 3.0);
    CHECK(accounts.open_base(1) == 9.0);
    CHECK(accounts.is_solvent(0, price));
    CHECK_FALSE(accounts.is_solvent(0, {30.0, 10.0}));
}

TEST_CASE("accounts: every world starts from the population's rows, whatever the last one did") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    accounts.bind(rows);
    for (int world = 0; world < 2; ++world) {
        CHECK(same_rows(accounts, rows));
        CHECK(accounts.touched().empty());
        CHECK(accounts.debts().empty());
        CHECK(accounts.raise_for_owner(0, row_liquidated)); // again in every world
        accounts.edit(0, [](Accounts::Edit& edit) {
            edit.set_position(0, 0.0);
            edit.receive(70.0);
        });
        accounts.edit(2, [](Accounts::Edit& edit) {
            edit.set_collateral(0, 0.25);
            edit.trade(1, 8.0, 9.0);
            edit.pay_in(4.0);
        });
        CHECK(accounts.paid_in(2) == 4.0);
        CHECK(accounts.holders(1, 1.0).row == std::vector<std::uint32_t>{2});
        accounts.restore();
    }
    CHECK(accounts.paid_in(2) == 0.0);
    CHECK(accounts.entry(2, 1) == 10.0);
    CHECK(accounts.holders(1, 1.0).row.empty());
    CHECK(accounts.open_base(1) == 9.0);
    CHECK(accounts.cash_gained() == 0.0);
    CHECK(accounts.base_gained(1) == 0.0);
}

TEST_CASE("accounts: margin counts collateral after its haircut, through every change") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    accounts.bind(rows);
    accounts.edit(2, [](Accounts::Edit& edit) {
        edit.set_position(0, 1.5);
        edit.set_collateral(0, 0.4);
    });
    CHECK(accounts.rows().weights_of(2)[0] == doctest::Approx(1.5 + 0.8 * 0.4));
    accounts.edit(2, [](Accounts::Edit& edit) { edit.set_position(0, 1.0); });
    CHECK(accounts.rows().weights_of(2)[0] == doctest::Approx(1.0 + 0.8 * 0.4));
}

TEST_CASE("accounts: what all have gained is the sum over rows, of money and of every asset") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    accounts.bind(rows);
    accounts.edit(1, [](Accounts::Edit& edit) {
        edit.set_position(1, -1.0);
        edit.pay(27.0);
    });
    accounts.edit(3, [](Accounts::Edit& edit) {
        edit.set_collateral(1, 0.0);
        edit.set_cash(55.0);
    });
    accounts.edit(1, [](Accounts::Edit& edit) { edit.receive(2.0); });
    CHECK(accounts.cash_gained() == doctest::Approx(-27.0 + 30.0 + 2.0));
    CHECK(accounts.cash_moved().held == doctest::Approx(accounts.cash_gained()));
    CHECK(accounts.base_gained(1) == doctest::Approx(3.0 - 3.0));
    CHECK(accounts.base_moved(1).held == doctest::Approx(0.0));
    CHECK(accounts.base_moved(1).moved == doctest::Approx(4.0 + 3.0));
    CHECK(accounts.base_gained(0) == 0.0);
}

TEST_CASE("accounts: an account is counted once, however many of its rows something happens to") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    accounts.bind(rows);
    for (const std::uint8_t flag : {row_liquidated, row_deleveraged, row_frozen}) {
        CHECK(accounts.raise_for_owner(0, flag));
        CHECK_FALSE(accounts.raise_for_owner(0, flag));
        CHECK_FALSE(accounts.raise_for_owner(1, flag)); // the other row of the same account
        CHECK(accounts.raise_for_owner(2, flag));
        CHECK(accounts.has(1, flag));
    }
    accounts.raise(3, row_in_call);
    CHECK(accounts.has(3, row_in_call));
    accounts.lower(3, row_in_call);
    CHECK_FALSE(accounts.has(3, row_in_call));
}

TEST_CASE("accounts: a row that owes money without a position is a debt, once") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    accounts.bind(rows);
    accounts.edit(0, [](Accounts::Edit& edit) { edit.set_cash(-5.0); }); // it still has a position
    CHECK(accounts.debts().empty());
    accounts.edit(0, [](Accounts::Edit& edit) { edit.set_position(0, 0.0); });
    CHECK(accounts.debts() == std::vector<std::uint32_t>{0});
    accounts.edit(0, [](Accounts::Edit& edit) { edit.pay(1.0); });
    CHECK(accounts.debts().size() == 1);
    accounts.edit(3, [](Accounts::Edit& edit) { edit.set_cash(0.0); });
    CHECK(accounts.debts().size() == 1); // owes nothing
}

TEST_CASE("accounts: what is bought has its price as entry price, what is added the mean of both") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    accounts.bind(rows);
    const double wealth = accounts.wealth(0, price);
    accounts.edit(0, [](Accounts::Edit& edit) { edit.trade(1, 3.0, 8.0); });
    CHECK(accounts.entry(0, 1) == 8.0);
    CHECK(accounts.wealth(0, price) == doctest::Approx(wealth + 3.0 * 2.0));
    accounts.edit(0, [](Accounts::Edit& edit) { edit.trade(1, 1.0, 12.0); });
    CHECK(accounts.entry(0, 1) == doctest::Approx(9.0));
    accounts.edit(0, [](Accounts::Edit& edit) { edit.trade(1, -1.0, 20.0); }); // a part closed leaves the entry
    CHECK(accounts.entry(0, 1) == doctest::Approx(9.0));
    accounts.edit(0, [](Accounts::Edit& edit) { edit.trade(1, -5.0, 11.0); }); // turned over
    CHECK(accounts.position(0, 1) == doctest::Approx(-2.0));
    CHECK(accounts.entry(0, 1) == 11.0);
    CHECK(accounts.open_base(1) == doctest::Approx(11.0));
    CHECK(accounts.base_gained(1) == doctest::Approx(-2.0));
}

TEST_CASE("accounts: holders of a side are those of the start and those who have joined it, by row") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    accounts.bind(rows);
    SUBCASE("asked for before") {
        CHECK(accounts.holders(0, 1.0).row == std::vector<std::uint32_t>{0, 2});
        CHECK(accounts.holders(1, -1.0).entry == std::vector<double>{12.0, 10.0});
    }
    accounts.edit(3, [](Accounts::Edit& edit) { edit.trade(1, -1.0, 9.0); });
    accounts.edit(1, [](Accounts::Edit& edit) { edit.trade(0, 2.0, 95.0); });
    accounts.edit(0, [](Accounts::Edit& edit) { edit.set_position(0, 0.0); });
    CHECK(accounts.holders(0, 1.0).row == std::vector<std::uint32_t>{0, 1, 2}); // who has left is skipped by who asks
    CHECK(accounts.holders(0, 1.0).entry == std::vector<double>{90.0, 95.0, 100.0});
    CHECK(accounts.holders(1, -1.0).row == std::vector<std::uint32_t>{1, 2, 3});
    CHECK(accounts.holders(1, -1.0).entry == std::vector<double>{12.0, 10.0, 9.0});
}

TEST_CASE("accounts: a search hears of every change and finds exactly who is short") {
    const AccountRows rows = population();
    Accounts accounts(haircut);
    const MarginRule rule = FlatMargin({.rate = {{0.1, 0.1}}}, {.assets = 2, .haircut = haircut});
    const std::vector<double> typical{0.1, 0.1};
    const SafeRadii radii = safe_radii(rule, rows, 1.0, price, typical);
    TriggerSearch search;
    search.bind(rule, 1.0, radii, price, typical, 10);
    accounts.watch(search);
    accounts.bind(rows);
    IndexPath path;
    path.assign(std::vector<double>(22, 0.0), price);
    search.rebuild(1, price.data(), price.data(), price.data(), path, {.settled = {1.0, 1.0}, .keep = 1.0},
                   accounts.rows(), accounts.touched());
    std::vector<std::uint32_t> found;
    search.find(price.data(), accounts.rows(), found);
    CHECK(found.empty());
    accounts.edit(1, [](Accounts::Edit& edit) { edit.pay(36.0); }); // wealth 38, margin 4
    search.find(price.data(), accounts.rows(), found);
    CHECK(found == std::vector<std::uint32_t>{1});
    accounts.edit(1, [](Accounts::Edit& edit) { edit.receive(10.0); });
    search.find(price.data(), accounts.rows(), found);
    CHECK(found.empty());
}
