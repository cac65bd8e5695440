// Every liquidation policy, complete: for who treats them alike. Adding one: a header beside this file that says its
// place in the list, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/liquidation/family.hpp"
#include "models/liquidation/list.hpp"

namespace plunge {

/// One of the policies.
struct LiquidationPolicy : LiquidationModels::Variant {
    using LiquidationModels::Variant::variant;
};

template <LiquidationModel... Policies> constexpr bool are_policies(ModelList<Policies...> /*list*/) { return true; }
static_assert(are_policies(LiquidationModels{}));

} // namespace plunge
