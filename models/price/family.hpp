// The family of price processes: what can be asked of the chosen one. What each must offer:
// models/price/price_model.hpp.
#pragma once

#include <any>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"

namespace plunge {

struct DiffusionParams;

struct PriceFamily {};
using PriceChoice = Choice<PriceFamily>;

/// One of the registered processes: models/price/registry.hpp.
struct PriceProcess;

std::any default_params(PriceFamily family);
bool is_drawn(const PriceChoice& prices);
DiffusionParams* diffusion_of(PriceChoice& prices);

} // namespace plunge
