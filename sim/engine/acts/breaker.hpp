// The circuit breaker: compares traded prices with those of a window ago, and halts trading.
#pragma once

#include <string_view>
#include <vector>

#include "sim/engine/acts/act.hpp"

namespace plunge {

class Breaker {
  public:
    static constexpr Phase phase = Phase::close;
    static constexpr std::string_view name = "Breaker";

    explicit Breaker(const VenueParts& venue);

    void begin_world(VenueParts& venue);
    void look(const Window& window, const VenueParts& venue);
    std::size_t first_step(const Window& window, const VenueParts& venue);
    void pass(std::size_t count, VenueParts& venue) const;
    bool act(const Now& now, VenueParts& venue);

  private:
    bool trips(std::size_t t, const VenueParts& venue) const;

    std::size_t assets_;
    std::size_t window_start_ = 0;
    std::vector<double> price_; // [T+1 x A] traded, as far as the window reaches back; empty without a breaker
};

} // namespace plunge
