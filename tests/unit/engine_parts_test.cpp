// Books, sessions, records and rounds, each by itself.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "models/impact/registry.hpp"
#include "sim/engine/parts/books.hpp"
#include "sim/engine/parts/record.hpp"
#include "sim/engine/parts/session.hpp"
#include "sim/engine/round/order.hpp"

namespace {

using namespace plunge;

const ImpactContext context{.initial_price = {100.0, 10.0}, .daily_volume = {}, .daily_volatility = {}};
const ImpactShape shape = LinearImpact({.depth = {{1000.0, 500.0}}}, context);
const ImpactCommon without_end;
const ImpactCommon small{.thinning = {}, .resting = {{3.0, 100.0}}, .cross = {}};

} // namespace

TEST_CASE("books: a quote changes nothing; what is committed is what was quoted") {
    Books books(shape, without_end);
    books.begin_world({100.0, 10.0}, true);
    Ledger ledger;
    ledger.begin_world(2);
    const std::vector<double> quantity{-2.0, 0.0};
    Quote quote;
    books.quote(quantity, quote);
    CHECK(books.price()[0] == 100.0);
    CHECK(quote.price(0) < 100.0);
    CHECK(quote.price(1) == 10.0);
    books.commit(quote, ledger);
    CHECK(books.price()[0] == doctest::Approx(100.0 * std::exp(quote.execution.transient[0])));
    CHECK(books.price()[0] < quote.price(0));
    CHECK(books.price()[1] == 10.0);
    CHECK(books.mark()[0] == 100.0); // until marks are moved
    CHECK(books.prices().displaced);
    CHECK(ledger.money(Party::book) == doctest::Approx(-2.0 * quote.price(0)));
    CHECK(ledger.money(Party::clearing) == doctest::Approx(2.0 * quote.price(0)));
    CHECK(ledger.base(0, Party::book) == 2.0);
}

TEST_CASE("books: without impact trades pay the price there is and move nothing") {
    Books books(shape, without_end);
    books.begin_world({100.0, 10.0}, false);
    Ledger ledger;
    ledger.begin_world(2);
    Quote quote;
    books.quote({-2.0, 5.0}, quote);
    CHECK(quote.execution.average_price == std::vector<double>{100.0, 10.0});
    books.commit(quote, ledger);
    CHECK(books.price() == std::vector<double>{100.0, 10.0});
    CHECK_FALSE(books.prices().displaced);
}

TEST_CASE("books: what a side does not hold is not filled, and time brings it back") {
    Books books(shape, small);
    books.begin_world({100.0, 10.0}, true);
    Ledger ledger;
    ledger.begin_world(2);
    Quote quote;
    books.quote({-4.0, 50.0}, quote);
    CHECK_FALSE(quote.filled.everything());
    CHECK(quote.filled.missing == doctest::Approx(0.25));
    CHECK(quote.filled.share == std::vector<double>{0.75, 1.0});
    CHECK(quote.filled.quantity == std::vector<double>{-3.0, 50.0});
    Quote less;
    books.quote({-3.0, 50.0}, less);
    CHECK(less.filled.everything());
    CHECK(less.execution.average_price == quote.execution.average_price);
    books.commit(quote, ledger);
    CHECK(ledger.base(0, Party::book) == 3.0);
    books.quote({-1.0, 0.0}, quote); // nothing is left to sell to
    CHECK(quote.filled.share[0] == 0.0);
    CHECK(quote.filled.missing == doctest::Approx(1.0));
    CHECK(quote.execution.transient == books.prices().book.transient);
    books.quote({7.0, 0.0}, quote); // what was sold can be bought back, and the other side
    CHECK(quote.filled.share[0] == doctest::Approx(6.0 / 7.0));
    books.prices().book.depth_multiplier[0] = 0.5;
    books.quote({7.0, 0.0}, quote); // a thin book holds less, and less of it is consumed
    CHECK(quote.filled.share[0] == doctest::Approx(3.0 / 7.0));

    books.begin_world({100.0, 10.0}, false); // what would have happened without trades' effect: they are done
    books.quote({-4.0, 50.0}, quote);
    CHECK(quote.filled.everything());
}

TEST_CASE("books: what lacks by rounding alone is filled, what is there by rounding alone is not") {
    Books books(shape, small);
    books.begin_world({100.0, 10.0}, true);
    Quote quote;
    books.quote({-3.0 * (1.0 + 9e-10), 0.0}, quote);
    CHECK(quote.filled.share[0] == 1.0);
    CHECK(quote.filled.missing > 0.0);
    books.quote({-3.0 * (1.0 + 2e-9), 0.0}, quote);
    CHECK(quote.filled.share[0] < 1.0);
    books.quote({-4e9, 0.0}, quote);
    CHECK(quote.filled.share[0] == 0.0);
}

