// The margin test of lending protocols: the health factor.
// Registered as 60: HealthFactorMargin
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/margin/context.hpp"
#include "models/margin/family.hpp"

namespace plunge {

/// A loan is an account whose positions are its balances: supplied assets are long, borrowed assets short, and what it
/// owes in quote is negative cash. It can be liquidated when its health factor is below one,
///
///   HF = sum_{q_a > 0} LT_a q_a p_a / (sum_{q_a < 0} |q_a| p_a - cash) < 1,
///
/// which is E < M with M = sum_{q_a > 0} (1 - LT_a) q_a p_a: the part of the collateral that does not count.
/// Source: Aave v3 docs, "Health factor & liquidations": sum of collateral times liquidation threshold over debt.
class HealthFactorMargin {
  public:
    static constexpr std::string_view name = "health_factor";
    static constexpr std::string_view equation =
        "HF = sum_{q > 0} LT_a q_a p_a / debt < 1, as E < M with M = sum_{q > 0} "
        "(1 - LT_a) q_a p_a";
    static constexpr std::string_view source = "Aave v3 documentation, \"Health Factor & Liquidations\"";

    struct Params {
        using family = MarginFamily;
        PerAsset threshold;
    };
    static constexpr auto fields() {
        return std::tuple{required_field("threshold", &Params::threshold, Unit::fraction, {0.0, 1.0, true, false},
                                         "liquidation threshold: share of a supplied asset's value that backs debt")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static MarginNeeds needs(const Params& /*params*/) { return {}; }

    HealthFactorMargin(const Params& params, const MarginContext& context) {
        for (std::size_t a = 0; a < context.assets; ++a) rate_.push_back(1.0 - params.threshold[a]);
    }

    /// What of one asset's balance does not back debt. \param notional  q p, signed [quote]
    double maintenance(std::size_t asset, double notional) const {
        return notional > 0.0 ? rate_[asset] * notional : 0.0;
    }

    /// dM/d|n| at `notional`.
    double marginal_rate(std::size_t asset, double notional) const { return notional > 0.0 ? rate_[asset] : 0.0; }

  private:
    std::vector<double> rate_; // 1 - LT
};

} // namespace plunge
