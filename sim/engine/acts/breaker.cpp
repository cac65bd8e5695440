#include "sim/engine/acts/breaker.hpp"

#include <algorithm>
#include <cmath>

namespace plunge {

Breaker::Breaker(const VenueParts& venue) : assets_{venue.assets} {
    if (venue.model.breaker) price_.resize((venue.market.steps() + 1) * assets_);
}

void Breaker::begin_world(VenueParts& venue) {
    window_start_ = 0;
    if (venue.model.breaker) std::copy(venue.books.price().begin(), venue.books.price().end(), price_.begin());
}

// At a reopening the window starts afresh, in the place of the step before.
void Breaker::look(const Window& window, const VenueParts& venue) {
    if (!venue.model.breaker || window.first != venue.session.halted_until()) return;
    window_start_ = window.first - 1;
    for (std::size_t a = 0; a < assets_; ++a) {
        price_[window_start_ * assets_ + a] = window.ahead.price(venue.venue, a)[0];
    }
}

// Prices of quiet steps are kept as they are looked at; those of steps that turn out otherwise are written again.
std::size_t Breaker::first_step(const Window& window, const VenueParts& venue) {
    if (!venue.model.breaker || venue.session.halted()) return window.limit;
    for (std::size_t k = 0; k < window.limit; ++k) {
        const std::size_t t = window.first + k;
        for (std::size_t a = 0; a < assets_; ++a) price_[t * assets_ + a] = window.ahead.price(venue.venue, a)[k];
        if (trips(t, venue)) return k;
    }
    return window.limit;
}

// Whether the price of step t lies too far from the one a window ago.
bool Breaker::trips(std::size_t t, const VenueParts& venue) const {
    const std::size_t window = venue.model.breaker_window_steps;
    const std::size_t ago = t > window_start_ + window ? t - window : window_start_;
    const double* now = price_.data() + t * assets_;
    const double* then = price_.data() + ago * assets_;
    for (std::size_t a = 0; a < assets_; ++a) {
        if (std::fabs(now[a] / then[a] - 1.0) > venue.model.breaker->move) return true;
    }
    return false;
}

void Breaker::pass(std::size_t count, VenueParts& venue) const {
    if (venue.session.halted()) venue.record.metrics.halted_steps += count;
}

bool Breaker::act(const Now& now, VenueParts& venue) {
    if (venue.session.halted()) {
        ++venue.record.metrics.halted_steps;
        return false;
    }
    if (!venue.model.breaker) return false;
    std::copy(venue.books.price().begin(), venue.books.price().end(),
              price_.begin() + static_cast<std::ptrdiff_t>(now.step * assets_));
    if (!trips(now.step, venue)) return false;
    ++venue.record.metrics.halts;
    venue.session.halt(now.step, venue.model.breaker_halt_steps);
    venue.announce(now.step, Signal::halt);
    return false;
}

} // namespace plunge
