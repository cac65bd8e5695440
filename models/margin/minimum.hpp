// A least margin of every position, however small.
#pragma once

#include <concepts>

namespace plunge {

/// `margin` of a position of this notional, or the minimum where that is more; nothing for no position. Convex in the
/// notional of a position, and in no way zero as that vanishes.
inline double at_least(double minimum, double margin, double notional) {
    return margin > minimum || notional == 0.0 ? margin : minimum;
}

/// A separable rule whose margins of positions have a minimum.
template <class Rule>
concept HasMinimum = requires(const Rule& rule) {
    { rule.minimum() } -> std::same_as<double>;
};

} // namespace plunge
