#include "sim/driver/series_bands.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace plunge {

SeriesBands::SeriesBands(const StepScales& scales, std::size_t steps)
    : steps_{steps}, open_interest_(scales.open_interest, steps),
      depth_multiplier_(scales.depth_multiplier, scales.depth_varies ? steps : 0) {
    for (const Resolution& resolution : scales.price) price_.emplace_back(resolution, steps);
    for (std::size_t e = 0; e < event_bands().size(); ++e) {
        if (event_bands()[e].stays) {
            events_.emplace_back(std::in_place_type<RunBands>, scales.events[e], steps);
        } else {
            events_.emplace_back(std::in_place_type<StepBands>, scales.events[e], steps);
        }
    }
}

void SeriesBands::count(std::variant<StepBands, RunBands>& bands, const std::vector<StepValue>& values) const {
    if (auto* of_steps = std::get_if<StepBands>(&bands)) {
        for (const StepValue& value : values) of_steps->add(value.step, value.value);
        return;
    }
    auto& runs = std::get<RunBands>(bands);
    for (std::size_t i = 0; i < values.size(); ++i) {
        runs.add(values[i].step, i + 1 < values.size() ? values[i + 1].step : steps_, values[i].value);
    }
}

void SeriesBands::count(std::span<const StepSeries> worlds) {
    std::vector<const std::uint16_t*> histories(worlds.size());
    // codes(world) is a code for every step.
    const auto count_all = [&](StepBands& bands, const auto& codes) {
        std::transform(worlds.begin(), worlds.end(), histories.begin(), codes);
        bands.add(histories);
    };
    for (std::size_t a = 0; a < price_.size(); ++a) {
        count_all(price_[a], [a](const StepSeries& world) { return world.price(a); });
    }
    count_all(open_interest_, [](const StepSeries& world) { return world.open_interest(); });
    count_all(depth_multiplier_, [](const StepSeries& world) { return world.depth_multiplier(); });
    const std::lock_guard lock(mutex_);
    for (std::size_t e = 0; e < events_.size(); ++e) {
        for (const StepSeries& world : worlds) count(events_[e], world.events(e));
    }
    worlds_ += worlds.size();
}

std::vector<StepBand> SeriesBands::read(const std::vector<double>& probabilities) {
    const auto append = [&](std::vector<double>& to, const StepBands& bands, std::size_t step) {
        const std::vector<double> values = bands.quantiles(step, probabilities);
        to.insert(to.end(), values.begin(), values.end());
    };
    StepBand price{"price", "USD", "traded price, depth-weighted over venues", true, {}};
    StepBand interest{"open_interest", "USD", "open interest, the larger side of every asset", false, {}};
    StepBand depth{"depth_multiplier", "1", "depth multiplier, mean over assets and venues", false, {}};
    for (std::size_t t = 0; t < steps_; ++t) {
        for (const StepBands& bands : price_) append(price.quantiles, bands, t);
        append(interest.quantiles, open_interest_, t);
        if (depth_multiplier_.steps() > 0) append(depth.quantiles, depth_multiplier_, t);
    }
    if (depth_multiplier_.steps() == 0) depth.quantiles.assign(steps_ * probabilities.size(), 1.0);
    std::vector<StepBand> result{std::move(price)};
    for (std::size_t e = 0; e < events_.size(); ++e) {
        const EventBand& band = event_bands()[e];
        StepBand& read = result.emplace_back(
            StepBand{std::string(band.name), std::string(band.units), std::string(band.long_name), false, {}});
        if (auto* of_steps = std::get_if<StepBands>(&events_[e])) {
            of_steps->complete(worlds_);
            for (std::size_t t = 0; t < steps_; ++t) append(read.quantiles, *of_steps, t);
        } else {
            read.quantiles = std::get<RunBands>(events_[e]).quantiles(worlds_, probabilities);
        }
    }
    result.push_back(std::move(interest));
    result.push_back(std::move(depth));
    return result;
}

} // namespace plunge
