// Sliced liquidation: a fixed share at a time, with a pause in between.
// Registered as 30: SliceLiquidation
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "models/common/tolerances.hpp"
#include "models/liquidation/common.hpp"
#include "models/liquidation/family.hpp"

namespace plunge {

/// Closes the share `share` of every position, then leaves the account alone for `cooldown`; after `slices` of them, or
/// where one would leave less than `min_notional`, below `whole_below` or where E < backstop M (cooldown or not),
/// everything. Source: Hyperliquid docs, "Liquidations": of positions above 100,000 USDC a fifth is closed first; after
/// a cooldown of 30 s the rest; below 2/3 of the maintenance margin a backstop takes the account over.
class SliceLiquidation {
  public:
    static constexpr std::string_view name = "slice";
    static constexpr std::string_view equation =
        "f = share, once per cooldown; f = 1 after `slices` of them or where E < backstop M";
    static constexpr std::string_view source = "Hyperliquid docs, \"Liquidations\"";

    struct Params {
        using family = LiquidationFamily;
        double share = 0.2;
        double cooldown_seconds = 30.0;
        std::uint64_t slices = 0;
        double backstop = 0.0;
        double whole_below = 0.0;
        double min_notional = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            optional_field("share", &Params::share, Unit::fraction, {0.0, 1.0, true, false},
                           "of every position, closed at a time"),
            optional_field("cooldown", &Params::cooldown_seconds, Unit::duration, not_negative,
                           "time from one slice of an account to the next; 0s: a slice every round"),
            optional_field("slices", &Params::slices, Unit::count, {0, 1e6},
                           "an account that is short again after so many slices is closed whole; 0: no limit"),
            optional_field("backstop", &Params::backstop, Unit::fraction, unit_interval,
                           "everything is closed once equity is below this share of the maintenance margin"),
            optional_field("whole_below", &Params::whole_below, Unit::quote, not_negative,
                           "accounts whose gross notional is below this are closed whole"),
            optional_field("min_notional", &Params::min_notional, Unit::quote, not_negative,
                           "least gross notional that may stay open: a slice that would leave less closes everything")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static LiquidationNeeds needs(const Params& /*params*/) { return {.past_closes = true}; }

    explicit SliceLiquidation(const Params& params) : params_{params} {}

    /// Share of every position to close now; zero while the account cools down.
    template <class Rule> double fraction(const LiquidationView<Rule>& account) const {
        // Of equity that a fee has used up, rounding decides whether a last bit is left: there is none.
        const double equity = account.equity - tolerance::wealth * account.gross;
        if (account.gross < params_.whole_below || equity < params_.backstop * account.maintenance) return 1.0;
        if (account.seconds_since_close < params_.cooldown_seconds) return 0.0;
        const bool is_last = params_.slices > 0 && account.closes >= params_.slices;
        const bool leaves_little = (1.0 - params_.share) * account.gross < params_.min_notional;
        return is_last || leaves_little ? 1.0 : params_.share;
    }

  private:
    Params params_;
};

} // namespace plunge
