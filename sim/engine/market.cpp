#include "sim/engine/market.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <type_traits>
#include <utility>
#include <variant>

#include "models/behaviour/registry.hpp"
#include "models/common/tolerances.hpp"
#include "models/contract/linear.hpp"
#include "models/impact/registry.hpp"
#include "models/liquidation/registry.hpp"
#include "models/margin/any_rule.hpp"
#include "models/mark/registry.hpp"
#include "models/price/registry.hpp"
#include "models/random/elementary.hpp"
#include "models/waterfall/adl.hpp"
#include "sim/engine/world_numbers.hpp"
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
    return static_cast<std::size_t>(std::ceil(seconds / step_seconds - tolerance::step));
}

ImpactContext impact_context(const Scenario& scenario, const std::vector<double>& volatility) {
    ImpactContext context;
    for (std::size_t a = 0; a < scenario.assets.size(); ++a) {
        context.initial_price.push_back(scenario.assets[a].price);
        context.daily_volume.push_back(scenario.assets[a].daily_volume);
        context.daily_volatility.push_back(volatility[a] * std::sqrt(seconds_per_day / seconds_per_year));
    }
    return context;
}

// Simple returns over a horizon, each from the start of the process: one step as long as the horizon where the process
// may have it. Else steps of the run; where those do not fit, the sum is scaled to the variance of the horizon. In a
// world of their own, one draw after the other.
std::vector<double> draw_returns(const Scenario& scenario, std::size_t count, double horizon_seconds, bool any_step) {
    const PathBranch world{1, world_numbers::of_margin_draws.first};
    const double step_seconds = any_step ? horizon_seconds : scenario.run.step_seconds;
    const std::size_t steps = whole_steps(horizon_seconds, step_seconds);
    const double scale = std::sqrt(horizon_seconds / (static_cast<double>(steps) * step_seconds));
    const std::size_t assets = scenario.assets.size();
    const std::vector<std::size_t> driven = driven_assets(scenario);
    const Held<PriceProcess> chosen = make_process(scenario, step_seconds);
    Innovations innovations;
    std::vector<double> drawn(driven.size() * count); // asset after asset
    std::visit(
        [&]<class Process>(const Process& process) {
            typename Process::State state;
            std::vector<double> returns(driven.size() * steps);
            innovations.begin(process.drivers(), {.seed = scenario.run.seed}, {&world, 1});
            for (std::size_t s = 0; s < count; ++s) {
                process.start(state);
                go_forward(process, state, innovations, s * steps, steps, returns.data(), steps);
                for (std::size_t d = 0; d < driven.size(); ++d) {
                    const double* first = returns.data() + d * steps;
                    drawn[d * count + s] = scale * std::accumulate(first, first + steps, 0.0);
                }
            }
        },
        *chosen);
    std::vector<double> log_return(count * assets);
    for (std::size_t d = 0; d < driven.size(); ++d) {
        std::copy_n(drawn.data() + d * count, count, log_return.data() + driven[d] * count);
    }
    for (std::size_t a = 0; a < assets; ++a) {
        const Asset& asset = scenario.assets[a];
        if (!asset.follows) continue;
        std::vector<double> basis(count + 1, 0.0);
        const Basis model(asset.basis.value_or(Basis::Params{}), horizon_seconds);
        model.add_to(innovations.basis_normals(a, 0, count), count, model.start(), basis.data() + 1);
        for (std::size_t s = 0; s < count; ++s) {
            log_return[a * count + s] = log_return[*asset.follows * count + s] + basis[s + 1] - basis[s];
        }
    }
    std::vector<double> simple;
    for (std::size_t s = 0; s < count; ++s) {
        for (std::size_t a = 0; a < assets; ++a) simple.push_back(det_expm1(log_return[a * count + s]));
    }
    return simple;
}

