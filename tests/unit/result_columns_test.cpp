// The tables of columns: every name once, and traces as long and as wide as their table says.
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "sim/engine/result_columns.hpp"
#include "sim/engine/world.hpp"
#include "sim/engine/world_trace.hpp"
#include "sim/scenario/load.hpp"
#include "sim/stats/account_columns.hpp"
#include "sim/stats/metric_pages.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

template <class Table> void check_names(const Table& table) {
    std::set<std::string_view> names;
    for_each_column(table, [&](const auto& row) {
        CHECK_MESSAGE(names.insert(row.name).second, row.name);
        CHECK_MESSAGE((row.units == "1" || row.units == "USD" || row.units == "s"), row.name);
        CHECK_MESSAGE(!row.label.empty(), row.name);
        CHECK_MESSAGE(row.label.size() <= 35, row.name); // on an axis
        CHECK_MESSAGE(!row.formula.empty(), row.name);
        CHECK_MESSAGE(!row.description.empty(), row.name);
    });
}

} // namespace

TEST_CASE("every column of a table has a name of its own, a unit, a label, a formula and a meaning") {
    check_names(venue_metrics());
    check_names(cohort_metrics());
    check_names(asset_metrics());
    check_names(counterfactual_metrics());
    check_names(network_metrics());
    check_names(cascade_columns());
    check_names(account_columns());
    std::set<std::string_view> names;
    for (const TraceColumn& column : trace_columns()) {
        CHECK_MESSAGE(names.insert(column.name).second, column.name);
        CHECK_MESSAGE(!column.long_name.empty(), column.name);
    }
}

TEST_CASE("venues' metrics are put together as their column says") {
    std::vector<VenueMetrics> venues(2);
    venues[0].fees = 3.0;
    venues[1].fees = 4.0;
    venues[0].max_rounds = 7;
    venues[1].max_rounds = 2;
    venues[1].first_adl_step = 5.0;
    venues[0].liquidated_notional = 30.0;
    venues[1].liquidated_notional = 10.0;
    venues[1].endogenous_notional = 10.0;
    const VenueMetrics all = combine_venues(venues);
    CHECK(all.fees == 7.0);
    CHECK(all.max_rounds == 7);
    CHECK(all.first_adl_step == 5.0);
    CHECK(all.branching_ratio == 0.25);
    CHECK(std::isnan(all.call_to_liquidation_seconds));
    venues[0].called_liquidations = 3;
    venues[0].call_to_liquidation_seconds = 60.0;
    CHECK(combine_venues(venues).call_to_liquidation_seconds == 60.0);
    venues[1].called_liquidations = 1;
    venues[1].call_to_liquidation_seconds = 180.0;
    CHECK(combine_venues(venues).call_to_liquidation_seconds == 90.0);
}

TEST_CASE("sim/metrics.md is what `plunge metrics --markdown` prints") {
    std::ifstream file(scenario_test::source_folder() / "sim" / "metrics.md", std::ios::binary);
    REQUIRE(file);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    CHECK_MESSAGE(page == metric_catalogue(), "plunge metrics --markdown > sim/metrics.md");
}

TEST_CASE("every metric is in the list and has a page, and metrics of one name share it") {
    const std::string list = metric_list();
    for (const MetricEntry& entry : metric_entries()) {
        CHECK_MESSAGE(list.find("  " + entry.name + " ") != std::string::npos, entry.name);
        CHECK_MESSAGE(metric_page(entry.name).find("layer: " + entry.layer) != std::string::npos, entry.name);
    }
    CHECK(metric_page("liquidated_notional").find("layer: cohort") != std::string::npos);
    CHECK(metric_page("nonsense").empty());
}

TEST_CASE("the whole loss is the sum of who bears it to the last bit, and of where it arises but for rounding") {
    const std::string path = (scenario_test::source_folder() / "tests/scenarios/busy.toml").string();
    const Market market(load_scenario(path, {}).scenario);
    WorldEngine engine(market);
    WorldResult result;
    double all = 0.0;
    for (std::uint64_t world = 0; world < 20; ++world) {
        engine.run(world, result);
        for (const VenueMetrics& m : result.venues) {
            CHECK(m.loss_beyond_bankruptcy == m.fund_used + m.venue_capital_used + m.default_fund_used + m.assessments +
                                                  m.adl_loss + m.socialized_loss + m.uncovered + m.open_insolvent_loss +
                                                  m.inventory_left_loss);
            const double arisen = m.shortfall + m.adl_loss + m.open_insolvent_loss + m.inventory_left_loss;
            CHECK(m.loss_beyond_bankruptcy == doctest::Approx(arisen).epsilon(1e-9));
            all += m.loss_beyond_bankruptcy;
        }
    }
    CHECK(all > 0.0);
}

TEST_CASE("a trace holds for every column what its shape says at every step") {
    const std::string path = (scenario_test::source_folder() / "tests/scenarios/busy.toml").string();
    const Market market(load_scenario(path, {"run.horizon=\"1h\""}).scenario);
    WorldEngine engine(market);
    WorldResult result;
    WorldTrace trace;
    engine.run(0, result, {&trace, nullptr, nullptr});
    const std::size_t steps = market.steps() + 1;
    const std::size_t venues = market.venues().size();
    for (const TraceColumn& column : trace_columns()) {
        const std::size_t width = column.shape() == TraceShape::asset   ? market.assets()
                                  : column.shape() == TraceShape::venue ? venues
                                                                        : venues * market.assets();
        CHECK_MESSAGE(trace[column.name].size() == steps * width, column.name);
    }
    CHECK(trace["index"].front() == market.initial_price().front());
}

TEST_CASE("a column of traces that does not exist is an error") {
    const WorldTrace trace;
    CHECK_THROWS_AS(trace["nonsense"], std::out_of_range);
}
