// Every behaviour. Adding one: a header beside this file, a line here, a unit test, a scenario.
#pragma once

#include "models/behaviour/top_up.hpp"
#include "models/common/model_list.hpp"

namespace plunge {

using BehaviourModels = ModelList<Passive, TopUp>;

} // namespace plunge
