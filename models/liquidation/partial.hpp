// Partial liquidation: the smallest close that restores a buffer above maintenance margin.
// Registered as 20: PartialLiquidation
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>

#include "models/common/tolerances.hpp"
#include "models/liquidation/common.hpp"
#include "models/liquidation/family.hpp"

namespace plunge {

/// The smallest fraction f of every position with E - f (fee + expected_slippage) G >= buffer M((1 - f) q); everything
/// where none does, below `whole_below`, where less than `min_notional` would be left, or where E < backstop M.
///
/// M is convex along f, so h(f) = E - f c G - buffer M((1 - f) q) is concave; Newton's iteration from f = 0 then climbs
/// to the smallest root without passing it, and ends in finitely many steps where M is piecewise linear.
/// Source: Binance, "Liquidation protocols" (smart liquidation); partial closes as most large venues do them.
class PartialLiquidation {
  public:
    static constexpr std::string_view name = "partial";
    static constexpr std::string_view equation = "min f: E - f (fee + expected_slippage) G >= buffer M((1 - f) q)";
    static constexpr std::string_view source = "Binance, \"Liquidation Protocols\"";

    struct Params {
        using family = LiquidationFamily;
        double buffer = 1.0;
        double backstop = 0.0;
        double whole_below = 0.0;
        double min_notional = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            optional_field("buffer", &Params::buffer, Unit::none, at_least_one,
                           "multiple of the maintenance margin to be restored"),
            optional_field("backstop", &Params::backstop, Unit::fraction, unit_interval,
                           "everything is closed once equity is below this share of the maintenance margin"),
            optional_field("whole_below", &Params::whole_below, Unit::quote, not_negative,
                           "accounts whose gross notional is below this are closed whole"),
            optional_field("min_notional", &Params::min_notional, Unit::quote, not_negative,
                           "least gross notional that may stay open: a close that would leave less closes everything")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static LiquidationNeeds needs(const Params& /*params*/) { return {}; }

    explicit PartialLiquidation(const Params& params) : params_{params} {}

    /// Share of every position to close now.
    template <class Rule> double fraction(const LiquidationView<Rule>& account) const {
        if (account.gross < params_.whole_below || account.equity < params_.backstop * account.maintenance) return 1.0;
        const double f = restoring_fraction(account);
        return f >= tolerance::order && (1.0 - f) * account.gross < params_.min_notional ? 1.0 : f;
    }

  private:
    template <class Rule> double restoring_fraction(const LiquidationView<Rule>& account) const {
        const double cost = (account.fee + account.expected_slippage) * account.gross;
        // A cushion far below a cent keeps rounding from finding the restored account short again in the next round.
        const double equity = account.equity - tolerance::restored_margin * account.gross;
        const double buffer = params_.buffer * account.margin_factor;
        constexpr int max_iterations = 200;
        double f = 0.0;
        for (int iteration = 0; iteration < max_iterations; ++iteration) {
            const ShrunkMargin margin = shrunk_margin(account.rule, account.account, account.mark, account.assets, f);
            const double h = equity - f * cost - buffer * margin.maintenance;
            if (h >= 0.0) return f;
            const double slope = buffer * margin.relief - cost;
            if (!(slope > 0.0)) return 1.0;
            const double next = f - h / slope;
            if (!(next < 1.0)) return 1.0;
            if (!(next > f)) return f; // the step is below the resolution of f
            f = next;
        }
        return f;
    }

    Params params_;
};

} // namespace plunge
