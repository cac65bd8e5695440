// Flat maintenance margin: a rate on gross notional.
// Registered as 10: FlatMargin
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/margin/context.hpp"
#include "models/margin/family.hpp"
#include "models/margin/minimum.hpp"

namespace plunge {

/// M = sum_a max(minimum, rate_a |q_a| p_a) over positions. Source: the textbook rule; BitMEX and dYdX v3 use it per
/// market. Not for large positions on venues that publish brackets: see tiers.
class FlatMargin {
  public:
    static constexpr std::string_view name = "flat";
    static constexpr std::string_view equation = "M = sum_a max(minimum, rate_a |q_a| p_a), q_a != 0";
    static constexpr std::string_view source =
        "standard; for example BitMEX, \"Maintenance margin\", base rate per contract";

    struct Params {
        using family = MarginFamily;
        PerAsset rate;
        double minimum = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{required_field("rate", &Params::rate, Unit::fraction, below_one,
                                         "maintenance margin over gross notional; one number, or one per asset"),
                          optional_field("minimum", &Params::minimum, Unit::quote, not_negative,
                                         "least maintenance margin of a position, however small")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static MarginNeeds needs(const Params& /*params*/) { return {}; }

    FlatMargin(const Params& params, const MarginContext& context)
        : rate_(params.rate.values.begin(), params.rate.values.begin() + static_cast<std::ptrdiff_t>(context.assets)),
          minimum_{params.minimum} {}

    /// Maintenance margin of one asset's position. \param notional  q p, signed [quote]
    double maintenance(std::size_t asset, double notional) const {
        return at_least(minimum_, rate_[asset] * std::fabs(notional), notional);
    }

    /// dM/d|n| at `notional`, from below: the rate that shrinking the position saves.
    double marginal_rate(std::size_t asset, double notional) const {
        if (minimum_ > 0.0 && rate_[asset] * std::fabs(notional) <= minimum_) return 0.0;
        return rate_[asset];
    }
    double minimum() const { return minimum_; }

  private:
    std::vector<double> rate_;
    double minimum_;
};

} // namespace plunge
