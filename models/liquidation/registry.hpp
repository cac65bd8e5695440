// Every liquidation policy. Adding one: a header beside this file, a line here, a unit test, a scenario.
#pragma once

#include <variant>

#include "models/common/model_list.hpp"
#include "models/liquidation/full.hpp"
#include "models/liquidation/partial.hpp"

namespace plunge {

using LiquidationModels = ModelList<FullLiquidation, PartialLiquidation>;
using LiquidationPolicy = std::variant<FullLiquidation, PartialLiquidation>;

} // namespace plunge
