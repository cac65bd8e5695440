// Double entry: every movement of money and contracts goes from one party to another in one verb, and the check that
// what parties really hold is what the entries say.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "models/contract/linear.hpp"

namespace plunge {

/// Whose money and contracts.
enum class Party : std::size_t {
    accounts, ///< cash, positions and collateral of all rows
    book,     ///< liquidity providers
    clearing, ///< between two parties within a turn; nothing stays there
    layers,   ///< the pots of the waterfall
    carried,  ///< what the venue has taken over, at its cost
    outside,  ///< top-ups, assessments, keepers, fees that are paid out
    debt,     ///< shortfall that nobody absorbed
    frozen,   ///< collateral that an insolvent venue does not give back
    rounding  ///< amounts below the resolution of a shortfall
};
inline constexpr std::size_t party_count = 9;

class Ledger {
  public:
    void begin_world(std::size_t assets) {
        money_ = {};
        gross_money_ = 0.0;
        base_.assign(assets, {});
        gross_base_.assign(assets, 0.0);
    }

    /// Both legs of a payment [quote]. \param amount  negative pays the other way
    void pay(Party from, Party to, double amount) {
        of(from) -= amount;
        of(to) += amount;
        gross_money_ += std::fabs(amount);
    }

    /// Both legs of a delivery of contracts or coins [base, signed].
    void deliver(std::size_t asset, Party from, Party to, double quantity) {
        base_[asset][index(from)] -= quantity;
        base_[asset][index(to)] += quantity;
        gross_base_[asset] += std::fabs(quantity);
    }

    /// Payments and deliveries among accounts, which change nothing for accounts together.
    void among_accounts(std::size_t asset, double quantity, double price) {
        gross_money_ += std::fabs(LinearContract::value(quantity, price)); // a bankruptcy price may be negative
        gross_base_[asset] += std::fabs(quantity);
    }

    double money(Party party) const { return money_[index(party)]; }
    double base(std::size_t asset, Party party) const { return base_[asset][index(party)]; }

    /// How far what a party holds more than at the start lies from what the entries say, over gross flows and the size
    /// of the balances moved.
    double money_error(Party party, double held, double balances_moved) const {
        return std::fabs(held - money(party)) / std::max(gross_money_ + balances_moved, 1e-300);
    }
    double base_error(std::size_t asset, Party party, double held, double balances_moved) const {
        return std::fabs(held - base(asset, party)) / std::max(gross_base_[asset] + balances_moved, 1e-300);
    }

  private:
    static constexpr std::size_t index(Party party) { return static_cast<std::size_t>(party); }
    double& of(Party party) { return money_[index(party)]; }

    using Balances = std::array<double, party_count>;
    Balances money_{};
    double gross_money_ = 0.0;
    std::vector<Balances> base_; // [A]
    std::vector<double> gross_base_;
};

} // namespace plunge
