#include "sim/engine/step_series.hpp"

#include "sim/engine/market.hpp"

namespace plunge {

StepScales::StepScales(const Market& market, double initial_open_interest) : open_interest{initial_open_interest, 9} {
    for (const double initial : market.initial_price()) price.push_back({initial, 9});
    for (const EventBand& band : event_bands()) {
        Resolution& resolution = events.emplace_back(Resolution{0.0, band.mantissa_bits});
        if (band.at_start == nullptr) continue;
        for (const Venue& venue : market.scenario().venues) resolution.atom += band.at_start(venue);
    }
    for (const VenueModel& venue : market.venues()) depth_varies = depth_varies || venue.impact.thinning;
}

StepSeries::StepSeries(const StepScales& scales, std::size_t steps)
    : steps_{steps}, price_scale_(scales.price.begin(), scales.price.end()), interest_scale_{scales.open_interest},
      depth_scale_{scales.depth_multiplier}, price_(scales.price.size() * steps), open_interest_(steps),
      depth_multiplier_(scales.depth_varies ? steps : 0), events_(scales.events.size()) {}

void StepSeries::begin_world() {
    for (std::vector<StepValue>& values : events_) values.clear();
}

void StepSeries::set_event(std::size_t band, std::size_t t, double value) {
    std::vector<StepValue>& values = events_[band];
    const bool says_nothing = event_bands()[band].stays ? !values.empty() && values.back().value == value
                                                        : value == 0.0;
    if (!says_nothing) values.push_back({static_cast<std::uint32_t>(t), value});
}

} // namespace plunge