// Correlation of log index returns: the process's between what assets follow, their bases being independent.
SquareMatrix index_correlation(const Scenario& scenario, const PriceProcess& process,
                               const std::vector<double>& volatility) {
    const std::size_t assets = scenario.assets.size();
    const std::vector<std::size_t> driven = driven_assets(scenario);
    const SquareMatrix& factor = std::visit([](const auto& model) -> const SquareMatrix& { return model.factor(); },
                                            process);
    std::vector<std::size_t> row; // of the process, per asset
    for (std::size_t a = 0; a < assets; ++a) {
        const auto source = std::find(driven.begin(), driven.end(), scenario.assets[a].follows.value_or(a));
        row.push_back(static_cast<std::size_t>(source - driven.begin()));
    }
    const auto driven_share = [&](std::size_t a) { // of an asset's volatility
        return volatility[a] > 0.0 ? volatility[scenario.assets[a].follows.value_or(a)] / volatility[a] : 1.0;
    };
    SquareMatrix correlation = SquareMatrix::identity(assets);
    for (std::size_t a = 0; a < assets; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            double sum = 0.0;
            for (std::size_t k = 0; k < driven.size(); ++k) sum += factor(row[a], k) * factor(row[b], k);
            correlation(a, b) = correlation(b, a) = sum * driven_share(a) * driven_share(b);
        }
    }
    return correlation;
}

// Quote notional within 1 % of the initial price.
std::vector<double> depth_within_one_percent(const ImpactShape& shape, const Scenario& scenario) {
    std::vector<double> depth;
    for (std::size_t a = 0; a < scenario.assets.size(); ++a) {
        const double base = std::visit([&](const auto& chosen) { return chosen.consumed(a, 0.01); }, shape);
        depth.push_back(base * scenario.assets[a].price);
    }
    return depth;
}

std::vector<MarkScript> mark_scripts(const std::vector<ScriptedOracle>& oracles, std::size_t assets, double dt) {
    std::vector<MarkScript> scripts;
    for (const ScriptedOracle& oracle : oracles) {
        for (std::size_t a = 0; a < assets; ++a) {
            if (!oracle.is_of(a)) continue;
            scripts.push_back({a, std::max<std::size_t>(1, whole_steps(oracle.from_seconds, dt)),
                               whole_steps(oracle.to_seconds, dt), oracle.frozen ? 0.0 : oracle.factor});
        }
    }
    return scripts;
}

