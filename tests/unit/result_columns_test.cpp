// The tables of columns: every name once, and traces as long and as wide as their table says.
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "sim/engine/result_columns.hpp"
#include "sim/engine/world.hpp"
#include "sim/engine/world_trace.hpp"
#include "sim/scenario/load.hpp"
#include "tests/unit/scenario_test_text.hpp"

using namespace plunge;

namespace {

template <class Table> void check_names(const Table& table) {
    std::set<std::string_view> names;
    for_each_column(table, [&](const auto& row) {
        CHECK_MESSAGE(names.insert(row.name).second, row.name);
        CHECK_MESSAGE((row.units == "1" || row.units == "USD"), row.name);
        CHECK_MESSAGE(!row.long_name.empty(), row.name);
    });
}

} // namespace

TEST_CASE("every column of a table has a name of its own, a unit and a meaning") {
    check_names(venue_metrics());
    check_names(cohort_metrics());
    check_names(asset_metrics());
    check_names(counterfactual_metrics());
    check_names(network_metrics());
    check_names(cascade_columns());
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
