// The trigger search against a look at every row: the same rows, whatever prices and rows do.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "models/margin/registry.hpp"
#include "models/random/variates.hpp"
#include "sim/engine/trigger_search.hpp"

using namespace plunge;

namespace {

constexpr std::size_t assets = 2;
constexpr std::size_t steps = 600;

AccountRows random_rows(PhiloxEngine& engine, std::size_t count, const std::vector<double>& price) {
    AccountRows rows;
    rows.assets = assets;
    for (std::size_t i = 0; i < count; ++i) {
        double cash = 1000.0;
        const double leverage = 1.0 + 60.0 * draw_uniform(engine) * draw_uniform(engine);
        for (std::size_t a = 0; a < assets; ++a) {
            const double side = draw_uniform(engine) < 0.6 ? 1.0 : -1.0;
            const double q = side * 0.5 * leverage * 1000.0 / price[a];
            rows.position.push_back(q);
            rows.entry.push_back(price[a]);
            cash -= q * price[a];
        }
        rows.cash.push_back(cash);
    }
    return rows;
}

std::vector<std::uint32_t> every_row(const MarginRule& rule, const AccountRows& rows, double multiple,
                                     const std::vector<double>& mark) {
    std::vector<std::uint32_t> found;
    std::visit(
        [&](const auto& r) {
            for (std::uint32_t row = 0; row < rows.size(); ++row) {
                const MarginState state = margin_state(r, rows.view(row), mark.data(), assets);
                if (rows.has_position(row) && state.equity < multiple * state.maintenance) found.push_back(row);
            }
        },
        rule);
    return found;
}

MarginRule make_rule(bool tiers) {
    if (!tiers) return FlatMargin({PerAsset{{0.01, 0.02}}}, {.assets = assets});
    const TierTable table{
        {{{0.0, 0.005, 0.0}, {5000.0, 0.01, 0.0}, {20000.0, 0.05, 0.0}}, {{0.0, 0.01, 0.0}, {8000.0, 0.02, 0.0}}}};
    return TieredMargin(table);
}

// Makes the search ready for `mark`.
void make_ready(TriggerSearch& search, std::size_t t, const std::vector<double>& mark, const IndexPath& path,
                const Outlook& outlook, const AccountRows& rows, const std::vector<std::uint32_t>& changed) {
    if (search.ready(t, mark.data(), mark.data())) return;
    search.rebuild(t, mark.data(), mark.data(), mark.data(), path, outlook, rows, changed);
}

} // namespace

TEST_CASE("trigger search: finds exactly the rows that a look at all of them finds") {
    std::size_t found_in_all = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        PhiloxEngine engine({.seed = seed});
        const std::vector<double> start{50'000.0, 2'000.0};
        const double volatility = 0.0005 * std::pow(10.0, 1.5 * draw_uniform(engine)); // per step
        std::vector<double> log_path((steps + 1) * assets, 0.0);
        for (std::size_t a = 0; a < assets; ++a) {
            double* move = log_path.data() + a * (steps + 1);
            for (std::size_t t = 1; t <= steps; ++t) {
                move[t] = move[t - 1] + volatility * draw_normal(engine);
                if (a == 0 && t == 300) move[t] -= 0.2; // a jump
            }
        }
        IndexPath path;
        path.assign(log_path, start);
        AccountRows rows = random_rows(engine, 300, start);
        const MarginRule rule = make_rule(seed % 2 == 0);
        const double multiple = seed % 3 == 0 ? 1.5 : 1.0;
        const std::vector<double> typical{0.02, 0.03};
        const SafeRadii radii = safe_radii(rule, rows, multiple, start, typical);
        TriggerSearch search;
        search.bind(rule, multiple, radii, start, typical, steps);
        std::vector<std::uint32_t> changed;
        std::vector<std::uint32_t> found;
        std::vector<double> displacement(assets, 0.0);
        Outlook outlook{{1.0, 1.0}, 0.98};
        for (std::size_t t = 1; t <= steps; ++t) {
            for (int look = 0; look < 3; ++look) {
                std::vector<double> mark(assets);
                for (std::size_t a = 0; a < assets; ++a) mark[a] = path.price(a, t) * std::exp(displacement[a]);
                make_ready(search, t, mark, path, outlook, rows, changed);
                search.find(mark.data(), rows, found);
                const std::vector<std::uint32_t> expected = every_row(rule, rows, multiple, mark);
                CAPTURE(t);
                REQUIRE(found == expected);
                found_in_all += found.size();
                // Change some rows, found or not, in any direction; move prices.
                for (int change = 0; change < 4; ++change) {
                    std::uint32_t row = static_cast<std::uint32_t>(draw_uniform(engine) * 300.0);
                    if (!found.empty() && change < 3)
                        row = found[static_cast<std::size_t>(draw_uniform(engine) * static_cast<double>(found.size()))];
                    const double keep = change == 0 ? 0.0 : 2.0 * draw_uniform(engine) - 0.5;
                    for (std::size_t a = 0; a < assets; ++a) {
                        double& q = rows.position[row * assets + a];
                        rows.cash[row] += (1.0 - keep) * q * mark[a];
                        q *= keep;
                    }
                    rows.cash[row] += 300.0 * draw_normal(engine);
                    bool known = false;
                    for (const std::uint32_t other : changed) known = known || other == row;
                    if (!known) changed.push_back(row);
                    search.row_changed(rows, row);
                }
                for (double& d : displacement) d = 0.98 * d + 0.002 * draw_normal(engine);
            }
        }
    }
    CHECK(found_in_all > 5'000);
}

