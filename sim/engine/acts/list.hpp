// Every act of a venue, in the order of a step. A new mechanism is a file beside this one and a line here.
#pragma once

#include <tuple>

#include "sim/engine/acts/breaker.hpp"
#include "sim/engine/acts/carrying.hpp"
#include "sim/engine/acts/leverage_cutting.hpp"
#include "sim/engine/acts/liquidation.hpp"
#include "sim/engine/acts/margin_calls.hpp"
#include "sim/engine/acts/margin_review.hpp"

namespace plunge {

using Acts = std::tuple<MarginCalls, Carrying, LeverageCutting, Liquidation, Breaker, MarginReview>;

static_assert([]<class... Listed>(const std::tuple<Listed...>*) {
    constexpr Phase phases[] = {Listed::phase...};
    for (std::size_t i = 1; i < sizeof...(Listed); ++i) {
        if (phases[i] < phases[i - 1]) return false;
    }
    return (Act<Listed> && ...);
}(static_cast<const Acts*>(nullptr)));

} // namespace plunge
