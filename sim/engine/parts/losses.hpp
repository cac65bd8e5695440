// What a venue loses and takes in within a turn, and who bears it: the waterfall's layers, solvent accounts, outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/waterfall/drawdown_trigger.hpp"
#include "sim/engine/parts/accounts.hpp"
#include "sim/engine/parts/ledger.hpp"
#include "sim/engine/parts/record.hpp"
#include "sim/engine/parts/waterfall.hpp"

namespace plunge {

/// What was closed of a row, for the question which assets its shortfall comes from.
struct ClosedOfRow {
    const double* positions;  ///< [A] signed base
    const double* collateral; ///< [A] sold [base]
};

class Losses {
  public:
    /// \param cohorts  of the scenario, all venues together
    /// \param adl_window  steps over which a drawdown of the funds is looked for, where that triggers deleveraging
    Losses(const std::vector<WaterfallChoice>& layers, std::size_t assets, std::size_t cohorts,
           std::size_t adl_window = 1);

    void bind(const std::vector<LayerStart>& starts) { waterfall_.bind(starts); }

    /// \param institutions  of the world; must outlive it
    void begin_world(std::vector<InstitutionState>& institutions) {
        waterfall_.begin_world();
        if (drawdown_) drawdown_->begin_world(waterfall_.fund_balance());
        institutions_ = &institutions;
    }

    const Waterfall& waterfall() const { return waterfall_; }

    // ---- a turn: a round, or what the venue does by itself ---------------------------------------------------------

    void begin_turn(std::size_t step);

    /// What the turn closes or sells, at the mark: what its rounding is measured by.
    void add_notional(double notional) { notional_ += notional; }
    double notional() const { return notional_; }

    /// Amounts below this are what rounding makes of zero in a turn of this size.
    double rounding_room() const;

    /// A row ends with a debt and nothing else.
    void note_shortfall(const Accounts& accounts, std::uint32_t row, const std::vector<double>& mark,
                        const ClosedOfRow& closed, double amount);

    /// A fee or a surplus. \param notional  [A] what it is split by
    void note_income(double amount, const std::vector<double>& notional);

    /// Profit, or loss, on what the venue has carried.
    void note_carried(std::size_t asset, double profit);

    /// The parts of a row's shortfall by asset, added to `by_asset`: by what its positions in each have lost since
    /// entry, what turns before have closed of them at the prices that it got, what this one closes at its marks; by
    /// notional closed where none has lost; by what was sold where it had no position; alike where that is nothing.
    /// To be asked before what this turn closes is noted as realised.
    void split_by_asset(const Accounts& accounts, std::uint32_t row, const std::vector<double>& mark,
                        const ClosedOfRow& closed, double amount, std::vector<double>& by_asset);

    /// What the layers before auto-deleveraging could pay of `loss`, and no more than a drawdown of the insurance
    /// funds that triggers it leaves.
    /// \param left_out  per row: not zero where an account may not be charged
    double payable_before_adl(const Loss& loss, Accounts& accounts, const std::vector<double>& mark,
                              const std::vector<std::uint8_t>& left_out);
    /// Asks anew who is solvent when payable_before_adl() is asked next.
    void forget_claims() { claims_known_ = false; }

    /// What the layers before the first that takes from accounts could not pay of losses that are still open.
    double unpaid_by_pots(Loss loss) const;

    /// The turn's shortfalls pass the layers in order, then its income is credited.
    void absorb(Accounts& accounts, const std::vector<double>& mark, Ledger& ledger, Record& record, std::size_t step);

  private:
    const std::vector<AccountClaim>& claims(const Accounts& accounts, const std::vector<double>& mark,
                                            const std::vector<std::uint8_t>* left_out);
    void charge(Accounts& accounts, const std::vector<double>& payment);

    // Where layers ask for solvent accounts, small enough to be handed over without memory.
    struct Asked {
        Losses& losses;
        Accounts& accounts;
        const std::vector<double>& mark;
        const std::vector<std::uint8_t>* left_out;
    };

    Waterfall waterfall_;
    std::optional<DrawdownTrigger> drawdown_; // where that triggers auto-deleveraging
    std::size_t assets_;
    std::size_t cohorts_;
    std::vector<InstitutionState>* institutions_ = nullptr;
    double notional_ = 0.0;
    Loss loss_;
    Income income_; // credited after losses
    std::vector<AccountClaim> claims_;
    std::vector<std::uint32_t> claimants_; // rows of claims_
    bool claims_known_ = false;
    Loss trial_; // what is left of a loss that is only asked about
    double charged_ = 0.0;
    std::vector<double> weight_; // [A], scratch
};

} // namespace plunge
