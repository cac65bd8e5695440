#include "sim/engine/market.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/common/model_list.hpp"
#include "models/margin/any_rule.hpp"
#include "models/random/elementary.hpp"

namespace plunge {
namespace {

std::vector<double> initial_prices(const Scenario& scenario) {
    std::vector<double> price;
    for (const Asset& asset : scenario.assets) price.push_back(asset.price);
    return price;
}

PriceProcess make_process(const Scenario& scenario) {
    return std::visit(
        [&](const auto& params) -> PriceProcess {
            using Model = typename ModelOf<PriceModels, std::decay_t<decltype(params)>>::type;
            return Model(params, scenario.assets.size(), scenario.run.step_seconds);
        },
        scenario.prices);
}

double total_volatility(const PriceProcess& process, std::size_t asset) {
    return std::visit([&](const auto& model) { return model.total_volatility(asset); }, process);
}

std::size_t whole_steps(double seconds, double step_seconds) {
    return static_cast<std::size_t>(std::ceil(seconds / step_seconds - 1e-9));
}

VenueModel make_venue(const Venue& venue, const Scenario& scenario, const PriceProcess& process) {
    const std::size_t assets = scenario.assets.size();
    const double dt = scenario.run.step_seconds;
    ImpactContext context;
    for (std::size_t a = 0; a < assets; ++a) {
        context.initial_price.push_back(scenario.assets[a].price);
        context.daily_volume.push_back(scenario.assets[a].daily_volume);
        context.daily_volatility.push_back(total_volatility(process, a) *
                                           std::sqrt(seconds_per_day / seconds_per_year));
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
        .haircut = venue.collateral.haircut.empty() ? std::vector<double>(assets, 0.0)
                                                    : venue.collateral.haircut.values,
        .depth_weight = {},
        .base_variance = {},
        .breaker = venue.breaker,
    };
    for (std::size_t a = 0; a < assets; ++a) {
        const double base = std::visit([&](const auto& shape) { return shape.consumed(a, 0.01); }, model.shape);
        model.depth_weight.push_back(base * scenario.assets[a].price);
        const double sigma = total_volatility(process, a);
        model.base_variance.push_back(sigma * sigma * dt / seconds_per_year);
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
            for (std::size_t a = 0; a < assets; ++a) path[a * (steps + 1) + t] += share * shock.log_move(a);
        }
    }
    return path;
}

} // namespace

Market::Market(Scenario scenario)
    : scenario_{std::move(scenario)}, initial_price_{initial_prices(scenario_)}, process_{make_process(scenario_)},
      shock_path_{make_shock_path(scenario_)} {
    const double dt = step_seconds();
    for (const Venue& venue : scenario_.venues) venues_.push_back(make_venue(venue, scenario_, process_));
    for (const Cohort& cohort : scenario_.cohorts) {
        TopUpModel model;
        if (const auto* params = std::get_if<TopUp::Params>(&cohort.behaviour)) {
            model = {true, *params, whole_steps(params->delay_seconds, dt)};
        }
        top_ups_.push_back(model);
    }
    constexpr double least_move = 1e-4; // keeps the search's scale positive where nothing moves
    for (std::size_t a = 0; a < assets(); ++a) {
        const double sigma = total_volatility(process_, a);
        typical_move_.push_back(
            std::max(least_move, sigma * std::sqrt(scenario_.run.horizon_seconds / seconds_per_year)));
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
    start_layers(*population);
    return population;
}

// What members have contributed to default funds. A contribution that is not given but follows from the accounts is at
// most what is left of the member's capital.
void Market::start_layers(Population& population) const {
    LayerStart plain{assets(), {}, {}};
    for (const Institution& institution : scenario_.institutions) {
        population.institutions.push_back({.free_capital = institution.capital});
        plain.cohort.push_back(institution.cohort);
    }
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        std::vector<LayerStart>& starts = population.layers.emplace_back();
        for (const auto& layer : venues_[v].layers) {
            LayerStart& start = starts.emplace_back(plain);
            const auto* fund = std::get_if<DefaultFund::Params>(&layer);
            if (fund == nullptr) continue;
            start.contributions = DefaultFund::contributions(*fund,
                                                             member_exposures(population.venues[v], v, fund->stress));
            for (std::size_t i = 0; i < start.contributions.size(); ++i) {
                double& capital = population.institutions[i].free_capital;
                start.contributions[i] = std::min(start.contributions[i], capital);
                capital -= start.contributions[i];
            }
        }
    }
}

// What the accounts of every institution are worth at one venue, now and under stress.
std::vector<MemberExposure> Market::member_exposures(const AccountRows& rows, std::size_t venue,
                                                     const PerAsset& stress) const {
    std::vector<MemberExposure> exposures(scenario_.institutions.size());
    for (std::size_t i = 0; i < exposures.size(); ++i) {
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (rows.cohort[row] != scenario_.institutions[i].cohort) continue;
            const MarginState state = margin_state(venues_[venue].rule, rows.view(row), initial_price_.data(),
                                                   assets());
            exposures[i].notional += state.gross;
            exposures[i].margin += state.maintenance;
            double stressed_wealth = rows.cash[row];
            for (std::size_t a = 0; a < assets(); ++a) {
                const double price = initial_price_[a] * (1.0 + (stress.empty() ? 0.0 : stress[a]));
                const std::size_t k = row * assets() + a;
                stressed_wealth += (rows.position[k] + (rows.has_collateral() ? rows.collateral[k] : 0.0)) * price;
            }
            exposures[i].stressed_loss += std::max(0.0, -stressed_wealth);
        }
    }
    return exposures;
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
