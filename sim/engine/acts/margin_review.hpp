// Dynamic margin: the venue reviews the factor that multiplies maintenance margins.
#pragma once

#include <string_view>
#include <vector>

#include "sim/engine/acts/act.hpp"

namespace plunge {

class MarginReview {
  public:
    static constexpr Phase phase = Phase::review;
    static constexpr std::string_view name = "Margin review";

    explicit MarginReview(const VenueParts& /*venue*/) {}

    void begin_world(VenueParts& venue) {
        price_ = venue.market.initial_price();
        variance_.assign(venue.assets, 1.0);
        every_ = venue.model.dynamic_margin ? venue.model.review_steps : 0;
    }
    std::size_t steps_until_change(std::size_t t) const { return every_ > 0 ? every_ - (t - 1) % every_ : never; }
    void pass(std::size_t count, VenueParts& venue) const {
        if (venue.margins.factor() > 1.0) venue.record.metrics.raised_margin_steps += count;
    }
    void end_step(VenueParts& venue) const { pass(1, venue); }
    bool act(const Now& now, VenueParts& venue);

  private:
    std::size_t every_ = 0;        // steps between reviews; zero: none
    std::vector<double> price_;    // [A] traded, at the last review
    std::vector<double> variance_; // [A] realised over sigma_0^2
};

} // namespace plunge
