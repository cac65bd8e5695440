// Loss layers that are pots of money: the insurance fund and the venue's own capital.
#pragma once

#include <string_view>
#include <tuple>

#include "models/common/values.hpp"

namespace plunge {

/// Pays shortfalls up to its balance; fed by liquidation fees and surplus.
/// Source: BitMEX, Binance and Hyperliquid all describe such a fund; here it is a balance in quote currency.
class InsuranceFund {
  public:
    static constexpr std::string_view name = "insurance_fund";
    static constexpr std::string_view equation = "pays min(shortfall, balance)";
    static constexpr std::string_view source = "Binance, \"Insurance Fund\"; BitMEX, \"Insurance Fund\"";
    struct Params {
        double balance = 0.0;
    };
    static constexpr auto fields() {
        return std::tuple{
            required_field("balance", &Params::balance, Unit::quote, not_negative, "balance at the start")};
    }
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
};

} // namespace plunge
