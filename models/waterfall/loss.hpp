// A shortfall on its way through the layers of a waterfall, and whom a layer may turn to.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace plunge {

/// A round's shortfall: what is left of it, and where it comes from.
struct Loss {
    double amount = 0.0;          ///< not paid yet [quote]
    double dust = 0.0;            ///< amounts up to this are what rounding makes of zero
    double rounding = 0.0;        ///< dust found in pots that were emptied
    std::vector<double> by_asset; ///< [A] parts of `amount`; empty where no layer asks for them
    std::vector<double>
        by_cohort; ///< [C + 1] parts by cohorts' accounts, last the venue's own; empty where not asked for

    bool is_paid() const { return !(amount > dust); }

    /// Takes `paid` off, alike from all parts.
    void pay(double paid) {
        scale(by_asset, paid);
        scale(by_cohort, paid);
        amount = std::max(0.0, amount - paid);
    }
    /// Takes `paid` off where it was paid for chosen assets or cohorts, whose parts are smaller by that already.
    void pay_for_assets(double paid) { pay_for(by_asset, by_cohort, paid); }
    void pay_for_cohorts(double paid) { pay_for(by_cohort, by_asset, paid); }

  private:
    // Where no part is left nothing is left, whatever rounding says of the sum of what was paid.
    void pay_for(const std::vector<double>& parts, std::vector<double>& others, double paid) {
        const bool all = std::all_of(parts.begin(), parts.end(), [](double part) { return part == 0.0; });
        scale(others, all ? amount : paid);
        amount = all ? 0.0 : std::max(0.0, amount - paid);
    }

    void scale(std::vector<double>& parts, double paid) const {
        for (double& part : parts) part *= paid < amount ? (amount - paid) / amount : 0.0;
    }
};

/// Fees and surplus of a round.
struct Income {
    double amount = 0.0;
    std::vector<double> by_asset; ///< [A] parts of `amount`; empty where no layer asks for them
};

/// Money set aside for losses.
struct Pot {
    double balance = 0.0;

    /// All that it could pay; takes that off the loss.
    double offer(Loss& loss) const {
        loss.pay(std::min(loss.amount, balance));
        return balance;
    }

    /// Pays min(due, balance). A pot that has paid and is left with dust is empty, not nearly empty.
    double pay(double due, Loss& loss) {
        const double paid = std::min(due, balance);
        balance -= paid;
        if (paid > 0.0 && balance <= loss.dust) {
            loss.rounding += balance;
            balance = 0.0;
        }
        return paid;
    }
};

/// A solvent account, as a layer sees it that charges others.
struct AccountClaim {
    double gain = 0.0;   ///< unrealised profit, all positions summed; may be negative [quote]
    double wealth = 0.0; ///< positive [quote]
    double size = 0.0;   ///< notional of all positions at the mark [quote]
};

/// The venue's solvent accounts.
struct SolventAccounts {
    std::function<const std::vector<AccountClaim>&()> claims;
    std::function<void(const std::vector<double>&)> charge; ///< takes one amount from each of `claims`
};

/// An institution in a world: a firm that stands behind accounts, contributes to default funds, and owes others money.
struct InstitutionState {
    double free_capital = 0.0;       ///< not contributed to any fund, and not called yet [quote]
    double contributions_lost = 0.0; ///< [quote]
    double assessments_paid = 0.0;   ///< [quote]
    bool failed = false;             ///< was called for more than it had
};

/// Whom a layer may turn to.
struct LossBearers {
    SolventAccounts accounts;
    std::vector<InstitutionState>* institutions = nullptr; ///< of the world, all venues together
    double assessed = 0.0; ///< what layers have called from institutions: money from outside [quote]
};

inline constexpr std::size_t no_cohort = static_cast<std::size_t>(-1);

/// What a layer starts a world from, beside its parameters.
struct LayerStart {
    std::size_t assets = 0;
    std::vector<double> contributions; ///< [institutions], of a layer that has members
    std::vector<std::size_t> cohort;   ///< [institutions] whose accounts each stands for, or no_cohort
};

/// What the layers of one venue paid in one world, and who else got hurt.
struct LossMetrics {
    double fund_used = 0.0;
    double venue_capital_used = 0.0;
    double default_fund_used = 0.0;
    double defaulters_paid = 0.0;
    double assessments = 0.0;
    std::uint64_t member_defaults = 0;
    double socialized_loss = 0.0;
};

/// A layer of a waterfall: how it starts, and its verbs. Layers that act elsewhere, as auto-deleveraging does, pay
/// nothing here.
template <class Layer>
concept LossLayer = std::constructible_from<Layer, const typename Layer::Params&, const LayerStart&> &&
    requires(Layer layer, Loss& loss, LossBearers& bearers, LossMetrics& metrics) {
    // What it could pay at the least if all came to it; takes its part off `loss`.
    { layer.payable(loss, bearers) } -> std::same_as<double>;
    layer.pay(loss, bearers, metrics);
    // What it holds; zero for a layer that is no pot.
    { layer.balance() } -> std::same_as<double>;
};

/// A layer that fees and surplus go to: an insurance fund.
template <class Layer>
concept TakesIncome = requires(Layer layer, const Income& income) {
    layer.credit(income);
};

} // namespace plunge