VenueModel make_venue(const Venue& venue, const Scenario& scenario, const PriceProcess& process,
                      const std::vector<double>& volatility) {
    const std::size_t assets = scenario.assets.size();
    const double dt = scenario.run.step_seconds;
    const auto shape = std::make_shared<ImpactShape>(
        visit_choice(ImpactModels{}, venue.impact, [&]<class Shape>(const auto& params) {
            return ImpactShape(Shape(params, impact_context(scenario, volatility)));
        }));
    const std::vector<double> depth = depth_within_one_percent(*shape, scenario);
    const std::vector<double> haircut = venue.collateral.haircut.empty() ? std::vector<double>(assets, 0.0)
                                                                         : venue.collateral.haircut.values;
    const bool any_step = std::visit([](const auto& model) { return model.any_step; }, process);
    const MarginContext context{.assets = assets,
                                .haircut = haircut,
                                .depth = depth,
                                .annual_volatility = volatility,
                                .correlation = index_correlation(scenario, process, volatility),
                                .draw_returns = [&](std::size_t count, double horizon_seconds) {
                                    return draw_returns(scenario, count, horizon_seconds, any_step);
                                }};
    VenueModel model{
        .name = venue.name,
        .rule = Held<MarginRule>(visit_choice(
            MarginModels{}, venue.margin,
            [&]<class Rule>(const auto& params) { return std::make_shared<MarginRule>(Rule(params, context)); })),
        .policy = Held<LiquidationPolicy>(visit_choice(
            LiquidationModels{}, venue.liquidation,
            []<class Policy>(const auto& params) { return std::make_shared<LiquidationPolicy>(Policy(params)); })),
        .policy_needs = needs_of(venue.liquidation),
        .shape = Held<ImpactShape>(shape),
        .impact = venue.impact_common,
        .liquidation = venue.liquidation_common,
        .mark = Held<MarkPrice>(visit_choice(
            MarkModels{}, venue.mark,
            [&]<class Mark>(const auto& params) { return std::make_shared<MarkPrice>(Mark(params, dt)); })),
        .mark_is_price = is_price(venue.mark),
        .mark_of_all_venues = needs_of(venue.mark).all_venues,
        .mark_scripts = mark_scripts(venue.oracle, assets, dt),
        .max_rounds = venue.max_rounds,
        .warning = venue.margin_common.warning,
        .dynamic_margin = venue.margin_common.dynamic,
        .review_variance = {},
        .layers = venue.waterfall,
        .haircut = haircut,
        .depth_weight = depth,
        .base_variance = {},
        .breaker = venue.breaker,
        .leverage_cut = venue.leverage_cut,
    };
    for (std::size_t a = 0; a < assets; ++a) {
        model.base_variance.push_back(volatility[a] * volatility[a] * dt / seconds_per_year);
    }
    model.transient_keep = decay_factor(dt, model.impact.half_life_seconds);
    if (model.impact.thinning) model.thinning_keep = decay_factor(dt, model.impact.thinning->half_life_seconds);
    if (model.leverage_cut) {
        model.cut_at_step = whole_steps(model.leverage_cut->at_seconds, dt);
        model.cut_grace_steps = std::max<std::size_t>(1, whole_steps(model.leverage_cut->grace_seconds, dt));
    }
    for (const WaterfallChoice& layer : model.layers) {
        const auto* adl = layer.get_if<AutoDeleveraging::Params>();
        if (adl != nullptr) model.adl_window_steps = std::max<std::size_t>(1, whole_steps(adl->over_seconds, dt));
    }
    if (model.liquidation.execution == OrderExecution::twap) {
        model.twap_steps = whole_steps(model.liquidation.twap_over_seconds, dt);
    }
    if (model.breaker) {
        model.breaker_window_steps = std::max<std::size_t>(
            1, static_cast<std::size_t>(std::lround(model.breaker->window_seconds / dt)));
        model.breaker_halt_steps = whole_steps(model.breaker->halt_seconds, dt);
    }
    if (model.dynamic_margin) {
        model.review_steps = std::max<std::size_t>(1, whole_steps(model.dynamic_margin->interval_seconds, dt));
        const auto steps = static_cast<double>(model.review_steps);
        model.review_keep = decay_factor(steps * dt, model.dynamic_margin->half_life_seconds);
        for (const double variance : model.base_variance) model.review_variance.push_back(steps * variance);
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
    : scenario_{std::move(scenario)},
      initial_price_{initial_prices(scenario_)}, process_{make_process(scenario_, scenario_.run.step_seconds)},
      driven_{driven_assets(scenario_)}, wrapped_{wrapped_assets(scenario_)},
      volatility_{index_volatility(scenario_, *process_)}, shock_path_{make_shock_path(scenario_)} {
    const std::size_t normals = std::visit([](const auto& model) { return model.drivers().normals; }, *process_);
    if (scenario_.run.paths == PathSampling::sobol) quasi_paths_.emplace(scenario_.run.seed, normals, steps());
    const double dt = step_seconds();
    for (const Venue& venue : scenario_.venues) venues_.push_back(make_venue(venue, scenario_, *process_, volatility_));
    for (const Asset& asset : scenario_.assets) {
        oracle_delay_steps_.push_back(whole_steps(asset.oracle_delay_seconds, dt));
    }
    for (const Cohort& cohort : scenario_.cohorts) {
        top_ups_.push_back(visit_choice(BehaviourModels{}, cohort.behaviour, [&]<class Behaviour>(const auto& params) {
            constexpr bool tops_up = std::is_same_v<Behaviour, TopUp>;
            static_assert(tops_up || std::is_same_v<Behaviour, Passive>, "the engine does not act for this behaviour");
            if constexpr (tops_up) return TopUpModel{true, params, whole_steps(params.delay_seconds, dt)};
            return TopUpModel{};
        }));
    }
    constexpr double least_move = 1e-4; // keeps the search's scale positive where nothing moves
    for (std::size_t a = 0; a < assets(); ++a) {
        typical_move_.push_back(
            std::max(least_move, volatility_[a] * std::sqrt(scenario_.run.horizon_seconds / seconds_per_year)));
    }
    if (scenario_.market.arbitrage_seconds > 0.0) arbitrage_keep_ = det_exp(-dt / scenario_.market.arbitrage_seconds);
    cascade_gap_steps_ = static_cast<std::size_t>(scenario_.record.cascade_gap_seconds / dt + tolerance::step);
    if (scenario_.run.population == PopulationMode::resampled) return;
    auto shared = std::make_shared<Population>();
    PopulationDraws draws = population_draws();
    draw(draws, 0, *shared);
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        const auto radii = [&](double multiple) {
            return safe_radii(venues_[v].rule, shared->venues[v], multiple, initial_price_, typical_move_);
        };
        shared->margin_radii[v] = radii(1.0);
        if (venues_[v].warning > 0.0) shared->warning_radii[v] = radii(venues_[v].warning);
    }
    shared_ = std::move(shared);
}

PopulationDraws Market::population_draws() const {
    std::vector<const MarginRule*> rules;
    for (const VenueModel& venue : venues_) rules.push_back(&*venue.rule);
    return {scenario_, *process_, rules};
}

void Market::draw(PopulationDraws& draws, std::uint64_t world, Population& population) const {
    population.world = world;
    draws.draw(world, population.venues);
    population.margin_radii.resize(venues_.size());
    population.warning_radii.resize(venues_.size());
    start_layers(population);
}

// What members have contributed to default funds. A contribution that is not given but follows from the accounts is at
// most what is left of the member's capital.
void Market::start_layers(Population& population) const {
    population.institutions.clear();
    for (const Institution& institution : scenario_.institutions) {
        population.institutions.push_back({.free_capital = institution.capital});
    }
    population.layers.resize(venues_.size());
    for (std::size_t v = 0; v < venues_.size(); ++v) {
        std::vector<LayerStart>& starts = population.layers[v];
        starts.resize(venues_[v].layers.size());
        for (std::size_t l = 0; l < venues_[v].layers.size(); ++l) {
            LayerStart& start = starts[l];
            start.assets = assets();
            start.cohort.clear();
            for (const Institution& institution : scenario_.institutions) start.cohort.push_back(institution.cohort);
            const auto* fund = venues_[v].layers[l].get_if<DefaultFund::Params>();
            if (fund == nullptr) continue;
            member_exposures(population.venues[v], v, fund->stress, population.exposures);
            DefaultFund::contributions(*fund, population.exposures, start.contributions);
            for (std::size_t i = 0; i < start.contributions.size(); ++i) {
                double& capital = population.institutions[i].free_capital;
                start.contributions[i] = std::min(start.contributions[i], capital);
                capital -= start.contributions[i];
            }
        }
    }
}

// What the accounts of every institution are worth at one venue, now and under stress.
void Market::member_exposures(const AccountRows& rows, std::size_t venue, const PerAsset& stress,
                              std::vector<MemberExposure>& exposures) const {
    exposures.assign(scenario_.institutions.size(), {});
    for (std::size_t i = 0; i < exposures.size(); ++i) {
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (rows.cohort[row] != scenario_.institutions[i].cohort) continue;
            const MarginState state = margin_state(venues_[venue].rule, rows.view(row), 1.0, initial_price_.data(),
                                                   assets());
            exposures[i].notional += state.gross;
            exposures[i].margin += state.maintenance;
            double stressed_wealth = rows.cash_of(row);
            for (std::size_t a = 0; a < assets(); ++a) {
                const double price = initial_price_[a] * (1.0 + (stress.empty() ? 0.0 : stress[a]));
                const std::size_t k = row * assets() + a;
                const double coins = rows.has_collateral() ? rows.collateral[k] : 0.0;
                stressed_wealth += LinearContract::value(LinearContract::weight(rows.position[k], coins, 1.0), price);
            }
            exposures[i].stressed_loss += std::max(0.0, -stressed_wealth);
        }
    }
}

std::shared_ptr<const Population> Market::population(std::uint64_t world) const {
    if (shared_) return shared_;
    auto drawn = std::make_shared<Population>();
    PopulationDraws draws = population_draws();
    draw(draws, world, *drawn);
    return drawn;
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
            result.push_back(LinearContract::notional(std::max(longs, shorts), initial_price_[a]));
        }
    }
    return result;
}

PopulationSource::PopulationSource(const Market& market) : market_{market} {
    if (!market.shared_) draws_.emplace(market.population_draws());
}

const Population& PopulationSource::of(std::uint64_t world) {
    if (!draws_) return *market_.shared_;
    if (!drawn_ || own_.world != world) market_.draw(*draws_, world, own_);
    drawn_ = true;
    return own_;
}

} // namespace plunge
