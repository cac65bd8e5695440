#include "sim/engine/step_series.hpp"

#include "models/waterfall/layers.hpp"
#include "sim/engine/market.hpp"

namespace plunge {

StepScales::StepScales(const Market& market, double initial_open_interest)
    : open_interest{initial_open_interest, 9}, fund_balance{0.0, 9} {
    for (const double initial : market.initial_price()) price.push_back({initial, 9});
    for (const Venue& venue : market.scenario().venues) fund_balance.atom += initial_fund_balance(venue.waterfall);
    for (const VenueModel& venue : market.venues()) depth_varies = depth_varies || venue.impact.thinning;
}

StepSeries::StepSeries(const StepScales& scales, std::size_t steps)
    : steps_{steps}, price_scale_(scales.price.begin(), scales.price.end()), interest_scale_{scales.open_interest},
      depth_scale_{scales.depth_multiplier}, price_(scales.price.size() * steps), open_interest_(steps),
      depth_multiplier_(scales.depth_varies ? steps : 0) {}

void StepSeries::begin_world() {
    fund_balance_.clear();
    liquidated_notional_.clear();
}

void StepSeries::set_fund_balance(std::size_t t, double quote) {
    if (!fund_balance_.empty() && fund_balance_.back().value == quote) return;
    fund_balance_.push_back({static_cast<std::uint32_t>(t), quote});
}

void StepSeries::set_liquidated_notional(std::size_t t, double quote) {
    if (quote != 0.0) liquidated_notional_.push_back({static_cast<std::uint32_t>(t), quote});
}

} // namespace plunge
