// A family of models: the list from which registries, parsers, catalogues and contract tests are made.
#pragma once

#include <cstddef>
#include <tuple>
#include <variant>

namespace plunge {

/// The models of one family, in catalogue order.
template <class... Models> struct ModelList {
    using Params = std::variant<typename Models::Params...>; ///< what a scenario holds: the chosen model's parameters
    using Variant = std::variant<Models...>;                 ///< one of the models themselves
    using Tuple = std::tuple<Models...>;
    static constexpr std::size_t size = sizeof...(Models);
};

/// Calls `visit.operator()<Model>()` for every model of the list.
template <class... Models, class Visitor> constexpr void for_each_model(ModelList<Models...>, Visitor&& visit) {
    (visit.template operator()<Models>(), ...);
}

/// The model whose parameters are `Params`.
template <class List, class Params> struct ModelOf;
template <class First, class... Rest, class Params> struct ModelOf<ModelList<First, Rest...>, Params> {
    using type = typename ModelOf<ModelList<Rest...>, Params>::type;
};
template <class First, class... Rest> struct ModelOf<ModelList<First, Rest...>, typename First::Params> {
    using type = First;
};

} // namespace plunge
