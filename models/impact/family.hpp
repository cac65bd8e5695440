// The family of book shapes: what each of them must be, and what can be asked of the chosen one.
#pragma once

#include <any>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string_view>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"
#include "models/impact/context.hpp"

namespace plunge {

struct ImpactFamily {};
using ImpactChoice = Choice<ImpactFamily>;

/// What a shape needs of the market around it.
struct ImpactNeeds {
    bool daily_volume = false;         ///< of every asset
    bool volatility = false;           ///< of every asset, of the price process
    std::string_view volatility_key{}; ///< of the shape's own, that would do instead
};

/// A point where I is not smooth, or bends within far less than an order: near it I - I(consumed) is like
/// |Q - consumed|^order.
struct ShapeKink {
    double consumed; ///< [base]
    double order;
};

template <class Shape>
concept ImpactModel = ModelOf<Shape, ImpactFamily> &&
    std::constructible_from<Shape, const typename Shape::Params&, const ImpactContext&> &&
    requires(const Shape& shape, const typename Shape::Params& params, std::size_t asset, double x) {
    { shape.displacement(asset, x) } -> std::same_as<double>;           // I
    { shape.consumed(asset, x) } -> std::same_as<double>;               // I^-1
    { shape.mean_relative_price(asset, x, x) } -> std::same_as<double>; // of exp(I), between two displacements
    { shape.kinks(asset) } -> std::ranges::forward_range;               // of ShapeKink
    { Shape::needs(params) } -> std::same_as<ImpactNeeds>;
    // The same shape with another multiple of I, and with another multiple of its depth but for what an asset's daily
    // volume says of it; whether these are each other's inverse; and how either is done, in words.
    { Shape::scaled(params, x) } -> std::same_as<typename Shape::Params>;
    { Shape::with_depth(params, x) } -> std::same_as<typename Shape::Params>;
    { Shape::in_proportion } -> std::convertible_to<bool>;
    { Shape::twice_impact } -> std::convertible_to<std::string_view>;
    { Shape::half_depth } -> std::convertible_to<std::string_view>;
};

/// One of the registered shapes: models/impact/registry.hpp.
struct ImpactShape;

std::any default_params(ImpactFamily family);
std::string_view name_of(const ImpactChoice& shape);
ImpactNeeds needs_of(const ImpactChoice& shape);
/// Whether `factor` times the depth is what 1 / `factor` times the impact is.
bool in_proportion(const ImpactChoice& shape);
ImpactChoice scaled(const ImpactChoice& shape, double factor);
ImpactChoice with_depth(const ImpactChoice& shape, double factor);
/// How every registered shape doubles its impact and halves its depth, in words.
std::string twice_impact_in_words();
std::string half_depth_in_words();

} // namespace plunge
