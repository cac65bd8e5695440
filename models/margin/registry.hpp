// Every margin rule, complete: for who treats them alike. Adding one: a header beside this file that says its place in
// the list, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/margin/family.hpp"
#include "models/margin/list.hpp"

namespace plunge {

/// One of the rules.
struct MarginRule : MarginModels::Variant {
    using MarginModels::Variant::variant;
};

template <MarginModel... Rules> constexpr bool are_margin_rules(ModelList<Rules...> /*list*/) { return true; }
static_assert(are_margin_rules(MarginModels{}));

} // namespace plunge
