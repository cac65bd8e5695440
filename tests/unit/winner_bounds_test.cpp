#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/round/winner_bounds.hpp"
#include "tests/unit/account_rows.hpp"

namespace {

using namespace plunge;

const std::vector<double> start{100.0, 10.0, 1.0};
const std::vector<double> no_haircut(3, 0.0);

// Rows with a position in one asset, or in several, on both sides; some with collateral.
AccountRows population(std::mt19937_64& bits, bool collateral) {
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    std::vector<test::RowSpec> rows;
    for (int row = 0; row < 203; ++row) {
        test::RowSpec made{0.0, std::vector<double>(3, 0.0), start, {}, static_cast<std::uint32_t>(row)};
        double gross = 0.0;
        for (std::size_t a = 0; a < 3; ++a) {
            made.entry[a] = start[a] * std::exp(0.2 * (uniform(bits) - 0.5));
            if (uniform(bits) < 0.4) made.position[a] = (uniform(bits) - 0.5) * 1000.0 / start[a];
            gross += std::fabs(made.position[a]) * start[a];
            if (collateral) made.collateral.push_back(uniform(bits) < 0.3 ? 100.0 * uniform(bits) / start[a] : 0.0);
        }
        made.cash = 1.0 + gross * (0.05 + uniform(bits));
        rows.push_back(made);
    }
    return test::make_rows(rows, start, no_haircut);
}

double score_of(const Accounts& accounts, std::uint32_t row, std::size_t asset, double side,
                const std::vector<double>& mark) {
    const Accounts::Worth worth = accounts.worth(row, mark);
    const double entry = accounts.entry(row, asset);
    if (!(accounts.position(row, asset) * side > 0.0) || !Accounts::has_left(worth)) return 0.0;
    return side * (mark[asset] - entry) / entry * worth.gross / worth.wealth;
}

} // namespace

TEST_CASE("winner bounds: whoever has a score that is asked for is listed, with a bound that is not below it") {
    std::mt19937_64 bits(7);
    std::normal_distribution<double> normal;
    for (const bool collateral : {false, true}) {
        const AccountRows rows = population(bits, collateral);
        Accounts accounts(no_haircut);
        accounts.bind(rows);
        WinnerBounds bounds(3);
        bounds.begin_world(rows.size());
        std::vector<double> mark = start;
        std::vector<WinnerBounds::Bound> listed;
        std::size_t wanted = 0;
        std::size_t found = 0;
        for (int step = 0; step < 40; ++step) {
            for (double& price : mark) price *= std::exp(0.02 * normal(bits));
            bounds.observe(mark);
            const auto changed = static_cast<std::uint32_t>(bits() % rows.size());
            const auto asset = static_cast<std::size_t>(step) % 3;
            accounts.edit(changed, [&](Accounts::Edit& edit) {
                edit.set_position(asset, 0.5 * edit.position(asset));
                edit.pay(0.1 * std::fabs(edit.cash()));
            });
            bounds.forget(changed);
            for (std::size_t a = 0; a < 3; ++a) {
                for (const double side : {1.0, -1.0}) {
                    const double least = 0.05 * static_cast<double>(bits() % 8);
                    bounds.list(accounts, a, side, least, listed);
                    std::vector<double> bound(rows.size(), -1.0);
                    for (const WinnerBounds::Bound& one : listed) bound[one.row] = one.score;
                    found += listed.size();
                    for (std::uint32_t row = 0; row < rows.size(); ++row) {
                        const double score = score_of(accounts, row, a, side, mark);
                        if (!(score > 0.0) || score < least) continue;
                        ++wanted;
                        CHECK(bound[row] >= score);
                        if (bits() % 4 == 0) bounds.note(accounts, row, accounts.worth(row, mark));
                    }
                }
            }
        }
        CHECK(wanted > 1000);
        CHECK(found < 3 * wanted); // or the bounds would be good for nothing
    }
}

TEST_CASE("winner bounds: positions in one asset are bounded as closely as single precision allows") {
    const AccountRows rows = test::make_rows(
        {{20.0, {-1.0, 0.0, 0.0}, {100.0, 10.0, 1.0}, {}, 0}, {8.0, {0.0, 5.0, 0.0}, {100.0, 9.0, 1.0}, {}, 1}}, start,
        no_haircut);
    Accounts accounts(no_haircut);
    accounts.bind(rows);
    WinnerBounds bounds(3);
    bounds.begin_world(2);
    bounds.observe(start);
    std::vector<WinnerBounds::Bound> listed;
    bounds.list(accounts, 0, -1.0, 0.0, listed);
    const std::vector<double> mark{60.0, 13.0, 5.0}; // the third asset is nobody's
    bounds.observe(mark);
    bounds.list(accounts, 0, -1.0, 0.0, listed);
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].score == doctest::Approx(score_of(accounts, 0, 0, -1.0, mark)).epsilon(1e-4));
    bounds.list(accounts, 1, 1.0, 0.0, listed);
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].score == doctest::Approx(score_of(accounts, 1, 1, 1.0, mark)).epsilon(1e-4));

    accounts.edit(0, [](Accounts::Edit& edit) { edit.set_position(0, 0.0); });
    bounds.list(accounts, 0, -1.0, 0.0, listed);
    REQUIRE(listed.size() == 1); // as long as nobody says so
    bounds.drop(0, -1.0, listed[0].place);
    bounds.list(accounts, 0, -1.0, 0.0, listed);
    CHECK(listed.empty());
    accounts.edit(0, [](Accounts::Edit& edit) { edit.trade(0, -1.0, 65.0); }); // joins them again
    bounds.forget(0);
    bounds.list(accounts, 0, -1.0, 0.0, listed);
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].score >= score_of(accounts, 0, 0, -1.0, mark));
}