TEST_CASE("session: a halt lasts as many steps as it is long, from the next one on") {
    Session session;
    session.begin_world();
    session.enter(1);
    CHECK_FALSE(session.halted());
    session.halt(4, 3);
    for (std::size_t t = 4; t < 10; ++t) {
        if (t > 4) session.enter(t);
        CHECK(session.halted() == (t >= 5 && t <= 7));
    }
    CHECK(session.halted_until() == 8);
    session.begin_world();
    CHECK_FALSE(session.halted());
    CHECK(session.halted_until() == 0);
}

TEST_CASE("record: liquidations close together are one cascade, and the largest is kept") {
    Record record(3, 1, 1, 2, true, false); // gaps up to two steps
    record.begin_world();
    const auto step = [&](std::size_t t, double notional, double before, double after) {
        record.step = {};
        record.step.notional = notional;
        record.step.liquidations = notional > 0.0 ? 2 : 0;
        record.step.rounds = notional > 0.0 ? 4 : 0;
        record.end_step(t, {before}, {after});
    };
    step(5, 10.0, 100.0, 90.0);
    step(6, 0.0, 90.0, 91.0);
    step(8, 5.0, 92.0, 80.0); // two quiet steps between: the same
    step(12, 7.0, 80.0, 79.0);
    record.cascades.end(record.metrics);
    CHECK(record.metrics.cascades == 2);
    CHECK(record.metrics.largest_cascade_notional == 15.0);
    CHECK(record.metrics.peak_step_notional == 10.0);
    CHECK(record.metrics.max_rounds == 4);
    CHECK(record.metrics.first_liquidation_step == 5.0);
    std::vector<Cascade> cascades;
    record.cascades.hand_over(cascades);
    REQUIRE(cascades.size() == 2);
    CHECK(cascades[0].venue == 3);
    CHECK(cascades[0].first_step == 5);
    CHECK(cascades[0].last_step == 8);
    CHECK(cascades[0].rounds == 8);
    CHECK(cascades[0].accounts == 4);
    CHECK(cascades[0].price_move[0] == doctest::Approx(std::log(80.0 / 100.0)));
    CHECK(cascades[1].notional == 7.0);
    record.begin_world();
    CHECK(record.metrics.cascades == 0);
    CHECK(std::isnan(record.metrics.first_liquidation_step));
    for (Cascade& used : cascades) record.cascades.take_back(used);
    cascades.clear();
    step(3, 1.0, 50.0, 25.0); // in the memory of the last world's
    record.cascades.end(record.metrics);
    record.cascades.hand_over(cascades);
    REQUIRE(cascades.size() == 1);
    CHECK(cascades[0].first_step == 3);
    CHECK(cascades[0].price_move == std::vector<double>{std::log(0.5)});
}

TEST_CASE("record: cascades that are not kept are counted all the same") {
    Record record(0, 1, 1, 2, false, false);
    record.begin_world();
    record.step.liquidations = 1;
    record.end_step(1, {1.0}, {1.0});
    record.cascades.end(record.metrics);
    CHECK(record.metrics.cascades == 1);
    std::vector<Cascade> cascades;
    record.cascades.hand_over(cascades);
    CHECK(cascades.empty());
}

TEST_CASE("round: every share of an order is closed once: opposite, winners and book add up to it") {
    Round round(2);
    round.begin(5);
    round.orders = {{.row = 1, .fraction = 0.5, .debt_fraction = 0.5}, {.row = 4, .fraction = 1.0}};
    round.close_list();
    CHECK(round.has(1));
    CHECK(round.has(4));
    CHECK_FALSE(round.has(0));
    const auto all_of = [](const Split& split) { return split.to_opposite + split.to_winners + split.to_book; };
    CHECK(round.split(0, 3.0).to_book == 3.0);
    round.set_opposite(0, 1.0, 0.25);
    round.set_winners(0, 1.0, 0.5);
    round.set_winners(1, -1.0, 1.0);
    const Split split = round.split(0, 8.0);
    CHECK(split.to_opposite == 2.0);
    CHECK(split.to_winners == 3.0);
    CHECK(split.to_book == 3.0);
    CHECK(all_of(round.split(0, -8.0)) == -8.0);
    CHECK(round.split(0, -8.0).to_book == -8.0); // shorts have shares of their own
    CHECK(round.split(1, -6.0).to_winners == -6.0);
    CHECK(round.split(1, -6.0).to_book == 0.0);
    CHECK(round.left_of(0, 8.0) == 6.0);
    round.release_rows();
    CHECK_FALSE(round.has(1));
    round.begin(5);
    round.close_list(); // nothing of the next round is taken yet
    CHECK(round.split(0, 8.0).to_book == 8.0);
}
