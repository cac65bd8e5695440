// Margin and haircuts that grow with the size of a position beside the depth of its book.
// Registered as 50: LiquidityAdjustedMargin
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/margin/context.hpp"
#include "models/margin/family.hpp"

namespace plunge {

/// M = sum_a rate_a n_a (1 + scale n_a / depth_a), n_a = |q_a| p_a, and collateral worth v_a is haircut by
/// h_a (1 + scale v_a / depth_a) instead of h_a; the marginal rate and the marginal haircut stop at one, so that more
/// never counts less. Closing n against a book of depth D within 1 % moves it by 0.01 n / D: the add-on is of the form
/// of that cost, quadratic in size. The part of the haircut beyond h_a is charged as margin.
/// Source: CPSS-IOSCO (2012), Principles for financial market infrastructures, principles 5 (concentrated collateral)
/// and 6 (margin commensurate with the risk of each position); the linear form is the one of a linear book.
class LiquidityAdjustedMargin {
  public:
    static constexpr std::string_view name = "liquidity_adjusted";
    static constexpr std::string_view equation = "M = sum_a rate_a n_a (1 + scale n_a / depth_a), n_a = |q_a| p_a; "
                                                 "haircuts h_a (1 + scale k_a p_a / depth_a)";
    static constexpr std::string_view source =
        "CPSS-IOSCO (2012), Principles for financial market infrastructures, principles 5 and 6";

    struct Params {
        using family = MarginFamily;
        PerAsset rate;
        double scale = 1.0;
        PerAsset depth;
    };
    static constexpr auto fields() {
        return std::tuple{
            required_field("rate", &Params::rate, Unit::fraction, below_one,
                           "maintenance margin over notional of a position too small for the book to notice"),
            optional_field("scale", &Params::scale, Unit::none, not_negative,
                           "rates and haircuts grow by this share when notional equals the depth"),
            optional_field("depth", &Params::depth, Unit::quote, positive,
                           "depth that sizes are compared with, per asset; the book's within 1 % where left out")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static MarginNeeds needs(const Params& /*params*/) { return {}; }

    LiquidityAdjustedMargin(const Params& params, const MarginContext& context) {
        for (std::size_t a = 0; a < context.assets; ++a) {
            const double per_notional = params.scale / (params.depth.empty() ? context.depth[a] : params.depth[a]);
            const double haircut = context.haircut[a];
            position_.emplace_back(params.rate[a], params.rate[a] * per_notional, 1.0);
            collateral_.emplace_back(0.0, haircut * per_notional, 1.0 - haircut);
        }
    }

    /// Maintenance margin of one asset's position. \param notional  q p, signed [quote]
    double maintenance(std::size_t asset, double notional) const { return position_[asset].total(std::fabs(notional)); }

    /// dM/d|n| at `notional`.
    double marginal_rate(std::size_t asset, double notional) const {
        return position_[asset].marginal(std::fabs(notional));
    }

    /// What collateral counts less for its size. \param value  k p [quote]
    double collateral_charge(std::size_t asset, double value) const { return collateral_[asset].total(value); }

  private:
    // rate n + growth n^2 until the marginal charge reaches `cap`, and at that slope from there on.
    class GrowingCharge {
      public:
        GrowingCharge(double rate, double growth, double cap)
            : rate_{rate}, growth_{growth}, cap_{cap}, kink_{growth > 0.0 ? (cap - rate) / (2.0 * growth)
                                                                          : std::numeric_limits<double>::infinity()} {}

        double total(double size) const {
            const double curved = std::min(size, kink_);
            return curved * (rate_ + growth_ * curved) + cap_ * (size - curved);
        }
        double marginal(double size) const { return size <= kink_ ? rate_ + 2.0 * growth_ * size : cap_; }

      private:
        double rate_;
        double growth_; // [per quote]
        double cap_;
        double kink_; // [quote]
    };

    std::vector<GrowingCharge> position_;
    std::vector<GrowingCharge> collateral_;
};

} // namespace plunge
