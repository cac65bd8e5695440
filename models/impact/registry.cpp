#include "models/impact/registry.hpp"

#include <string>

namespace plunge {
namespace {

template <class Words> std::string in_words(Words&& words) {
    std::string text;
    for_each_model(ImpactModels{}, [&]<class Shape>() {
        text += (text.empty() ? "" : "; ") + std::string(words.template operator()<Shape>());
    });
    return text;
}

} // namespace

std::any default_params(ImpactFamily /*family*/) { return ImpactModels::First::Params{}; }

std::string_view name_of(const ImpactChoice& shape) {
    return visit_choice(ImpactModels{}, shape, []<class Shape>(const auto&) { return std::string_view(Shape::name); });
}

ImpactNeeds needs_of(const ImpactChoice& shape) {
    return visit_choice(ImpactModels{}, shape, []<class Shape>(const auto& params) { return Shape::needs(params); });
}

bool in_proportion(const ImpactChoice& shape) {
    return visit_choice(ImpactModels{}, shape, []<class Shape>(const auto&) { return bool{Shape::in_proportion}; });
}

ImpactChoice scaled(const ImpactChoice& shape, double factor) {
    return visit_choice(ImpactModels{}, shape,
                        [&]<class Shape>(const auto& params) { return ImpactChoice(Shape::scaled(params, factor)); });
}

ImpactChoice with_depth(const ImpactChoice& shape, double factor) {
    return visit_choice(ImpactModels{}, shape, [&]<class Shape>(const auto& params) {
        return ImpactChoice(Shape::with_depth(params, factor));
    });
}

std::string twice_impact_in_words() {
    return in_words([]<class Shape>() { return Shape::twice_impact; });
}

std::string half_depth_in_words() {
    return in_words([]<class Shape>() { return Shape::half_depth; });
}

} // namespace plunge
