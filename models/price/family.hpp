// The family of price processes: what each of them says of itself, and what can be asked of the chosen one.
#pragma once

#include <any>
#include <concepts>
#include <cstddef>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"
#include "models/common/values.hpp"

namespace plunge {

struct DiffusionParams;

struct PriceFamily {};
using PriceChoice = Choice<PriceFamily>;

template <class Process>
concept PriceFamilyModel = ModelOf<Process, PriceFamily> &&
    std::constructible_from<Process, const typename Process::Params&, std::size_t, double> &&
    requires(const Process& process, typename Process::Params& params, std::size_t asset) {
    // Annualised, of the log return: what thinning and roots refer to.
    { process.total_volatility(asset) } -> std::same_as<double>;
    { process.factor() } -> std::convertible_to<const SquareMatrix&>; // L, L L' the correlation of innovations
    { Process::is_drawn } -> std::convertible_to<bool>;               // else it is one path, the same in every world
    // What volatility, correlation and tails of its innovations are in; null where there are none.
    { Process::diffusion(params) } -> std::same_as<DiffusionParams*>;
};

/// One of the registered processes: models/price/registry.hpp.
struct PriceProcess;

std::any default_params(PriceFamily family);
bool is_drawn(const PriceChoice& prices);
DiffusionParams* diffusion_of(PriceChoice& prices);

} // namespace plunge
