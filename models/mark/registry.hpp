// Every mark, complete: for who treats them alike. Adding one: a header beside this file that says its place in the
// list, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/mark/family.hpp"
#include "models/mark/list.hpp"

namespace plunge {

/// One of the marks.
struct MarkPrice : MarkModels::Variant {
    using MarkModels::Variant::variant;
};

template <MarkModel... Marks> constexpr bool are_marks(ModelList<Marks...> /*list*/) { return true; }
static_assert(are_marks(MarkModels{}));

} // namespace plunge
