// Whether a venue trades: phases 6 and 7 of sim/README.md rest while it is halted.
#pragma once

#include <cstddef>

namespace plunge {

class Session {
  public:
    void begin_world() {
        halted_ = false;
        halted_until_ = 0;
    }

    /// Turns to step `t`, and to those after it until a halt ends.
    void enter(std::size_t t) { halted_ = t < halted_until_; }

    /// Halts trading from the next step on.
    void halt(std::size_t now, std::size_t steps) { halted_until_ = now + 1 + steps; }

    bool halted() const { return halted_; }
    std::size_t halted_until() const { return halted_until_; } ///< first step in which trading is open again

  private:
    bool halted_ = false;
    std::size_t halted_until_ = 0;
};

} // namespace plunge
