// Every model of contagion between institutions, complete: for who treats them alike. Adding one: a header beside this
// file that says its place in the list, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/network/family.hpp"
#include "models/network/list.hpp"

namespace plunge {

template <NetworkModel... Networks> constexpr bool are_networks(ModelList<Networks...> /*list*/) { return true; }
static_assert(are_networks(NetworkModels{}));

} // namespace plunge
