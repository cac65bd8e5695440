// Every book shape. Adding one: a header beside this file, a line here, a unit test, a scenario.
#pragma once

#include <variant>

#include "models/common/model_list.hpp"
#include "models/impact/linear.hpp"
#include "models/impact/square_root.hpp"

namespace plunge {

using ImpactModels = ModelList<LinearImpact, SquareRootImpact>;
using ImpactShape = std::variant<LinearImpact, SquareRootImpact>;

} // namespace plunge
