// Every model of contagion between institutions. Adding one: a header beside this file, a line here, a unit test, a
// scenario.
#pragma once

#include <variant>

#include "models/common/model_list.hpp"
#include "models/network/eisenberg_noe.hpp"

namespace plunge {

using NetworkModels = ModelList<EisenbergNoe>;

} // namespace plunge
