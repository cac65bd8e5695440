#include <vector>

#include <doctest/doctest.h>

#include "models/impact/registry.hpp"
#include "models/margin/registry.hpp"
#include "sim/engine/parts/margins.hpp"
#include "tests/unit/account_rows.hpp"

namespace {

using namespace plunge;

const std::vector<double> price{100.0, 10.0};
const std::vector<double> haircut{0.0, 0.0};
const std::vector<double> typical_move{0.2, 0.2};

// Margins at 10 % of notional, calls below twice that, and three rows: safe, near a call, and without a position.
struct Desk {
    explicit Desk(Search kind)
        : rows{test::make_rows({{100.0, {1.0, 0.0}, {100.0, 10.0}, {}, 0},
                                {25.0, {0.0, -10.0}, {100.0, 10.0}, {}, 1},
                                {5.0, {0.0, 0.0}, {100.0, 10.0}, {}, 2}},
                               price, haircut)},
          rule{FlatMargin({.rate = {{0.1, 0.1}}}, {.assets = 2, .haircut = haircut})},
          margin_radii{safe_radii(rule, rows, 1.0, price, typical_move)}, warning_radii{safe_radii(
                                                                              rule, rows, 2.0, price, typical_move)},
          accounts{haircut}, margins{rule, 2.0, {0, 2, 0.0, 1.0, kind}}, books{shape, impact} {
        margins.maintenance.trigger().bind(rule, 1.0, margin_radii, price, typical_move, steps);
        margins.warning.trigger().bind(rule, 2.0, warning_radii, price, typical_move, steps);
        accounts.watch(margins.maintenance.trigger());
        accounts.watch(margins.warning.trigger());
        accounts.bind(rows);
        margins.set_factor(1.0);
        books.begin_world(price, true);
        path.assign(std::vector<double>(2 * (steps + 1), 0.0), price);
    }

    std::vector<std::uint32_t> found(BreachSearch& search) {
        std::vector<std::uint32_t> result;
        search.find(1, path, books, accounts, result);
        return result;
    }
    void mark(std::size_t asset, double value) { books.prices().mark[asset] = value; }

    static constexpr std::size_t steps = 10;
    AccountRows rows;
    MarginRule rule;
    SafeRadii margin_radii;
    SafeRadii warning_radii;
    ImpactShape shape{LinearImpact({.depth = {{1e6, 1e6}}}, {price, {}, {}})};
    ImpactCommon impact;
    Accounts accounts;
    Margins margins;
    Books books;
    IndexPath path;
};

} // namespace

TEST_CASE("margins: rows below the margin and below the warning are found at the marks of now, by either search") {
    using Rows = std::vector<std::uint32_t>;
    for (const Search kind : {Search::planes, Search::brute}) {
        Desk desk(kind);
        CHECK(desk.margins.warns());
        CHECK(desk.found(desk.margins.maintenance).empty());
        CHECK(desk.found(desk.margins.warning).empty()); // 25 of equity, 10 of margin
        desk.mark(1, 10.5);                              // 20 and 10.5: below twice the margin
        CHECK(desk.found(desk.margins.maintenance).empty());
        CHECK(desk.found(desk.margins.warning) == Rows{1});
        CHECK(desk.margins.is_warned(desk.accounts.view(1), desk.books.mark().data(), 2));
        CHECK_FALSE(desk.margins.in_breach(desk.accounts.view(1), desk.books.mark().data(), 2));
        desk.mark(1, 11.5); // 10 and 11.5
        CHECK(desk.found(desk.margins.maintenance) == Rows{1});
        CHECK(desk.margins.in_breach(desk.accounts.view(1), desk.books.mark().data(), 2));
        desk.accounts.edit(1, [](Accounts::Edit& edit) { edit.set_position(1, 0.0); });
        CHECK(desk.found(desk.margins.maintenance).empty());
    }
}

TEST_CASE("margins: the factor is in every margin") {
    Desk desk(Search::planes);
    CHECK(desk.margins.state(desk.accounts.view(1), desk.books.mark()).maintenance == doctest::Approx(10.0));
    desk.margins.set_factor(3.0);
    CHECK(desk.margins.state(desk.accounts.view(1), desk.books.mark()).maintenance == doctest::Approx(30.0));
    CHECK(desk.found(desk.margins.maintenance) == std::vector<std::uint32_t>{1});
    desk.margins.set_factor(1.0);
    CHECK(desk.found(desk.margins.maintenance).empty());
}
