#include "models/waterfall/registry.hpp"

namespace plunge {

std::any default_params(WaterfallFamily /*family*/) { return WaterfallModels::First::Params{}; }

std::string_view name_of(const WaterfallChoice& layer) {
    return visit_choice(WaterfallModels{}, layer,
                        []<class Layer>(const auto&) { return std::string_view(Layer::name); });
}

LayerNeeds needs_of(const WaterfallChoice& layer) {
    return visit_choice(WaterfallModels{}, layer, []<class Layer>(const auto& params) { return Layer::needs(params); });
}

double initial_balance(const WaterfallChoice& layer) {
    return visit_choice(WaterfallModels{}, layer,
                        []<class Layer>(const auto& params) { return Layer::initial_balance(params); });
}

} // namespace plunge
