// The family of marks, prices that margin uses: what each of them must be, and what can be asked of the chosen one.
#pragma once

#include <any>
#include <concepts>
#include <string_view>
#include <tuple>

#include "models/common/check.hpp"
#include "models/common/choice.hpp"

namespace plunge {

struct MarkFamily {};
using MarkChoice = Choice<MarkFamily>;

/// What a mark needs of the market around its venue.
struct MarkNeeds {
    bool all_venues = false; ///< follows the asset's price over all venues, not the venue's own
};

/// A scenario writes a mark without parameters as its name, any other as a table whose first key is that name.
template <class Mark> constexpr bool is_first_key_its_name() {
    if constexpr (std::tuple_size_v<decltype(Mark::fields())> == 0) {
        return true;
    } else {
        return std::get<0>(Mark::fields()).key == Mark::name;
    }
}

template <class Mark>
concept MarkModel = ModelOf<Mark, MarkFamily> && is_first_key_its_name<Mark>() &&
    std::constructible_from<Mark, const typename Mark::Params&, double> && // and seconds a step
    requires(const Mark& mark, const typename Mark::Params& params, double before, double price) {
    { Mark::needs(params) } -> std::same_as<MarkNeeds>;
    // Whether it is the price at all times; else it moves once a step and stands still while its venue trades.
    { Mark::is_price } -> std::convertible_to<bool>;
    // What it is at a step's start, from the price that it follows and what it was at the start of the step before.
    { mark.next(before, price) } -> std::same_as<double>;
};

/// One of the registered marks: models/mark/registry.hpp.
struct MarkPrice;

std::any default_params(MarkFamily family);
std::string_view name_of(const MarkChoice& mark);
MarkNeeds needs_of(const MarkChoice& mark);
bool is_price(const MarkChoice& mark);

} // namespace plunge
