// A family of models: the list from which parsers, catalogues, dispatch and contract tests are made.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>
#include <variant>

namespace plunge {

/// The models of one family, in catalogue order.
template <class... Models> struct ModelList {
    using Variant = std::variant<Models...>; ///< one of the models themselves
    using First = std::tuple_element_t<0, std::tuple<Models...>>;
    static constexpr std::size_t size = sizeof...(Models);
};

/// Calls `visit.operator()<Model>()` for every model of the list.
template <class... Models, class Visitor> constexpr void for_each_model(ModelList<Models...>, Visitor&& visit) {
    (visit.template operator()<Models>(), ...);
}

/// Calls `visit.operator()<Model>(params)` for the model that is chosen (models/common/choice.hpp) and returns what it
/// returns. \throws std::bad_any_cast where the list does not have it
template <class First, class... Rest, class Chosen, class Visitor>
decltype(auto) visit_choice(ModelList<First, Rest...>, Chosen& chosen, Visitor&& visit) {
    using Params = typename First::Params;
    if constexpr (sizeof...(Rest) > 0) {
        if (!chosen.template holds<Params>())
            return visit_choice(ModelList<Rest...>{}, chosen, std::forward<Visitor>(visit));
    }
    return visit.template operator()<First>(chosen.template get<Params>());
}

} // namespace plunge
