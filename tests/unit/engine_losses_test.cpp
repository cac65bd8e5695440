#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"
#include "sim/engine/parts/losses.hpp"
#include "tests/unit/account_rows.hpp"

namespace {

using namespace plunge;

const std::vector<double> price{100.0, 10.0};
const std::vector<double> no_haircut{0.0, 0.0};

// A venue's losses beside the accounts that may have to bear them: a winner, a loser, and a row with cash alone.
struct Desk {
    explicit Desk(const std::vector<WaterfallChoice>& layers)
        : rows{test::make_rows({{10.0, {2.0, 0.0}, {90.0, 10.0}, {}, 0},
                                {40.0, {-1.0, 3.0}, {80.0, 14.0}, {}, 1, 1},
                                {50.0, {0.0, 0.0}, {100.0, 10.0}, {}, 2, 1}},
                               price, no_haircut)},
          accounts{no_haircut}, losses{layers, 2, 2}, record{0, 2, 2, 1, true, false} {
        accounts.bind(rows);
        losses.bind(std::vector<LayerStart>(layers.size(), {2, {}, {}}));
        losses.begin_world(institutions);
        ledger.begin_world(2);
        record.begin_world();
        record.metrics.fund_min_balance = losses.waterfall().fund_balance();
        losses.begin_turn(7);
        losses.add_notional(1000.0);
    }

    // As a settlement does: the row's debt is made good, and is a shortfall.
    void fail(double amount, const std::vector<double>& closed = {0.0, 0.0},
              const std::vector<double>& sold = {0.0, 0.0}) {
        ledger.pay(Party::clearing, Party::accounts, amount);
        losses.note_shortfall(accounts, 1, price, {closed.data(), sold.data()}, amount);
    }
    void absorb(std::size_t step = 7) { losses.absorb(accounts, price, ledger, record, step); }

    AccountRows rows;
    Accounts accounts;
    Losses losses;
    Ledger ledger;
    Record record;
    std::vector<InstitutionState> institutions;
};

InsuranceFund::Params fund(double balance, bool segregated = false) {
    return {.balance = balance, .segregated = segregated, .shares = {}};
}

} // namespace

TEST_CASE("losses: what layers pay and what nobody does is the shortfall, and nothing stays in clearing") {
    Desk desk({fund(30.0), VenueCapital::Params{5.0}});
    desk.fail(50.0);
    desk.absorb();
    CHECK(desk.record.metrics.shortfall == 50.0);
    CHECK(desk.record.step.shortfall == 50.0);
    CHECK(desk.record.metrics.fund_used == 30.0);
    CHECK(desk.record.metrics.venue_capital_used == 5.0);
    CHECK(desk.record.metrics.uncovered == 15.0);
    CHECK(desk.record.metrics.insolvent == 1);
    CHECK(desk.record.metrics.fund_min_balance == 0.0);
    CHECK(desk.ledger.money(Party::layers) == -35.0);
    CHECK(desk.ledger.money(Party::layers) == desk.losses.waterfall().change());
    CHECK(desk.ledger.money(Party::debt) == -15.0);
    CHECK(desk.ledger.money(Party::clearing) == 0.0);
}

TEST_CASE("losses: income is credited after losses are paid") {
    Desk desk({fund(30.0)});
    desk.fail(40.0);
    desk.ledger.pay(Party::accounts, Party::clearing, 12.0);
    desk.losses.note_income(12.0, {100.0, 20.0});
    desk.absorb();
    CHECK(desk.record.metrics.uncovered == 10.0); // the fee came too late for it
    CHECK(desk.losses.waterfall().fund_balance() == 12.0);
    CHECK(desk.record.metrics.fund_min_balance == 0.0);
    CHECK(desk.ledger.money(Party::clearing) == doctest::Approx(0.0));
}

TEST_CASE("losses: without an insurance fund income is paid out") {
    Desk desk({VenueCapital::Params{5.0}});
    desk.ledger.pay(Party::accounts, Party::clearing, 3.0);
    desk.losses.note_income(3.0, {1.0, 0.0});
    desk.absorb();
    CHECK(desk.ledger.money(Party::outside) == 3.0);
    CHECK(desk.losses.waterfall().balance() == 5.0);
}

