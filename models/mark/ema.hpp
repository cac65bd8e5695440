// The mark that is an average over time.
// Registered as 30: EmaMark
#pragma once

#include <string_view>
#include <tuple>

#include "models/common/values.hpp"
#include "models/mark/family.hpp"
#include "models/random/elementary.hpp"

namespace plunge {

/// m_a += (1 - 2^(-dt / half_life)) (p_va - m_a), once a step: the exponential moving average of the venue's price. An
/// average over time does not react in no time. Source: Hyperliquid docs, "Robust price indices", where such an average
/// of the book's price over the oracle's is one part of the mark.
class EmaMark {
  public:
    static constexpr std::string_view name = "ema";
    static constexpr std::string_view equation = "m_a += (1 - 2^(-dt / ema)) (p_va - m_a), once a step";
    static constexpr std::string_view source = "Hyperliquid docs, \"Robust price indices\"";

    struct Params {
        using family = MarkFamily;
        double half_life_seconds = 30.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            required_field("ema", &Params::half_life_seconds, Unit::duration, positive, "half-life of the average")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static MarkNeeds needs(const Params& /*params*/) { return {}; }
    static constexpr bool is_price = false;

    EmaMark(const Params& params, double step_seconds)
        : share_{1.0 - decay_factor(step_seconds, params.half_life_seconds)} {}

    double next(double before, double price) const { return before + share_ * (price - before); }

  private:
    double share_; // of the way to the price, in a step
};

} // namespace plunge
