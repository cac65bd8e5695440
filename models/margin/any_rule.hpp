// The margin test under whichever rule a venue has.
#pragma once

#include <cstddef>
#include <variant>

#include "models/margin/registry.hpp"
#include "models/margin/slack.hpp"

namespace plunge {

/// margin_state() of the rule that is chosen, M multiplied by `factor`.
inline MarginState margin_state(const MarginRule& rule, const MarginView& account, double factor, const double* mark,
                                std::size_t assets) {
    MarginState state = std::visit([&](const auto& chosen) { return margin_state(chosen, account, mark, assets); },
                                   rule);
    state.maintenance *= factor;
    return state;
}

/// E < multiple * M at `mark`, strictly.
inline bool breaches(const MarginRule& rule, const MarginView& account, double multiple, const double* mark,
                     std::size_t assets) {
    const MarginState state = margin_state(rule, account, multiple, mark, assets);
    return state.equity < state.maintenance;
}

} // namespace plunge
