#include "sim/engine/market.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/common/model_list.hpp"
#include "models/random/elementary.hpp"
#include "sim/scenario/index_process.hpp"

namespace plunge {
namespace {

std::vector<double> initial_prices(const Scenario& scenario) {
    std::vector<double> price;
    for (const Asset& asset : scenario.assets) price.push_back(asset.price);
    return price;
}

std::vector<WrappedAsset> wrapped_assets(const Scenario& scenario) {
    std::vector<WrappedAsset> wrapped;
    for (std::size_t a = 0; a < scenario.assets.size(); ++a) {
        const Asset& asset = scenario.assets[a];
        if (!asset.follows) continue;
        wrapped.push_back({a, *asset.follows, Basis(asset.basis.value_or(Basis::Params{}), scenario.run.step_seconds)});
    }
    return wrapped;
}

std::size_t whole_steps(double seconds, double step_seconds) {
    return static_cast<std::size_t>(std::ceil(seconds / step_seconds - 1e-9));
}

VenueModel make_venue(const Venue& venue, const Scenario& scenario, const std::vector<double>& volatility) {
    const std::size_t assets = scenario.assets.size();
    const double dt = scenario.run.step_seconds;
    ImpactContext context;
    for (std::size_t a = 0; a < assets; ++a) {
        context.initial_price.push_back(scenario.assets[a].price);
        context.daily_volume.push_back(scenario.assets[a].daily_volume);
        context.daily_volatility.push_back(volatility[a] * std::sqrt(seconds_per_day / seconds_per_year));
    }
    VenueModel model{
        .name = venue.name,
        .rule = std::visit(
            [&](const auto& params) -> MarginRule {
                using Model = typename ModelOf<MarginModels, std::decay_t<decltype(params)>>::type;
                return Model(params, assets);
            },
            venue.margin),
        .policy = std::visit(
            [](const auto& params) -> LiquidationPolicy {
                using Model = typename ModelOf<LiquidationModels, std::decay_t<decltype(params)>>::type;
                return Model(params);
            },
            venue.liquidation),
        .shape = std::visit(
            [&](const auto& params) -> ImpactShape {
                using Model = typename ModelOf<ImpactModels, std::decay_t<decltype(params)>>::type;
                return Model(params, context);
            },
            venue.impact),
        .impact = venue.impact_common,
        .liquidation = venue.liquidation_common,
        .mark = venue.mark,
        .max_rounds = venue.max_rounds,
        .warning = venue.margin_common.warning,
        .layers = venue.waterfall,
        .adl_layer = {},
        .fund_layer = {},
        .haircut = venue.collateral.haircut.empty() ? std::vector<double>(assets, 0.0)
                                                    : venue.collateral.haircut.values,
        .depth_weight = {},
        .base_variance = {},
        .breaker = venue.breaker,
    };
    for (std::size_t layer = 0; layer < model.layers.size(); ++layer) {
        if (std::holds_alternative<AutoDeleveraging::Params>(model.layers[layer])) model.adl_layer = layer;
        if (!model.fund_layer && std::holds_alternative<InsuranceFund::Params>(model.layers[layer])) {
            model.fund_layer = layer;
        }
    }
    for (std::size_t a = 0; a < assets; ++a) {
        const double base = std::visit([&](const auto& shape) { return shape.consumed(a, 0.01); }, model.shape);
        model.depth_weight.push_back(base * scenario.assets[a].price);
        model.base_variance.push_back(volatility[a] * volatility[a] * dt / seconds_per_year);
    }
    model.transient_keep = decay_factor(dt, model.impact.half_life_seconds);
    if (model.impact.thinning) model.thinning_keep = decay_factor(dt, model.impact.thinning->half_life_seconds);
    if (const auto* ema = std::get_if<MarkEma>(&model.mark)) model.ema_keep = decay_factor(dt, ema->half_life_seconds);
    if (model.breaker) {
        model.breaker_window_steps = std::max<std::size_t>(
            1, static_cast<std::size_t>(std::lround(model.breaker->window_seconds / dt)));
        model.breaker_halt_steps = whole_steps(model.breaker->halt_seconds, dt);
    }
    return model;
}

std::vector<double> make_shock_path(const Scenario& scenario) {
    if (scenario.shocks.empty()) return {};
    const std::size_t assets = scenario.assets.size();
    const std::size_t steps = scenario.run.steps();
    std::vector<double> path((steps + 1) * assets, 0.0);
    for (std::size_t t = 1; t <= steps; ++t) { // at t = 0 prices are the scenario's
        for (const Shock& shock : scenario.shocks) {
            const double share = shock.share_at(static_cast<double>(t) * scenario.run.step_seconds);
            for (std::size_t a = 0; a < assets; ++a) {
                const auto& underlying = scenario.assets[a].follows;
                const double move = shock.log_move(a) + (underlying ? shock.log_move(*underlying) : 0.0);
                path[a * (steps + 1) + t] += share * move;
            }
        }
    }
    return path;
}

} // namespace

Market::Market(Scenario scenario)
    : scenario_{std::move(scenario)}, initial_price_{initial_prices(scenario_)}, process_{make_process(scenario_)},
      driven_{driven_assets(scenario_)}, wrapped_{wrapped_assets(scenario_)},
      volatility_{index_volatility(scenario_, process_)}, shock_path_{make_shock_path(scenario_)} {
    const double dt = step_seconds();
    for (const Venue& venue : scenario_.venues) venues_.push_back(make_venue(venue, scenario_, volatility_));
    for (const Cohort& cohort : scenario_.cohorts) {
        TopUpModel model;
        if (const auto* params = std::get_if<TopUp::Params>(&cohort.behaviour)) {
            model = {true, *params, whole_steps(params->delay_seconds, dt)};
        }
        top_ups_.push_back(model);
    }
    constexpr double least_move = 1e-4; // keeps the search's scale positive where nothing moves
    for (std::size_t a = 0; a < assets(); ++a) {
        typical_move_.push_back(
            std::max(least_move, volatility_[a] * std::sqrt(scenario_.run.horizon_seconds / seconds_per_year)));
    }
    if (scenario_.market.arbitrage_seconds > 0.0) arbitrage_keep_ = det_exp(-dt / scenario_.market.arbitrage_seconds);
    cascade_gap_steps_ = static_cast<std::size_t>(scenario_.record.cascade_gap_seconds / dt + 1e-9);
    if (scenario_.run.population == PopulationMode::shared) shared_ = draw_population(0);
}

std::shared_ptr<const Population> Market::draw_population(std::uint64_t population_world) const {
    std::vector<MarginRule> rules;
    for (const VenueModel& venue : venues_) rules.push_back(venue.rule);
    auto population = std::make_shared<Population>();
    population->venues = build_population(scenario_, process_, rules, population_world);
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        population->margin_radii.push_back(
            safe_radii(venues_[v].rule, population->venues[v], 1.0, initial_price_, typical_move_));
        population->warning_radii.push_back(
            venues_[v].warning > 0.0
                ? safe_radii(venues_[v].rule, population->venues[v], venues_[v].warning, initial_price_, typical_move_)
                : SafeRadii{});
    }
    return population;
}

std::shared_ptr<const Population> Market::population(std::uint64_t world) const {
    return shared_ ? shared_ : draw_population(world);
}

std::vector<double> Market::initial_open_interest() const {
    const auto start = population(0);
    std::vector<double> result;
    for (const AccountRows& rows : start->venues) {
        for (std::size_t a = 0; a < assets(); ++a) {
            double longs = 0.0;
            double shorts = 0.0;
            for (std::size_t row = 0; row < rows.size(); ++row) {
                const double q = rows.positions_of(row)[a];
                (q > 0.0 ? longs : shorts) += std::fabs(q);
            }
            result.push_back(std::max(longs, shorts) * initial_price_[a]);
        }
    }
    return result;
}

} // namespace plunge
