// Bracketed maintenance margin: piecewise linear in notional, continuous at the brackets.
// Registered as 20: TieredMargin
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/margin/context.hpp"
#include "models/margin/family.hpp"

namespace plunge {

/// Brackets of one asset: from this notional on, this marginal rate.
struct Bracket {
    double from_notional = 0.0;
    double rate = 0.0;
    double deduction = 0.0; ///< derived: keeps M continuous
};

struct TierTable {
    std::vector<std::vector<Bracket>> per_asset; ///< brackets ascending, the first from zero
};

/// M = sum_a (rate_j n_a - deduction_j), j the bracket of n_a = |q_a| p_a; deduction_j = deduction_{j-1} +
/// from_j (rate_j - rate_{j-1}), derived and never typed in, so that M is continuous and convex in n.
/// Source: Binance, "Leverage and margin of USD-M futures" ("maintenance amount"); Hyperliquid docs, "Margin tiers".
class TieredMargin {
  public:
    static constexpr std::string_view name = "tiers";
    static constexpr std::string_view equation =
        "M = sum_a (rate_j |q_a| p_a - deduction_j), j the bracket of |q_a| p_a";
    static constexpr std::string_view source =
        "Binance, \"Leverage and Margin of USD-M Futures\"; Hyperliquid docs, \"Margin tiers\"";

    struct Params {
        using family = MarginFamily;
        TierTable tiers;
    };
    static constexpr auto fields() {
        return std::tuple{
            required_field("tiers", &Params::tiers, Unit::fraction, below_one,
                           "per asset: `[[0, 0.004], [50e6, 0.005]]`, notional from which on, marginal rate")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static MarginNeeds needs(const Params& /*params*/) { return {}; }

    TieredMargin(const Params& params, const MarginContext& /*context*/) : TieredMargin(params.tiers) {}

    explicit TieredMargin(const TierTable& tiers) : brackets_{tiers.per_asset} {
        for (auto& brackets : brackets_) {
            for (std::size_t j = 1; j < brackets.size(); ++j) {
                brackets[j].deduction = brackets[j - 1].deduction +
                                        brackets[j].from_notional * (brackets[j].rate - brackets[j - 1].rate);
            }
        }
    }

    /// Maintenance margin of one asset's position. \param notional  q p, signed [quote]
    double maintenance(std::size_t asset, double notional) const {
        const double size = std::fabs(notional);
        const Bracket& bracket = bracket_of(asset, size);
        return bracket.rate * size - bracket.deduction;
    }

    /// dM/d|n| at `notional`, from below: the rate that shrinking the position saves.
    double marginal_rate(std::size_t asset, double notional) const {
        const double size = std::fabs(notional);
        const auto& brackets = brackets_[asset];
        std::size_t j = brackets.size() - 1;
        while (j > 0 && brackets[j].from_notional >= size) --j;
        return brackets[j].rate;
    }

    const std::vector<Bracket>& brackets(std::size_t asset) const { return brackets_[asset]; }

  private:
    const Bracket& bracket_of(std::size_t asset, double size) const {
        const auto& brackets = brackets_[asset];
        std::size_t j = brackets.size() - 1;
        while (j > 0 && brackets[j].from_notional > size) --j;
        return brackets[j];
    }

    std::vector<std::vector<Bracket>> brackets_;
};

} // namespace plunge
