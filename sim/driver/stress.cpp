#include "sim/driver/stress.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <fmt/core.h>

#include "models/price/correlation.hpp"
#include "models/price/diffusion.hpp"
#include "sim/scenario/index_process.hpp"
#include "sim/scenario/randomness.hpp"

namespace plunge {
namespace {

Stress not_applied(const char* name, const char* reason) { return {name, reason, std::nullopt}; }

const char* no_diffusion(const Scenario& scenario) {
    return is_drawn(scenario.prices) ? "the price process has no diffusion" : "the prices are replayed";
}

Stress double_impact(Scenario scenario) {
    for (Venue& venue : scenario.venues) venue.impact = scaled(venue.impact, 2.0);
    return {"impact x 2", twice_impact_in_words(), std::move(scenario)};
}

// Half the depth moves a linear book twice as far, which is the stress before, and a square-root book by sqrt(2).
Stress half_depth(Scenario scenario) {
    constexpr const char* name = "depth / 2";
    const bool all_in_proportion = std::all_of(scenario.venues.begin(), scenario.venues.end(),
                                               [](const Venue& venue) { return in_proportion(venue.impact); });
    if (all_in_proportion) return not_applied(name, "all books are linear: the same as impact x 2");
    for (Asset& asset : scenario.assets) asset.daily_volume *= 0.5;
    for (Venue& venue : scenario.venues) venue.impact = with_depth(venue.impact, 0.5);
    return {name, half_depth_in_words(), std::move(scenario)};
}

Stress more_volatility(Scenario scenario) {
    constexpr const char* name = "volatility x 1.5";
    DiffusionParams* params = diffusion_of(scenario.prices);
    if (params == nullptr) return not_applied(name, no_diffusion(scenario));
    for (double& volatility : params->volatility.values) volatility *= 1.5;
    return {name, "of the diffusion; thinning and square roots refer to it", std::move(scenario)};
}

// (1 - w) C + w 11' is a correlation matrix for every C and w in [0, 1].
Stress correlation_to_one(Scenario scenario) {
    constexpr const char* name = "correlation to 1";
    constexpr double weight = 0.99;
    DiffusionParams* params = diffusion_of(scenario.prices);
    if (params == nullptr) return not_applied(name, no_diffusion(scenario));
    const std::size_t assets = driven_assets(scenario).size();
    if (assets < 2) return not_applied(name, "one asset is driven by the process");
    SquareMatrix correlation = params->correlation;
    if (!params->loadings.empty()) {
        correlation = correlation_from_loadings(params->loadings);
        params->loadings.clear();
    }
    if (correlation.size == 0) correlation = SquareMatrix::identity(assets);
    for (double& entry : correlation.values) entry = (1.0 - weight) * entry + weight;
    params->correlation = std::move(correlation);
    return {name, "every pair 99 % of the way to one", std::move(scenario)};
}

Stress joint_tails(Scenario scenario) {
    constexpr const char* name = "joint tails";
    constexpr double dof = 4.0;
    DiffusionParams* params = diffusion_of(scenario.prices);
    if (params == nullptr) return not_applied(name, no_diffusion(scenario));
    if (driven_assets(scenario).size() < 2) return not_applied(name, "one asset is driven by the process");
    if (params->tails && params->tails->dof <= dof) return not_applied(name, "the copula's are as heavy already");
    params->tails = Tails{dof};
    return {name, "Student-t copula, 4 degrees of freedom; same margins", std::move(scenario)};
}

// One draw of the accounts for all worlds is a part of the answer that no interval over worlds shows.
Stress other_accounts(Scenario scenario) {
    constexpr const char* name = "other accounts";
    if (!draws_accounts(scenario)) return not_applied(name, "no account is drawn");
    if (scenario.run.population == PopulationMode::resampled)
        return not_applied(name, "drawn for every world: in the interval");
    const std::uint64_t seed = scenario.run.seed_of_accounts();
    scenario.run.population_seed = seed > 0 ? seed - 1 : 1;
    return {name, fmt::format("drawn again: run.population_seed = {}", *scenario.run.population_seed),
            std::move(scenario)};
}

} // namespace

std::vector<Stress> stresses(const Scenario& scenario) {
    return {double_impact(scenario),      half_depth(scenario),  more_volatility(scenario),
            correlation_to_one(scenario), joint_tails(scenario), other_accounts(scenario)};
}

} // namespace plunge
