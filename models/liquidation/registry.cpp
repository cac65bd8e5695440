#include "models/liquidation/registry.hpp"

namespace plunge {

std::any default_params(LiquidationFamily /*family*/) { return LiquidationModels::First::Params{}; }

std::string_view name_of(const LiquidationChoice& policy) {
    return visit_choice(LiquidationModels{}, policy,
                        []<class Policy>(const auto&) { return std::string_view(Policy::name); });
}

LiquidationNeeds needs_of(const LiquidationChoice& policy) {
    return visit_choice(LiquidationModels{}, policy,
                        []<class Policy>(const auto& params) { return Policy::needs(params); });
}

} // namespace plunge
