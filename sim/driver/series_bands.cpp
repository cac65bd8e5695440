#include "sim/driver/series_bands.hpp"

#include <algorithm>
#include <utility>

namespace plunge {
namespace {

constexpr int fine = 9;
constexpr int coarse = 6; // for values spread over many orders of magnitude

bool depth_varies(const Market& market) {
    return std::any_of(market.venues().begin(), market.venues().end(),
                       [](const VenueModel& venue) { return venue.impact.thinning.has_value(); });
}

double initial_funds(const Market& market) {
    double sum = 0.0;
    for (const Venue& venue : market.scenario().venues) sum += initial_fund_balance(venue.waterfall);
    return sum;
}

} // namespace

SeriesBands::SeriesBands(const Market& market, double initial_open_interest)
    : steps_{market.steps() + 1}, open_interest_({initial_open_interest, fine}, steps_),
      depth_multiplier_({1.0, fine}, depth_varies(market) ? steps_ : 0), liquidated_notional_({0.0, coarse}, steps_),
      fund_balance_({initial_funds(market), fine}, steps_) {
    for (const double price : market.initial_price()) price_.push_back(StepBands({price, fine}, steps_));
}

// Place by place over the block's worlds; a few places at a time, so that whole cache lines of a series are used.
void SeriesBands::count(StepBands& bands, std::span<const StepSeries> worlds, std::vector<double> StepSeries::*values,
                        std::size_t offset) {
    constexpr std::size_t tile = 8;
    tile_.resize(tile * worlds.size());
    for (std::size_t i = 0; i < bands.size(); i += tile) {
        const std::size_t places = std::min(tile, bands.size() - i);
        for (std::size_t w = 0; w < worlds.size(); ++w) {
            const double* series = (worlds[w].*values).data() + offset + i;
            for (std::size_t k = 0; k < places; ++k) tile_[k * worlds.size() + w] = series[k];
        }
        for (std::size_t k = 0; k < places; ++k) {
            bands.add(i + k, std::span(tile_).subspan(k * worlds.size(), worlds.size()));
        }
    }
}

void SeriesBands::count(std::span<const StepSeries> worlds) {
    for (std::size_t a = 0; a < price_.size(); ++a) count(price_[a], worlds, &StepSeries::price, a * steps_);
    count(open_interest_, worlds, &StepSeries::open_interest, 0);
    count(depth_multiplier_, worlds, &StepSeries::depth_multiplier, 0);
    for (const StepSeries& world : worlds) {
        for (const StepValue& notional : world.liquidated_notional) {
            liquidated_notional_.add(notional.step, notional.step + 1, notional.value);
        }
        for (std::size_t i = 0; i < world.fund_balance.size(); ++i) {
            const std::size_t end = i + 1 < world.fund_balance.size() ? world.fund_balance[i + 1].step : steps_;
            fund_balance_.add(world.fund_balance[i].step, end, world.fund_balance[i].value);
        }
        liquidated_notional_.count_world();
        fund_balance_.count_world();
    }
}

void SeriesBands::merge(const SeriesBands& other) {
    for (std::size_t a = 0; a < price_.size(); ++a) price_[a].merge(other.price_[a]);
    open_interest_.merge(other.open_interest_);
    depth_multiplier_.merge(other.depth_multiplier_);
    liquidated_notional_.merge(other.liquidated_notional_);
    fund_balance_.merge(other.fund_balance_);
}

std::vector<StepBand> SeriesBands::read(const Market& market) const {
    const std::vector<double>& probabilities = market.scenario().record.quantiles;
    const auto append = [&](std::vector<double>& to, const StepBands& bands, std::size_t place) {
        const std::vector<double> values = bands.quantiles(place, probabilities);
        to.insert(to.end(), values.begin(), values.end());
    };
    StepBand price{"price", "USD", "traded price, depth-weighted over venues", true, {}};
    StepBand interest{"open_interest", "USD", "open interest, the larger side of every asset", false, {}};
    StepBand depth{"depth_multiplier", "1", "depth multiplier, mean over assets and venues", false, {}};
    for (std::size_t t = 0; t < steps_; ++t) {
        for (const StepBands& bands : price_) append(price.quantiles, bands, t);
        append(interest.quantiles, open_interest_, t);
        if (depth_multiplier_.size() > 0) append(depth.quantiles, depth_multiplier_, t);
    }
    if (depth_multiplier_.size() == 0) depth.quantiles.assign(steps_ * probabilities.size(), 1.0);
    StepBand notional{"liquidated_notional", "USD", "notional liquidated in the step", false,
                      liquidated_notional_.quantiles(probabilities)};
    StepBand fund{"fund_balance", "USD", "balance of the insurance funds", false,
                  fund_balance_.quantiles(probabilities)};
    std::vector<StepBand> result;
    for (StepBand* band : {&price, &notional, &fund, &interest, &depth}) result.push_back(std::move(*band));
    return result;
}

} // namespace plunge
