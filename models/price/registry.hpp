// Every price process. Adding one: a header beside this file, a line here, a unit test, a scenario.
#pragma once

#include <variant>

#include "models/common/model_list.hpp"
#include "models/price/garch.hpp"
#include "models/price/gbm.hpp"
#include "models/price/merton.hpp"
#include "models/price/price_model.hpp"
#include "models/price/replay.hpp"

namespace plunge {

using PriceModels = ModelList<Gbm, Merton, Garch, Replay>;
using PriceProcess = std::variant<Gbm, Merton, Garch, Replay>;
static_assert(are_price_models(PriceModels{}));

} // namespace plunge
