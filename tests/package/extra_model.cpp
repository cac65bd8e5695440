// Uses a model from outside the tree: it stands in the list of its family, last, and is called like any other.
#include <string_view>
#include <type_traits>
#include <variant>

#include "models/impact/registry.hpp"

int main() {
    using namespace plunge;
    static_assert(std::is_same_v<ImpactModels, ModelList<LinearImpact, SquareRootImpact, PowerLawImpact>>);
    const ImpactContext market{.initial_price = {100.0}, .daily_volume = {1e6}, .daily_volatility = {0.03}};
    const ImpactChoice choice = PowerLawImpact::Params{.depth = {{5e4}}, .exponent = 0.6};
    const ImpactShape shape = visit_choice(
        ImpactModels{}, choice, [&]<class Shape>(const auto& params) { return ImpactShape(Shape(params, market)); });
    if (!std::holds_alternative<PowerLawImpact>(shape)) return 1;
    const double moved = std::visit([](const auto& chosen) { return chosen.displacement(0, -500.0); }, shape);
    if (!(moved > -0.01 - 1e-12 && moved < -0.01 + 1e-12)) return 2; // the depth moves the price by 1 %

    const auto named = [](std::string_view wanted) {
        int found = 0;
        for_each_model(ImpactModels{}, [&]<class Shape>() { found += Shape::name == wanted ? 1 : 0; });
        return found == 1;
    };
    return named("power_law") && named("linear") ? 0 : 3;
}
