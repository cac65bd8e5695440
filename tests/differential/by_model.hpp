// What differs from model to model in the slow implementation: one function per model and none for the rest, so that a
// model which joins a registry does not compile here before it has been written a second time.
#pragma once

#include "models/common/model_list.hpp"

namespace plunge::oracle {

template <class... Cases> struct EachModel : Cases... { using Cases::operator()...; };

/// Calls the one of `cases` that takes the parameters of the model chosen.
template <class List, class Chosen, class... Cases>
decltype(auto) by_model(List list, const Chosen& chosen, const Cases&... cases) {
    const EachModel<Cases...> handle{cases...};
    return visit_choice(list, chosen,
                        [&]<class Model>(const auto& params) -> decltype(auto) { return handle(params); });
}

} // namespace plunge::oracle
