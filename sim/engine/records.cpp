// Phase 8: what is kept of a world's history beside its metrics.
#include <string_view>
#include <tuple>

#include "sim/engine/world.hpp"

namespace plunge {

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
            for (std::size_t k = 0; k < padded; ++k) sum[k] += base * mark[k];
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
    double notional = 0.0;
    double fund = 0.0;
    double interest = 0.0;
    double depth = 0.0;
    for (const VenueEngine& engine : venues_) {
        const VenueParts& venue = engine.parts();
        notional += venue.record.step.notional;
        fund += venue.fund_balance();
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
    series.set_liquidated_notional(t, notional);
    series.set_fund_balance(t, fund);
}

void WorldEngine::record_trace(std::size_t t) {
    WorldTrace& trace = *sinks_.trace;
    for (std::size_t a = 0; a < assets_; ++a) trace.index.push_back(path_->price(a, t));
    for (const VenueEngine& engine : venues_) {
        const VenueParts& venue = engine.parts();
        const VenuePrices& prices = venue.books.prices();
        const StepTotals& step = venue.record.step;
        for (std::size_t a = 0; a < assets_; ++a) {
            trace.price.push_back(prices.price[a]);
            trace.mark.push_back(prices.mark[a]);
            trace.permanent.push_back(prices.permanent[a]);
            trace.transient.push_back(prices.book.transient[a]);
            trace.depth.push_back(prices.book.depth_multiplier[a]);
        }
        trace.open_interest.push_back(venue.open_interest());
        trace.liquidated_notional.push_back(step.notional);
        trace.shortfall.push_back(step.shortfall);
        trace.adl_notional.push_back(step.adl_notional);
        trace.fund.push_back(venue.fund_balance());
        trace.layers.push_back(venue.losses.waterfall().balance());
        trace.inventory.push_back(venue.inventory_notional());
        trace.rounds.push_back(static_cast<double>(step.rounds));
        trace.margin_calls.push_back(static_cast<double>(step.margin_calls));
        trace.margin_factor.push_back(venue.margins.factor());
        trace.halted.push_back(venue.session.halted() ? 1.0 : 0.0);
    }
}

VenueMetrics combine_venues(const std::vector<VenueMetrics>& venues) {
    VenueMetrics total;
    std::apply([&](const auto&... metric) { ((total.*metric.member = across_venues(metric, venues)), ...); },
               venue_metrics());
    return total;
}

} // namespace plunge