TEST_CASE("losses: solvent accounts are charged by their gains, and are marked for it") {
    Desk desk({SocializedLoss::Params{}});
    desk.fail(15.0);
    const double cash = desk.accounts.cash(0);
    desk.absorb();
    CHECK(desk.record.metrics.socialized_loss == doctest::Approx(15.0));
    CHECK(desk.accounts.cash(0) == doctest::Approx(cash - 15.0)); // the only one with a gain
    CHECK(desk.accounts.has(0, row_deleveraged));
    CHECK_FALSE(desk.accounts.has(2, row_deleveraged));
    CHECK(desk.record.metrics.uncovered == 0.0);
    CHECK(desk.ledger.money(Party::clearing) == doctest::Approx(0.0));
    CHECK(desk.ledger.money(Party::accounts) == doctest::Approx(desk.accounts.cash_gained() + 15.0)); // the row's debt
}

TEST_CASE("losses: what is too small beside the turn is rounding and makes nobody insolvent") {
    Desk desk({fund(0.0)});
    desk.fail(1e-9); // of 1,000
    desk.absorb();
    CHECK(desk.record.metrics.insolvent == 0);
    CHECK(desk.record.metrics.uncovered == 0.0);
    CHECK(desk.ledger.money(Party::rounding) == doctest::Approx(-1e-9));
    CHECK(desk.ledger.money(Party::clearing) == doctest::Approx(0.0));
}

TEST_CASE("losses: a shortfall comes from the positions that have lost, else from notional, else from what was sold") {
    Desk desk({fund(1.0)});
    const auto split = [&](std::vector<double> closed, std::vector<double> sold) {
        std::vector<double> parts(2, 0.0);
        desk.losses.split_by_asset(desk.accounts, 1, price, {closed.data(), sold.data()}, 8.0, parts);
        return parts;
    };
    // Row 1 is short one at 80 (now 100: lost 20) and long three at 14 (now 10: lost 12).
    CHECK(split({-1.0, 3.0}, {0.0, 0.0})[0] == doctest::Approx(5.0));
    CHECK(split({-1.0, 3.0}, {0.0, 0.0})[1] == doctest::Approx(3.0));
    CHECK(split({1.0, -3.0}, {0.0, 0.0})[0] == doctest::Approx(8.0 * 100.0 / 130.0)); // both have gained
    CHECK(split({0.0, 0.0}, {0.1, 3.0})[0] == doctest::Approx(2.0));
    CHECK(split({0.0, 0.0}, {0.0, 0.0})[1] == doctest::Approx(4.0));
}

TEST_CASE("losses: a segregated fund pays its own asset's part and no other") {
    Desk desk({fund(20.0, true)});
    desk.fail(16.0, {-1.0, 3.0}); // 10 of the first asset, 6 of the second
    desk.absorb();
    CHECK(desk.record.metrics.fund_used == doctest::Approx(16.0));
    desk.losses.begin_turn(7);
    desk.losses.add_notional(1000.0);
    desk.fail(8.0, {-1.0, 0.0}); // the first asset's pot is empty
    desk.absorb();
    CHECK(desk.record.metrics.fund_used == doctest::Approx(16.0));
    CHECK(desk.record.metrics.uncovered == doctest::Approx(8.0));
    CHECK(desk.losses.waterfall().fund_balance() == doctest::Approx(4.0));
}

TEST_CASE("losses: profit on what is carried is income, loss on it a loss") {
    Desk desk({fund(10.0)});
    desk.ledger.pay(Party::carried, Party::clearing, 4.0);
    desk.losses.note_carried(0, 4.0);
    desk.ledger.pay(Party::carried, Party::clearing, -6.0);
    desk.losses.note_carried(1, -6.0);
    desk.absorb();
    CHECK(desk.record.metrics.fund_used == 6.0);
    CHECK(desk.losses.waterfall().fund_balance() == 8.0);
    CHECK(desk.record.metrics.fund_min_balance == 4.0);
    CHECK(desk.ledger.money(Party::clearing) == doctest::Approx(0.0));
}

TEST_CASE("losses: the first step with auto-deleveraging is kept") {
    Desk desk({fund(10.0)});
    desk.absorb(3);
    CHECK(std::isnan(desk.record.metrics.first_adl_step));
    desk.record.step.adl_notional = 5.0;
    desk.absorb(4);
    desk.absorb(5);
    CHECK(desk.record.metrics.first_adl_step == 4.0);
}
