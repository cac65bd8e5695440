// Loss layers that are pots of money: the insurance fund and the venue's own capital.
#pragma once

#include <string_view>
#include <tuple>
#include <vector>

#include "models/common/values.hpp"
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
        double balance = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            required_field("balance", &Params::balance, Unit::quote, not_negative, "capital at the start")};
    }

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

} // namespace plunge
