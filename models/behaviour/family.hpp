// The family of behaviours: what each of them must be, and what can be asked of the chosen one.
#pragma once

#include <any>
#include <concepts>
#include <string_view>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"

namespace plunge {

struct BehaviourFamily {};
using BehaviourChoice = Choice<BehaviourFamily>;

/// What a behaviour needs of the account's venue.
struct BehaviourNeeds {
    bool margin_calls = false; ///< it answers them
};

template <class Behaviour>
concept BehaviourModel = ModelOf<Behaviour, BehaviourFamily> && requires(const typename Behaviour::Params& params) {
    { Behaviour::needs(params) } -> std::same_as<BehaviourNeeds>;
};

std::any default_params(BehaviourFamily family);
BehaviourNeeds needs_of(const BehaviourChoice& behaviour);

} // namespace plunge
