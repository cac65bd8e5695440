// Loss layers that are pots of money: the insurance fund and the venue's own capital.
// Registered as 10: InsuranceFund
// Registered as 20: VenueCapital
#pragma once

#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
#include "models/waterfall/family.hpp"
#include "models/waterfall/loss.hpp"

namespace plunge {

/// Pays shortfalls up to its balance; fed by liquidation fees and surplus. A segregated fund is a pot per asset: each
/// pays its own asset's part of a shortfall and no other, and is fed by what its asset's positions pay.
/// Source: BitMEX, Binance and Hyperliquid all describe such a fund; here it is a balance in quote currency. BitMEX
/// keeps funds apart by settlement currency; apart by asset is the variant that isolates a risky listing.
class InsuranceFund {
  public:
    static constexpr std::string_view name = "insurance_fund";
    static constexpr std::string_view equation =
        "pays min(shortfall, balance); segregated: min(shortfall_a, balance_a)";
    static constexpr std::string_view source = "Binance, \"Insurance Fund\"; BitMEX, \"Insurance Fund\"";
    struct Params {
        using family = WaterfallFamily;
        static constexpr bool missing_asset_is_zero = true; ///< where a table by symbol leaves one out
        double balance = 0.0;
        bool segregated = false;
        PerAsset shares{}; ///< empty: equal
    };
    static constexpr auto fields() {
        return std::tuple{
            required_field("balance", &Params::balance, Unit::quote, not_negative, "balance at the start"),
            optional_field("segregated", &Params::segregated, Unit::none, any_number,
                           "true: a pot per asset, which pays for that asset alone"),
            optional_field("shares", &Params::shares, Unit::fraction, unit_interval,
                           "segregated: how the balance is split over assets at the start; equally where left out")};
    }
    static Findings check(const Params& params, const CheckContext& context);
    static LayerNeeds needs(const Params& /*params*/) { return {}; }
    static double initial_balance(const Params& params) { return params.balance; }

    InsuranceFund(const Params& params, const LayerStart& start);

    double balance() const {
        double sum = 0.0;
        for (const Pot& pot : pots_) sum += pot.balance;
        return sum;
    }
    double payable(Loss& loss, LossBearers& bearers) const;
    void pay(Loss& loss, LossBearers& bearers, LossMetrics& metrics);
    void credit(const Income& income);

    /// Whether it must be told which assets losses and income come from.
    bool asks_for_assets() const { return segregated_; }

  private:
    bool segregated_;
    std::vector<Pot> pots_; // one, or one per asset
};

/// Skin in the game: the venue's own capital, never refilled.
/// Source: CPSS-IOSCO (2012), Principles for financial market infrastructures, principle 4.
class VenueCapital {
  public:
    static constexpr std::string_view name = "venue_capital";
    static constexpr std::string_view equation = "pays min(shortfall, balance)";
    static constexpr std::string_view source = "CPSS-IOSCO (2012), Principles for financial market infrastructures";
    struct Params {
        using family = WaterfallFamily;
        double balance = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            required_field("balance", &Params::balance, Unit::quote, not_negative, "capital at the start")};
    }
    static Findings check(const Params& /*params*/, const CheckContext& /*context*/) { return {}; }
    static LayerNeeds needs(const Params& /*params*/) { return {}; }
    static double initial_balance(const Params& params) { return params.balance; }

    VenueCapital(const Params& params, const LayerStart& /*start*/) : pot_{params.balance} {}

    double balance() const { return pot_.balance; }
    double payable(Loss& loss, LossBearers& /*bearers*/) const { return pot_.offer(loss); }
    void pay(Loss& loss, LossBearers& /*bearers*/, LossMetrics& metrics) {
        const double paid = pot_.pay(loss.amount, loss);
        loss.pay(paid);
        metrics.venue_capital_used += paid;
    }

  private:
    Pot pot_;
};

/// What the insurance funds of a waterfall hold at the start [quote].
inline double initial_fund_balance(const std::vector<WaterfallChoice>& layers) {
    double sum = 0.0;
    for (const WaterfallChoice& layer : layers) {
        if (const auto* fund = layer.get_if<InsuranceFund::Params>()) sum += fund->balance;
    }
    return sum;
}

} // namespace plunge
