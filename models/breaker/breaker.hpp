// Circuit breaker: a move beyond a threshold within a window halts the venue's trading.
#pragma once

#include <tuple>

#include "models/common/values.hpp"

namespace plunge {

/// Halts when a traded price has moved by more than `move` against what it was `window` ago, for any asset. While
/// halted the index keeps moving and nothing is sold; at the reopening the window starts afresh.
/// Source: in the manner of the market-wide breaker of NYSE Rule 7.12; per venue here.
struct CircuitBreaker {
    double move = 0.1;
    double window_seconds = 300.0;
    double halt_seconds = 300.0;

    static constexpr auto fields() {
        using P = CircuitBreaker;
        return std::tuple{
            required_field("move", &P::move, Unit::fraction, positive, "relative price move that halts trading"),
            required_field("window", &P::window_seconds, Unit::duration, positive, "time over which the move is taken"),
            required_field("halt", &P::halt_seconds, Unit::duration, positive, "how long trading is halted")};
    }
};

} // namespace plunge
