// Double entry: every movement of money and contracts that is not between two accounts, and the check that all adds up.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace plunge {

/// Money outside accounts. Positive is held by that party.
struct Ledger {
    double liquidity_providers = 0.0;     ///< cash from trades on the book
    double paid_out = 0.0;                ///< fees and surplus where the venue has no insurance fund
    double deposits = 0.0;                ///< brought in from outside by top-ups and assessments
    double uncovered = 0.0;               ///< shortfall that nobody absorbed: the venue's debt
    double rounding = 0.0;                ///< amounts below the resolution of a shortfall
    double gross_flows = 0.0;             ///< sum of the sizes of all movements
    std::vector<double> provider_base;    ///< [A] contracts and coins held by liquidity providers
    std::vector<double> frozen_base;      ///< [A] collateral that an insolvent venue does not give back
    std::vector<double> gross_base_flows; ///< [A]

    void reset(std::size_t assets) {
        *this = Ledger{};
        provider_base.assign(assets, 0.0);
        frozen_base.assign(assets, 0.0);
        gross_base_flows.assign(assets, 0.0);
    }

    /// Money that appeared from nowhere, over gross flows and the size of the balances moved.
    /// \param accounts  change of all accounts' cash; \param pots  change of all layers' balances
    double money_error(double accounts, double pots, double moved_balances) const {
        const double appeared = accounts + pots + liquidity_providers + paid_out + rounding - deposits - uncovered;
        return std::fabs(appeared) / std::max(gross_flows + moved_balances, 1e-300);
    }

    /// Contracts that appeared from nowhere, over gross flows of that asset.
    double base_error(std::size_t asset, double accounts, double moved_balances) const {
        const double appeared = accounts + provider_base[asset] + frozen_base[asset];
        return std::fabs(appeared) / std::max(gross_base_flows[asset] + moved_balances, 1e-300);
    }
};

} // namespace plunge
