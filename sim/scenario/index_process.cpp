#include "sim/scenario/index_process.hpp"

#include <cmath>
#include <memory>
#include <variant>

#include "models/price/registry.hpp"

namespace plunge {

std::vector<std::size_t> driven_assets(const Scenario& scenario) {
    std::vector<std::size_t> driven;
    for (std::size_t a = 0; a < scenario.assets.size(); ++a) {
        if (!scenario.assets[a].follows) driven.push_back(a);
    }
    return driven;
}

Held<PriceProcess> make_process(const Scenario& scenario, double step_seconds) {
    const std::size_t driven = driven_assets(scenario).size();
    return visit_choice(PriceModels{}, scenario.prices, [&]<class Process>(const auto& params) {
        return Held<PriceProcess>(std::make_shared<PriceProcess>(Process(params, driven, step_seconds)));
    });
}

std::vector<double> index_volatility(const Scenario& scenario, const PriceProcess& process) {
    std::vector<double> volatility(scenario.assets.size(), 0.0);
    const std::vector<std::size_t> driven = driven_assets(scenario);
    for (std::size_t d = 0; d < driven.size(); ++d) {
        volatility[driven[d]] = std::visit([&](const auto& model) { return model.total_volatility(d); }, process);
    }
    for (std::size_t a = 0; a < scenario.assets.size(); ++a) {
        const Asset& asset = scenario.assets[a];
        if (!asset.follows) continue;
        const double basis = asset.basis ? asset.basis->volatility : 0.0;
        volatility[a] = std::hypot(volatility[*asset.follows], basis);
    }
    return volatility;
}

} // namespace plunge
