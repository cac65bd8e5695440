// Every loss layer, complete: for who treats them alike. Adding one: a header beside this file that says its place in
// the list, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/waterfall/family.hpp"
#include "models/waterfall/list.hpp"

namespace plunge {

/// One of the layers as it stands in a world.
struct WaterfallLayer : WaterfallModels::Variant {
    using WaterfallModels::Variant::variant;
};

template <WaterfallModel... Layers> constexpr bool are_loss_layers(ModelList<Layers...> /*list*/) { return true; }
static_assert(are_loss_layers(WaterfallModels{}));

} // namespace plunge
