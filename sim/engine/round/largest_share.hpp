// The largest share of something that is still possible, found by halving.
#pragma once

#include "models/common/tolerances.hpp"

namespace plunge {

/// The largest share in [0, 1] that `fits`, less what rounding could turn of it (`tolerance::share_found`); where what
/// fits does not fall as the share grows, one of its crossings. Zero below `tolerance::share`.
template <class Predicate> double largest_share(Predicate&& fits) {
    constexpr double resolution = 1e-15; // of the share
    if (fits(1.0)) return 1.0;
    if (!fits(0.0)) return 0.0;
    double inside = 0.0;
    double outside = 1.0;
    while (outside - inside > resolution * outside && outside > tolerance::share) {
        const double middle = 0.5 * (inside + outside);
        if (middle <= inside || middle >= outside) break;
        (fits(middle) ? inside : outside) = middle;
    }
    return inside < tolerance::share ? 0.0 : inside * (1.0 - tolerance::share_found);
}

} // namespace plunge
