#include "models/mark/registry.hpp"

namespace plunge {

std::any default_params(MarkFamily /*family*/) { return MarkModels::First::Params{}; }

std::string_view name_of(const MarkChoice& mark) {
    return visit_choice(MarkModels{}, mark, []<class Mark>(const auto&) { return std::string_view(Mark::name); });
}

MarkNeeds needs_of(const MarkChoice& mark) {
    return visit_choice(MarkModels{}, mark, []<class Mark>(const auto& params) { return Mark::needs(params); });
}

bool is_price(const MarkChoice& mark) {
    return visit_choice(MarkModels{}, mark, []<class Mark>(const auto&) { return bool{Mark::is_price}; });
}

} // namespace plunge
