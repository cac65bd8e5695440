// Every price process, complete: for who treats them alike. Adding one: a header beside this file that says its place
// in the list, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/price/family.hpp"
#include "models/price/list.hpp"
#include "models/price/price_model.hpp"

namespace plunge {

/// One of the processes.
struct PriceProcess : PriceModels::Variant {
    using PriceModels::Variant::variant;
};

static_assert(are_price_models(PriceModels{}));

} // namespace plunge
