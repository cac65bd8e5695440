// Every loss layer. Adding one: a header beside this file, a line here, a unit test, a scenario.
#pragma once

#include "models/common/model_list.hpp"
#include "models/waterfall/adl.hpp"
#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"

namespace plunge {

using WaterfallModels = ModelList<InsuranceFund, VenueCapital, AutoDeleveraging, SocializedLoss>;

} // namespace plunge
