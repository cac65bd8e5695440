// Every liquidation policy. Adding one: a header beside this file, a line here, a unit test, a scenario.
#pragma once

#include <variant>

#include "models/common/model_list.hpp"
#include "models/liquidation/close_factor.hpp"
#include "models/liquidation/full.hpp"
#include "models/liquidation/partial.hpp"
#include "models/liquidation/slice.hpp"

namespace plunge {

using LiquidationModels = ModelList<FullLiquidation, PartialLiquidation, SliceLiquidation, CloseFactorLiquidation>;
using LiquidationPolicy = std::variant<FullLiquidation, PartialLiquidation, SliceLiquidation, CloseFactorLiquidation>;

} // namespace plunge
