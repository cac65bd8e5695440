#include "models/margin/registry.hpp"

namespace plunge {

std::any default_params(MarginFamily /*family*/) { return MarginModels::First::Params{}; }

std::string_view name_of(const MarginChoice& rule) {
    return visit_choice(MarginModels{}, rule, []<class Rule>(const auto&) { return std::string_view(Rule::name); });
}

MarginNeeds needs_of(const MarginChoice& rule) {
    return visit_choice(MarginModels{}, rule, []<class Rule>(const auto& params) { return Rule::needs(params); });
}

} // namespace plunge
