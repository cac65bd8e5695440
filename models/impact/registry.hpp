// Every book shape, complete: for who treats them alike. Adding one: a header beside this file that says its place in
// the list, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/impact/family.hpp"
#include "models/impact/list.hpp"

namespace plunge {

/// One of the shapes.
struct ImpactShape : ImpactModels::Variant {
    using ImpactModels::Variant::variant;
};

template <ImpactModel... Shapes> constexpr bool are_book_shapes(ModelList<Shapes...> /*list*/) { return true; }
static_assert(are_book_shapes(ImpactModels{}));

} // namespace plunge
