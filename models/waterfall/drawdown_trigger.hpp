// When a fall of the insurance funds, and not their end, brings auto-deleveraging.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>

#include "models/common/tolerances.hpp"

namespace plunge {

/// On once the funds have fallen by the share `start` from the most that they held within a time, off once they are
/// back within `stop` of it. While it is off they may lose what brings them there, while it is on nothing.
/// Source: Bybit API documentation, "Get ADL Alert": 30 % of the pool's maximum over 8 h starts it, what goes beyond is
/// borne by winners, 25 % stops it. There the loss is that of one contract, here that of the funds.
class DrawdownTrigger {
  public:
    /// \param window  in steps, at least one
    DrawdownTrigger(double start, double stop, std::size_t window) : start_{start}, stop_{stop}, window_{window} {}

    void begin_world(double balance) {
        past_.clear();
        step_ = 0;
        held_ = highest_ = balance;
        on_ = false;
    }

    /// Before every turn of step `t` and after it. \param balance  of the funds now
    void observe(std::size_t t, double balance) {
        if (t > step_) { // what they held has been their balance at the ends of all steps before
            while (!past_.empty() && past_.back().balance <= held_) past_.pop_back();
            past_.push_back({t - 1, held_});
            step_ = t;
        }
        while (!past_.empty() && past_.front().until + window_ < t) past_.pop_front();
        held_ = balance;
        highest_ = past_.empty() ? balance : std::max(balance, past_.front().balance);
        const double fall = highest_ > 0.0 ? 1.0 - balance / highest_ : 0.0;
        if (fall >= start_ - tolerance::drawdown) {
            on_ = true;
        } else if (fall <= stop_ + tolerance::drawdown) {
            on_ = false;
        }
    }

    bool is_on() const { return on_; }

    /// What the funds may lose before winners bear the rest.
    double room() const { return on_ ? 0.0 : std::max(0.0, held_ - (1.0 - start_) * highest_); }

  private:
    // A balance and the last step at whose end it was held. What something later exceeds is left out, so they fall.
    struct Held {
        std::size_t until;
        double balance;
    };

    double start_;
    double stop_;
    std::size_t window_;
    std::deque<Held> past_;
    std::size_t step_ = 0;
    double held_ = 0.0;
    double highest_ = 0.0;
    bool on_ = false;
};

} // namespace plunge
