// Margin calls go out, top-ups come in.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/engine/acts/act.hpp"

namespace plunge {

class MarginCalls {
  public:
    static constexpr Phase phase = Phase::calls;
    static constexpr std::string_view name = "Calls and top-ups";

    explicit MarginCalls(const VenueParts& venue) : mark_(venue.assets) {}

    void begin_world(VenueParts& /*venue*/) {
        in_call_.clear();
        due_.clear();
    }
    std::size_t first_step(const Window& window, VenueParts& venue);
    bool act(const Now& now, VenueParts& venue);

  private:
    bool stays_in_call(const VenueParts& venue, std::uint32_t row, const double* mark) const;
    void end_calls(VenueParts& venue);
    void call(const Now& now, VenueParts& venue, std::uint32_t row);
    void take_arrivals(const Now& now, VenueParts& venue);
    void top_up(VenueParts& venue, std::uint32_t row) const;

    std::vector<std::uint32_t> in_call_;
    std::vector<std::pair<std::size_t, std::uint32_t>> due_; // top-ups: (step, row), ascending
    std::vector<std::uint32_t> below_;                       // scratch
    std::vector<double> mark_;                               // [A]
};

} // namespace plunge
