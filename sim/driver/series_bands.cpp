#include "sim/driver/series_bands.hpp"

#include <utility>

namespace plunge {

SeriesBands::SeriesBands(const StepScales& scales, std::size_t steps)
    : steps_{steps}, open_interest_(scales.open_interest, steps),
      depth_multiplier_(scales.depth_multiplier, scales.depth_varies ? steps : 0),
      liquidated_notional_(scales.liquidated_notional, steps), fund_balance_(scales.fund_balance, steps) {
    for (const Resolution& resolution : scales.price) price_.emplace_back(resolution, steps);
}

// codes(world) is a code for every step.
template <class Codes>
void SeriesBands::count(StepBands& bands, std::span<const StepSeries> worlds, const Codes& codes) {
    histories_.clear();
    for (const StepSeries& world : worlds) histories_.push_back(codes(world));
    bands.add(histories_);
}

void SeriesBands::count(std::span<const StepSeries> worlds) {
    for (std::size_t a = 0; a < price_.size(); ++a) {
        count(price_[a], worlds, [a](const StepSeries& world) { return world.price(a); });
    }
    count(open_interest_, worlds, [](const StepSeries& world) { return world.open_interest(); });
    count(depth_multiplier_, worlds, [](const StepSeries& world) { return world.depth_multiplier(); });
    for (const StepSeries& world : worlds) {
        for (const StepValue& notional : world.liquidated_notional()) {
            liquidated_notional_.add(notional.step, notional.value);
        }
        const std::vector<StepValue>& fund = world.fund_balance();
        for (std::size_t i = 0; i < fund.size(); ++i) {
            fund_balance_.add(fund[i].step, i + 1 < fund.size() ? fund[i + 1].step : steps_, fund[i].value);
        }
    }
    worlds_ += worlds.size();
}

void SeriesBands::merge(const SeriesBands& other) {
    for (std::size_t a = 0; a < price_.size(); ++a) price_[a].merge(other.price_[a]);
    open_interest_.merge(other.open_interest_);
    depth_multiplier_.merge(other.depth_multiplier_);
    liquidated_notional_.merge(other.liquidated_notional_);
    fund_balance_.merge(other.fund_balance_);
    worlds_ += other.worlds_;
}

std::vector<StepBand> SeriesBands::read(const std::vector<double>& probabilities) {
    const auto append = [&](std::vector<double>& to, const StepBands& bands, std::size_t step) {
        const std::vector<double> values = bands.quantiles(step, probabilities);
        to.insert(to.end(), values.begin(), values.end());
    };
    StepBand price{"price", "USD", "traded price, depth-weighted over venues", true, {}};
    StepBand notional{"liquidated_notional", "USD", "notional liquidated in the step", false, {}};
    StepBand interest{"open_interest", "USD", "open interest, the larger side of every asset", false, {}};
    StepBand depth{"depth_multiplier", "1", "depth multiplier, mean over assets and venues", false, {}};
    liquidated_notional_.complete(worlds_);
    for (std::size_t t = 0; t < steps_; ++t) {
        append(notional.quantiles, liquidated_notional_, t);
        for (const StepBands& bands : price_) append(price.quantiles, bands, t);
        append(interest.quantiles, open_interest_, t);
        if (depth_multiplier_.steps() > 0) append(depth.quantiles, depth_multiplier_, t);
    }
    if (depth_multiplier_.steps() == 0) depth.quantiles.assign(steps_ * probabilities.size(), 1.0);
    StepBand fund{"fund_balance", "USD", "balance of the insurance funds", false,
                  fund_balance_.quantiles(worlds_, probabilities)};
    std::vector<StepBand> result;
    for (StepBand* band : {&price, &notional, &fund, &interest, &depth}) result.push_back(std::move(*band));
    return result;
}

} // namespace plunge
