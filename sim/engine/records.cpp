// Phase 8: what is kept of a world's history beside its metrics.
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

// A band of what changes with events only is a line here.
constexpr EventBand bands_of_events[] = {
    // coarse: it spreads over many orders of magnitude
    {"liquidated_notional", "USD", "notional liquidated in the step", false, 6,
     [](const VenueParts& venue) { return venue.record.step.notional; }},
    {"fund_balance", "USD", "balance of the insurance funds", true, 9,
     [](const VenueParts& venue) { return venue.fund_balance(); },
     [](const Venue& venue) { return initial_fund_balance(venue.waterfall); }},
};

} // namespace

std::span<const EventBand> event_bands() { return bands_of_events; }

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
    sinks_.series->begin_world();
    record_step(0);
}

// Steps in which nothing happened, as they were looked at.
void WorldEngine::record_quiet(std::size_t t, std::size_t count) {
    if (sinks_.series == nullptr || count == 0) return;
    StepSeries& series = *sinks_.series;
    for (std::size_t a = 0; a < assets_; ++a) series.set_price(a, t, ahead_.traded(a), count);
    constexpr std::size_t lanes = 4;
    const std::size_t padded = (count + lanes - 1) / lanes * lanes; // whole vectors: there is room for them
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        double* sum = v == 0 ? sum_.data() : part_.data(); // a venue is summed on its own, like VenueParts does it
        std::fill_n(sum, padded, 0.0);
        for (std::size_t a = 0; a < assets_; ++a) {
            const double base = venues_[v].parts().accounts.open_base(a);
            const double* mark = ahead_.mark(v, a);
            for (std::size_t k = 0; k < padded; ++k) sum[k] += LinearContract::value(base, mark[k]);
        }
        for (std::size_t k = 0; k < count && v > 0; ++k) sum_[k] += part_[k];
    }
    series.set_open_interest(t, sum_.data(), count);
    if (!series.has_depth()) return;
    std::fill_n(sum_.data(), count, 0.0);
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        for (std::size_t a = 0; a < assets_; ++a) {
            ahead_.depth(v, a, count, part_.data());
            for (std::size_t k = 0; k < count; ++k) sum_[k] += part_[k];
        }
    }
    for (std::size_t k = 0; k < count; ++k) sum_[k] /= static_cast<double>(assets_ * venues_.size());
    series.set_depth_multiplier(t, sum_.data(), count);
}

// A step as it ended.
void WorldEngine::record_step(std::size_t t) {
    if (sinks_.series == nullptr) return;
    StepSeries& series = *sinks_.series;
    double interest = 0.0;
    double depth = 0.0;
    for (const VenueEngine& engine : venues_) {
        const VenueParts& venue = engine.parts();
        interest += venue.open_interest();
        const std::vector<double>& multiplier = venue.books.prices().book.depth_multiplier;
        for (std::size_t a = 0; a < assets_ && series.has_depth(); ++a) depth += multiplier[a];
    }
    depth /= static_cast<double>(assets_ * venues_.size());
    for (std::size_t a = 0; a < assets_; ++a) {
        const double price = traded_price(a);
        series.set_price(a, t, &price, 1);
    }
    series.set_open_interest(t, &interest, 1);
    series.set_depth_multiplier(t, &depth, 1);
    for (std::size_t e = 0; e < event_bands().size(); ++e) {
        double sum = 0.0;
        for (const VenueEngine& engine : venues_) sum += event_bands()[e].of_venue(engine.parts());
        series.set_event(e, t, sum);
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
