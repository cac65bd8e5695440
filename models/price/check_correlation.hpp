// Whether prices can have the correlations that parameters give.
#pragma once

#include <string>

#include "models/common/check.hpp"
#include "models/price/diffusion.hpp"

namespace plunge {

/// That `correlation` is positive semi-definite. \param remedy  what else could be written
void check_definite(Findings& findings, const SquareMatrix& correlation, std::string remedy);

/// That a diffusion's correlation, or its loadings instead, can be.
Findings check_diffusion(const DiffusionParams& params, const CheckContext& context);

} // namespace plunge