TEST_CASE("trigger search: the first step of a stretch in which a row is short is that of a look at all rows") {
    constexpr std::uint8_t passed_over_bit = 4;
    std::size_t events = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        PhiloxEngine engine({.seed = seed});
        const std::vector<double> start{50'000.0, 2'000.0};
        const double volatility = 0.0005 * std::pow(10.0, 1.5 * draw_uniform(engine));
        std::vector<double> log_path((steps + 1) * assets, 0.0);
        for (std::size_t i = 1; i < log_path.size(); ++i) {
            if (i != steps + 1) log_path[i] = log_path[i - 1] + volatility * draw_normal(engine);
        }
        IndexPath path;
        path.assign(log_path, start);
        AccountRows rows = random_rows(engine, 200, start);
        std::vector<std::uint8_t> flags(200, 0);
        const MarginRule rule = make_rule(seed % 2 == 0);
        const std::vector<double> typical{0.02, 0.03};
        const SafeRadii radii = safe_radii(rule, rows, 1.0, start, typical);
        TriggerSearch search;
        search.bind(rule, 1.0, radii, start, typical, steps);
        const Outlook outlook{{1.0, 1.0}, 1.0};
        std::vector<std::uint32_t> changed;
        for (std::size_t t = 1; t <= steps;) {
            const std::size_t count = std::min<std::size_t>(1 + engine() % 90, steps + 1 - t);
            const std::vector<const double*> mark{path.prices(0) + t, path.prices(1) + t};
            std::vector<double> low(assets);
            std::vector<double> high(assets);
            path.range(t, t + count - 1, low.data(), high.data());
            const std::vector<double> now{*mark[0], *mark[1]};
            if (!search.ready(t, low.data(), high.data())) {
                search.rebuild(t, low.data(), high.data(), now.data(), path, outlook, rows, changed);
            }
            const std::size_t first = search.first_step({mark.data(), low.data(), high.data()}, count, rows, flags,
                                                        passed_over_bit);
            std::vector<std::uint32_t> found;
            for (std::size_t k = 0; k <= std::min(first, count - 1); ++k) {
                found = every_row(rule, rows, 1.0, {mark[0][k], mark[1][k]});
                std::erase_if(found, [&](std::uint32_t row) { return (flags[row] & passed_over_bit) != 0; });
                CAPTURE(t);
                CAPTURE(k);
                REQUIRE(found.empty() == (k < first));
            }
            events += first < count ? 1 : 0;
            for (const std::uint32_t row : found) { // closed, shrunk, or passed over from now on
                changed.push_back(row);
                if (row % 3 == 0) flags[row] = passed_over_bit;
                if (row % 3 == 1) rows.position[row * assets] = rows.position[row * assets + 1] = 0.0;
                if (row % 3 == 2) rows.cash[row] += 500.0;
                search.row_changed(rows, row);
            }
            t += first < count ? first + 1 : count;
        }
    }
    CHECK(events > 500);
}

TEST_CASE("trigger search: begin_world forgets the last world's boxes and members") {
    PhiloxEngine engine({.seed = 3});
    const std::vector<double> start{50'000.0, 2'000.0};
    IndexPath calm;
    calm.assign(std::vector<double>((steps + 1) * assets, 0.0), start);
    std::vector<double> falling((steps + 1) * assets, 0.0);
    for (std::size_t i = 0; i < falling.size(); ++i) falling[i] = -0.001 * static_cast<double>(i % (steps + 1));
    IndexPath fall;
    fall.assign(falling, start);
    const AccountRows rows = random_rows(engine, 200, start);
    const MarginRule rule = make_rule(false);
    const std::vector<double> typical{0.02, 0.03};
    const SafeRadii radii = safe_radii(rule, rows, 1.0, start, typical);
    TriggerSearch search;
    search.bind(rule, 1.0, radii, start, typical, steps);
    const Outlook outlook{{1.0, 1.0}, 1.0};
    for (const IndexPath* path : {&calm, &fall, &calm, &fall}) {
        search.begin_world();
        std::vector<std::uint32_t> found;
        for (std::size_t t = 1; t <= steps; t += 50) {
            const std::vector<double> mark{path->price(0, t), path->price(1, t)};
            make_ready(search, t, mark, *path, outlook, rows, {});
            search.find(mark.data(), rows, found);
            REQUIRE(found == every_row(rule, rows, 1.0, mark));
        }
    }
}
