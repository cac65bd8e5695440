// Phase 8: what is kept of a world's history beside its metrics.
#include <algorithm>
#include <cmath>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "sim/engine/world.hpp"

namespace plunge {

void WorldEngine::record(std::size_t t, const WorldSinks& sinks) const {
    if (sinks.trace != nullptr) record_trace(t, *sinks.trace);
    if (sinks.series == nullptr) return;
    StepSeries& series = *sinks.series;
    const std::size_t rows = market_.steps() + 1;
    if (t == 0) {
        series.price.resize(rows * assets_);
        series.liquidated_notional.resize(rows);
        series.fund_balance.resize(rows);
        series.open_interest.resize(rows);
        series.depth_multiplier.resize(rows);
    }
    double notional = 0.0;
    double fund = 0.0;
    double interest = 0.0;
    double depth = 0.0;
    for (const VenueState& venue : venues_) {
        notional += venue.step_notional();
        fund += venue.fund_balance();
        interest += venue.open_interest();
        for (std::size_t a = 0; a < assets_; ++a) depth += venue.depth_multiplier(a);
    }
    for (std::size_t a = 0; a < assets_; ++a) series.price[t * assets_ + a] = traded_price(a);
    series.liquidated_notional[t] = notional;
    series.fund_balance[t] = fund;
    series.open_interest[t] = interest;
    series.depth_multiplier[t] = depth / static_cast<double>(assets_ * venues_.size());
}

void WorldEngine::record_trace(std::size_t t, WorldTrace& trace) const {
    if (t == 0) trace = {};
    for (std::size_t a = 0; a < assets_; ++a) trace.index.push_back(path_->price(t)[a]);
    for (const VenueState& venue : venues_) {
        for (std::size_t a = 0; a < assets_; ++a) {
            trace.price.push_back(venue.price()[a]);
            trace.mark.push_back(venue.mark()[a]);
            trace.permanent.push_back(venue.permanent()[a]);
            trace.transient.push_back(venue.transient()[a]);
            trace.depth.push_back(venue.depth_multiplier(a));
        }
        trace.open_interest.push_back(venue.open_interest());
        trace.liquidated_notional.push_back(venue.step_notional());
        trace.shortfall.push_back(venue.step_shortfall());
        trace.adl_notional.push_back(venue.step_adl_notional());
        trace.fund.push_back(venue.fund_balance());
        trace.rounds.push_back(static_cast<double>(venue.step_rounds()));
        trace.margin_calls.push_back(static_cast<double>(venue.step_margin_calls()));
        trace.halted.push_back(venue.halted() ? 1.0 : 0.0);
    }
}

VenueMetrics combine_venues(const std::vector<VenueMetrics>& venues) {
    VenueMetrics total = venues.front();
    for (std::size_t v = 1; v < venues.size(); ++v) {
        const auto combine = [&](const auto& metric) {
            auto& sum = total.*metric.member;
            const auto& value = venues[v].*metric.member;
            switch (metric.combine) {
            case AcrossVenues::sum:
                sum += value;
                break;
            case AcrossVenues::largest:
                sum = std::max(sum, value);
                break;
            case AcrossVenues::smallest: // NaN means that it never happened
                if constexpr (std::is_same_v<std::decay_t<decltype(sum)>, double>) sum = std::fmin(sum, value);
                break;
            case AcrossVenues::endogenous_share:
                break;
            }
        };
        std::apply([&](const auto&... metric) { (combine(metric), ...); }, venue_metrics());
    }
    total.branching_ratio = total.liquidated_notional > 0.0 ? total.endogenous_notional / total.liquidated_notional
                                                            : not_a_number;
    return total;
}

} // namespace plunge
