// Phase 8: what is kept of a world's history beside its metrics.
#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "models/waterfall/layers.hpp"
#include "sim/engine/result_columns.hpp"
#include "sim/engine/world.hpp"
#include "sim/engine/world_trace.hpp"

namespace plunge {
namespace {

// A column of traces is a line here.
constexpr TraceColumn columns_of_traces[] = {
    {"index", "USD", "index price, which no trading moves",
     [](const IndexPath& path, std::size_t asset, std::size_t step) { return path.price(asset, step); }},
    {"price", "USD", "traded price",
     [](const VenueParts& venue, std::size_t asset) { return venue.books.prices().price[asset]; }},
    {"mark", "USD", "mark price, which margin uses",
     [](const VenueParts& venue, std::size_t asset) { return venue.books.prices().mark[asset]; }},
    {"permanent", "1", "permanent log displacement",
     [](const VenueParts& venue, std::size_t asset) { return venue.books.prices().permanent[asset]; }},
    {"transient", "1", "transient log displacement",
     [](const VenueParts& venue, std::size_t asset) { return venue.books.prices().book.transient[asset]; }},
    {"depth", "1", "depth multiplier",
     [](const VenueParts& venue, std::size_t asset) { return venue.books.prices().book.depth_multiplier[asset]; }},
    {"open_interest", "USD", "open interest, the larger side of each asset",
     [](const VenueParts& venue) { return venue.open_interest(); }},
    {"liquidated_notional", "USD", "notional liquidated in the step",
     [](const VenueParts& venue) { return venue.record.step.notional; }},
    {"shortfall", "USD", "shortfall of the step", [](const VenueParts& venue) { return venue.record.step.shortfall; }},
    {"adl_notional", "USD", "notional auto-deleveraged in the step",
     [](const VenueParts& venue) { return venue.record.step.adl_notional; }},
    {"fund", "USD", "insurance fund at the end of the step",
     [](const VenueParts& venue) { return venue.fund_balance(); }},
    {"layers", "USD", "what all loss layers hold at the end of the step",
     [](const VenueParts& venue) { return venue.losses.waterfall().balance(); }},
    {"inventory", "USD", "what the venue carries itself, long and short added up",
     [](const VenueParts& venue) { return venue.inventory_notional(); }},
    {"rounds", "1", "rounds of forced selling in the step",
     [](const VenueParts& venue) { return static_cast<double>(venue.record.step.rounds); }},
    {"margin_calls", "1", "margin calls raised in the step",
     [](const VenueParts& venue) { return static_cast<double>(venue.record.step.margin_calls); }},
    {"margin_factor", "1", "factor on maintenance margins",
     [](const VenueParts& venue) { return venue.margins.factor(); }},
    {"halted", "1", "1 while trading is halted",
     [](const VenueParts& venue) { return venue.session.halted() ? 1.0 : 0.0; }},
};

template <auto value> double over_venues(const WorldEngine& world, std::size_t /*asset*/) {
    double sum = 0.0;
    for (const VenueEngine& venue : world.venues()) sum += std::invoke(value, venue.parts());
    return sum;
}

double fund_at_start(const Market& market, std::size_t /*asset*/, double /*open_interest*/) {
    double sum = 0.0;
    for (const Venue& venue : market.scenario().venues) sum += initial_fund_balance(venue.waterfall);
    return sum;
}

const double* open_interest_ahead(const WorldEngine& world, std::size_t /*asset*/, std::size_t count, double* sum) {
    constexpr std::size_t lanes = 4;
    const std::size_t padded = (count + lanes - 1) / lanes * lanes; // whole vectors: there is room for them
    std::array<double, LookAhead::longest> part; // a venue is summed on its own, like VenueParts does it
    for (std::size_t v = 0; v < world.venues().size(); ++v) {
        double* of_venue = v == 0 ? sum : part.data();
        std::fill_n(of_venue, padded, 0.0);
        for (std::size_t a = 0; a < world.assets(); ++a) {
            const double base = world.venues()[v].parts().accounts.open_base(a);
            const double* mark = world.ahead().mark(v, a);
            for (std::size_t k = 0; k < padded; ++k) of_venue[k] += LinearContract::value(base, mark[k]);
        }
        for (std::size_t k = 0; k < count && v > 0; ++k) sum[k] += part[k];
    }
    return sum;
}

double mean_depth(const WorldEngine& world, std::size_t /*asset*/) {
    double sum = 0.0;
    for (const VenueEngine& venue : world.venues()) {
        for (const double depth : venue.parts().books.prices().book.depth_multiplier) sum += depth;
    }
    return sum / static_cast<double>(world.assets() * world.venues().size());
}

const double* mean_depth_ahead(const WorldEngine& world, std::size_t /*asset*/, std::size_t count, double* mean) {
    std::array<double, LookAhead::longest> part;
    std::fill_n(mean, count, 0.0);
    for (std::size_t v = 0; v < world.venues().size(); ++v) {
        for (std::size_t a = 0; a < world.assets(); ++a) {
            world.ahead().depth(v, a, count, part.data());
            for (std::size_t k = 0; k < count; ++k) mean[k] += part[k];
        }
    }
    for (std::size_t k = 0; k < count; ++k) mean[k] /= static_cast<double>(world.assets() * world.venues().size());
    return mean;
}

bool depth_varies(const Market& market) {
    return std::ranges::any_of(market.venues(),
                               [](const VenueModel& venue) { return venue.impact.thinning.has_value(); });
}

// A band is a line here.
constexpr SeriesColumn columns_of_series[] = {
    {"price", "USD", "traded price, depth-weighted over venues", true, 9, Quiet::moves,
     [](const Market& market, std::size_t asset, double) { return market.initial_price()[asset]; },
     [](const WorldEngine& world, std::size_t asset) { return world.traded_price(asset); },
     [](const WorldEngine& world, std::size_t asset, std::size_t, double*) { return world.ahead().traded(asset); }},
    // coarse: it spreads over many orders of magnitude
    {"liquidated_notional", "USD", "notional liquidated in the step", false, 6, Quiet::at_start,
     [](const Market&, std::size_t, double) { return 0.0; },
     over_venues<[](const VenueParts& venue) { return venue.record.step.notional; }>},
    {"fund_balance", "USD", "balance of the insurance funds", false, 9, Quiet::stays, fund_at_start,
     over_venues<&VenueParts::fund_balance>},
    {"open_interest", "USD", "open interest, the larger side of every asset", false, 9, Quiet::moves,
     [](const Market&, std::size_t, double open_interest) { return open_interest; },
     over_venues<&VenueParts::open_interest>, open_interest_ahead},
    {"depth_multiplier", "1", "depth multiplier, mean over assets and venues", false, 9, Quiet::moves,
     [](const Market&, std::size_t, double) { return 1.0; }, mean_depth, mean_depth_ahead, depth_varies},
};

} // namespace

std::span<const SeriesColumn> series_columns() { return columns_of_series; }

std::span<const TraceColumn> trace_columns() { return columns_of_traces; }

std::size_t WorldTrace::place_of(std::string_view name) {
    for (std::size_t i = 0; i < std::size(columns_of_traces); ++i) {
        if (columns_of_traces[i].name == name) return i;
    }
    throw std::out_of_range("no column of traces is called " + std::string(name));
}

void WorldEngine::record_start() {
    if (sinks_.trace != nullptr) {
        *sinks_.trace = {};
        record_trace(0);
    }
    if (sinks_.series == nullptr) return;
    for (SeriesTrack& track : *sinks_.series) track.begin_world();
    record_step(0);
}

// Steps in which nothing happened, as they were looked at.
void WorldEngine::record_quiet(std::size_t t, std::size_t count) {
    if (sinks_.series == nullptr || count == 0) return;
    std::array<double, LookAhead::longest> scratch;
    for (SeriesTrack& track : *sinks_.series) {
        if (track.quiet() != Quiet::moves) continue;
        track.set(t, track.column().ahead(*this, track.asset(), count, scratch.data()), count);
    }
}

// A step as it ended.
void WorldEngine::record_step(std::size_t t) {
    if (sinks_.series == nullptr) return;
    for (SeriesTrack& track : *sinks_.series) {
        if (track.varies()) track.set(t, track.column().now(*this, track.asset()));
    }
}

void WorldEngine::record_trace(std::size_t t) {
    for (std::size_t c = 0; c < trace_columns().size(); ++c) {
        std::vector<double>& values = sinks_.trace->columns()[c];
        const auto& value = trace_columns()[c].value;
        if (const auto* of_index = std::get_if<TraceColumn::OfIndex>(&value)) {
            for (std::size_t a = 0; a < assets_; ++a) values.push_back((*of_index)(*path_, a, t));
            continue;
        }
        for (const VenueEngine& engine : venues_) {
            const VenueParts& venue = engine.parts();
            if (const auto* of_venue = std::get_if<TraceColumn::OfVenue>(&value)) {
                values.push_back((*of_venue)(venue));
            } else {
                for (std::size_t a = 0; a < assets_; ++a)
                    values.push_back(std::get<TraceColumn::OfBook>(value)(venue, a));
            }
        }
    }
}

VenueMetrics combine_venues(const std::vector<VenueMetrics>& venues) {
    VenueMetrics total;
    for_each_column(venue_metrics(), [&](const auto& metric) { total.*metric.member = across_venues(metric, venues); });
    return total;
}

} // namespace plunge
