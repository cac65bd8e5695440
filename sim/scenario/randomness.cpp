#include "sim/scenario/randomness.hpp"

#include <algorithm>
#include <variant>

#include "models/behaviour/registry.hpp"
#include "models/price/registry.hpp"
#include "sim/scenario/index_process.hpp"

namespace plunge {
namespace {

bool is_spread(const ConstantDistribution& /*d*/) { return false; }
bool is_spread(const UniformDistribution& d) { return d.max > d.min; }
bool is_spread(const LogUniformDistribution& d) { return d.max > d.min; }
bool is_spread(const NormalDistribution& d) { return d.stddev > 0.0 && d.max > d.min; }
bool is_spread(const LogNormalDistribution& d) { return d.sigma > 0.0 && d.max > d.min; }
bool is_spread(const ParetoDistribution& d) { return d.max > d.min; }

bool is_spread(const Distribution& distribution) {
    return std::visit([](const auto& d) { return is_spread(d); }, distribution);
}

bool answers_at_random(const Cohort& cohort) {
    const auto* top_up = cohort.behaviour.get_if<TopUp::Params>();
    return top_up != nullptr && top_up->probability > 0.0 && top_up->probability < 1.0;
}

} // namespace

bool draws_accounts(const Cohort& cohort) {
    if (cohort.explicit_accounts || cohort.accounts == 0) return false;
    const bool takes_sides = cohort.long_share > 0.0 && cohort.long_share < 1.0;
    const bool spreads = !std::holds_alternative<SharedPositions>(cohort.positions);
    const bool scatters = cohort.entry && cohort.entry->lookback_seconds > 0.0;
    return takes_sides || spreads || scatters || is_spread(cohort.equity) || is_spread(cohort.leverage);
}

bool draws_accounts(const Scenario& scenario) {
    return std::any_of(scenario.cohorts.begin(), scenario.cohorts.end(),
                       [](const Cohort& cohort) { return draws_accounts(cohort); });
}

bool draws_paths(const Scenario& scenario) {
    const bool any_basis = std::any_of(scenario.assets.begin(), scenario.assets.end(),
                                       [](const Asset& asset) { return asset.basis && asset.basis->volatility > 0.0; });
    if (any_basis || !is_drawn(scenario.prices)) return any_basis;
    const std::vector<double> volatility = index_volatility(scenario,
                                                            *make_process(scenario, scenario.run.step_seconds));
    return std::any_of(volatility.begin(), volatility.end(), [](double v) { return v > 0.0; });
}

std::optional<std::string> why_worlds_are_equal(const Scenario& scenario) {
    const bool draws = draws_accounts(scenario);
    if (draws && scenario.run.population == PopulationMode::resampled) return std::nullopt;
    if (draws_paths(scenario)) return std::nullopt;
    if (std::any_of(scenario.cohorts.begin(), scenario.cohorts.end(), answers_at_random)) return std::nullopt;
    return std::string(is_drawn(scenario.prices) ? "no price is random" : "prices are replayed") +
           (draws ? ", run.population = \"shared\" draws the accounts once for all worlds"
                  : ", the accounts are the same in all worlds") +
           ", and nothing else is drawn";
}

std::optional<std::string> left_out_of_intervals(const Scenario& scenario) {
    if (scenario.run.population != PopulationMode::shared || !draws_accounts(scenario)) return std::nullopt;
    return "Intervals leave out the draw of the accounts: one serves all worlds, run.population is \"shared\".";
}

} // namespace plunge
