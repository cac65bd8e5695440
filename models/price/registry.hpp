// Every price process, complete: for who treats them alike. Adding one: a header beside this file that says its place
// in the list, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/price/family.hpp"
#include "models/price/list.hpp"

namespace plunge {

/// One of the processes.
struct PriceProcess : PriceModels::Variant {
    using PriceModels::Variant::variant;
};

template <PriceFamilyModel... Processes> constexpr bool are_processes(ModelList<Processes...> /*list*/) { return true; }
static_assert(are_processes(PriceModels{}));

} // namespace plunge
