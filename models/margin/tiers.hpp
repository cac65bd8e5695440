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
#include "models/margin/minimum.hpp"

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
/// from_j (rate_j - rate_{j-1}), derived and never typed in, so that M is continuous and convex in n. A position has at
/// least `minimum`.
/// Source: Binance, "Leverage and margin of USD-M futures" ("maintenance amount"); Hyperliquid docs, "Margin tiers".
class TieredMargin {
  public:
    static constexpr std::string_view name = "tiers";
    static constexpr std::string_view equation =
        "M = sum_a max(minimum, rate_j |q_a| p_a - deduction_j), q_a != 0, j the bracket of |q_a| p_a";
    static constexpr std::string_view source =
        "Binance, \"Leverage and Margin of USD-M Futures\"; Hyperliquid docs, \"Margin tiers\"";

    struct Params {
        using family = MarginFamily;
        TierTable tiers;
        double minimum = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            required_field("tiers", &Params::tiers, Unit::fraction, below_one,
                           "per asset: `[[0, 0.004], [50e6, 0.005]]`, notional from which on, marginal rate"),
            optional_field("minimum", &Params::minimum, Unit::quote, not_negative,
                           "least maintenance margin of a position, however small")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static MarginNeeds needs(const Params& /*params*/) { return {}; }

    TieredMargin(const Params& params, const MarginContext& /*context*/) : TieredMargin(params.tiers, params.minimum) {}

    explicit TieredMargin(const TierTable& tiers, double minimum = 0.0)
        : brackets_{tiers.per_asset}, minimum_{minimum} {
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
        return at_least(minimum_, by_bracket(asset, size), notional);
    }

    /// dM/d|n| at `notional`, from below: the rate that shrinking the position saves.
    double marginal_rate(std::size_t asset, double notional) const {
        const double size = std::fabs(notional);
        if (minimum_ > 0.0 && by_bracket(asset, size) <= minimum_) return 0.0;
        const auto& brackets = brackets_[asset];
        std::size_t j = brackets.size() - 1;
        while (j > 0 && brackets[j].from_notional >= size) --j;
        return brackets[j].rate;
    }

    double minimum() const { return minimum_; }
    const std::vector<Bracket>& brackets(std::size_t asset) const { return brackets_[asset]; }

  private:
    double by_bracket(std::size_t asset, double size) const {
        const Bracket& bracket = bracket_of(asset, size);
        return bracket.rate * size - bracket.deduction;
    }

    const Bracket& bracket_of(std::size_t asset, double size) const {
        const auto& brackets = brackets_[asset];
        std::size_t j = brackets.size() - 1;
        while (j > 0 && brackets[j].from_notional > size) --j;
        return brackets[j];
    }

    std::vector<std::vector<Bracket>> brackets_;
    double minimum_;
};

} // namespace plunge
