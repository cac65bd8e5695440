// What every price process must offer.
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>

#include "models/common/model_list.hpp"
#include "models/common/values.hpp"
#include "models/price/family.hpp"
#include "models/price/innovations.hpp"

namespace plunge {

/// A process makes log returns of innovations, going forward in time from a state. It draws nothing itself: what it
/// needs it declares in `drivers()`. So a branch of a path, an antithetic or a quasi-random one, and one drawn from
/// another law are right for every process that compiles.
///
/// `any_step`  a step as long as many is drawn like one: the law does not depend on how time is cut, and nothing is
///             remembered. Else a longer time is several steps.
/// `State`     what it remembers from step to step, a type of its own; `start` makes it that of t = 0
/// `returns`   log returns of a block of steps into [assets x stride], all of them written; the state goes from the
///             block's beginning to its end. Cutting a path into blocks in another way must not change a bit.
/// `total_volatility`  annualised, of an asset's log return, jumps included and in the long run: what thinning and
///             square-root impact refer to
/// `factor`    L, with L L' the correlation of innovations
/// `is_drawn`  else it is one path, the same in every world
/// `diffusion` what volatility, correlation and tails of its innovations are in; null where there are none
template <class Model>
concept PriceModel = ModelOf<Model, PriceFamily> &&
    std::constructible_from<Model, const typename Model::Params&, std::size_t, double> &&
    std::default_initializable<typename Model::State> &&
    requires(const Model& model, typename Model::State& state, const InnovationBlock& block, double* out,
             typename Model::Params& params, std::size_t n) {
    { Model::is_drawn } -> std::convertible_to<bool>;
    { Model::diffusion(params) } -> std::same_as<DiffusionParams*>;
    { Model::any_step } -> std::convertible_to<bool>;
    { model.drivers() } -> std::same_as<const Drivers&>;
    { model.start(state) } -> std::same_as<void>;
    { model.returns(state, block, out, n) } -> std::same_as<void>;
    { model.total_volatility(n) } -> std::same_as<double>;
    { model.factor() } -> std::same_as<const SquareMatrix&>;
};

template <class... Models> constexpr bool are_price_models(ModelList<Models...>) { return (PriceModel<Models> && ...); }

/// A state of every process of a list.
template <class List> struct StatesOf;
template <class... Models> struct StatesOf<ModelList<Models...>> {
    using type = std::tuple<typename Models::State...>;
};

/// Log returns of steps [first_step, first_step + steps).
/// \param state  of `first_step`; goes forward to the end
/// \param out    [assets x stride], asset after asset; `steps` of each are written
template <PriceModel Model>
void go_forward(const Model& model, typename Model::State& state, Innovations& innovations, std::size_t first_step,
                std::size_t steps, double* out, std::size_t stride) {
    const std::size_t last = first_step + steps;
    std::size_t end = 0;
    for (std::size_t first = first_step; first < last; first = end) {
        end = innovations.block_end(first, last);
        model.returns(state, innovations.draw(first, end - first), out + (first - first_step), stride);
    }
}

} // namespace plunge
