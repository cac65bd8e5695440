#include "models/behaviour/registry.hpp"

namespace plunge {

std::any default_params(BehaviourFamily /*family*/) { return BehaviourModels::First::Params{}; }

BehaviourNeeds needs_of(const BehaviourChoice& behaviour) {
    return visit_choice(BehaviourModels{}, behaviour,
                        []<class Behaviour>(const auto& params) { return Behaviour::needs(params); });
}

} // namespace plunge
