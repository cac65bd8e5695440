// Every behaviour, complete: for who treats them alike. Adding one: a header beside this file that says its place in
// the list, a unit test, a scenario.
#pragma once

#include "models/behaviour/family.hpp"
#include "models/behaviour/list.hpp"
#include "models/common/model_list.hpp"

namespace plunge {

template <BehaviourModel... Behaviours> constexpr bool are_behaviours(ModelList<Behaviours...> /*list*/) {
    return true;
}
static_assert(are_behaviours(BehaviourModels{}));

} // namespace plunge
