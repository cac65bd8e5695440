// What a round's shortfall does to the venue: its layers pay, its solvent accounts are charged. Section 6 of the model.
#include <algorithm>
#include <cmath>

#include "sim/engine/row_flags.hpp"
#include "sim/engine/venue_state.hpp"

namespace plunge {

// Amounts below this are what rounding makes of zero in a round of this size.
double VenueState::rounding_room() const { return 1e-12 * round_gross_; }

void VenueState::absorb_losses() {
    Loss& loss = round_loss_;
    metrics_.shortfall += loss.amount;
    step_shortfall_ += loss.amount;
    ledger_.gross_flows += loss.amount;
    loss.dust = 2.0 * rounding_room(); // book_share() leaves up to one such amount beyond what pots can pay
    LossBearers bearers{solvent_accounts(), institutions_};
    const double assessed_before = metrics_.assessments;
    waterfall_.absorb(loss, bearers, metrics_);
    ledger_.deposits += metrics_.assessments - assessed_before;
    ledger_.rounding += loss.rounding;
    if (loss.is_paid()) {
        ledger_.rounding -= loss.amount;
    } else {
        metrics_.uncovered += loss.amount;
        metrics_.insolvent = 1;
        ledger_.uncovered += loss.amount;
    }
    metrics_.fund_min_balance = std::min(metrics_.fund_min_balance, fund_balance());
    ledger_.gross_flows += round_income_.amount;
    if (!waterfall_.credit(round_income_)) ledger_.paid_out += round_income_.amount;
    if (std::isnan(metrics_.first_adl_step) && step_adl_notional_ > 0.0) {
        metrics_.first_adl_step = static_cast<double>(step_);
    }
}

// Which assets a row's shortfall comes from: those of its positions that have lost since entry, by what they lost at
// the round's marks; by notional where none has; by what was sold where it had no position; alike where that is
// nothing.
void VenueState::split_by_asset(std::uint32_t row, const double* closed, const double* sold, double amount,
                                std::vector<double>& by_asset) const {
    std::vector<double> weight(assets_);
    const auto fill = [&](const auto& weigh) {
        double sum = 0.0;
        for (std::size_t a = 0; a < assets_; ++a) sum += weight[a] = weigh(a);
        return sum;
    };
    const double* entry = start_->entry.data() + row * assets_;
    double sum = fill([&](std::size_t a) { return std::max(0.0, closed[a] * (entry[a] - prices_.mark[a])); });
    if (!(sum > 0.0)) sum = fill([&](std::size_t a) { return std::fabs(closed[a]) * prices_.mark[a]; });
    if (!(sum > 0.0)) sum = fill([&](std::size_t a) { return sold[a] * prices_.mark[a]; });
    if (!(sum > 0.0)) sum = fill([&](std::size_t) { return 1.0; });
    for (std::size_t a = 0; a < assets_; ++a) by_asset[a] += amount * (weight[a] / sum);
}

void VenueState::note_shortfall(std::uint32_t row, double amount) {
    round_loss_.amount += amount;
    if (waterfall_.asks_for_assets()) {
        split_by_asset(row, closed_.data(), sold_.data(), amount, round_loss_.by_asset);
    }
    if (waterfall_.asks_for_cohorts()) round_loss_.by_cohort[start_->cohort[row]] += amount;
}

void VenueState::note_income(double amount, const std::vector<double>& notional) {
    round_income_.amount += amount;
    if (!waterfall_.asks_for_assets() || !(amount > 0.0)) return;
    double sum = 0.0;
    for (const double part : notional) sum += part;
    for (std::size_t a = 0; a < assets_; ++a) round_income_.by_asset[a] += amount * (notional[a] / sum);
}

void VenueState::freeze_collateral_held_at(std::size_t venue) {
    if (!rows_.has_collateral()) return;
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        if (market_.scenario().cohorts[start_->cohort[row]].held_at != venue) continue;
        double value = 0.0;
        for (std::size_t a = 0; a < assets_; ++a) value += rows_.collateral[row * assets_ + a] * prices_.mark[a];
        if (!(value > 0.0)) continue;
        touch(row);
        for (std::size_t a = 0; a < assets_; ++a) {
            ledger_.frozen_base[a] += rows_.collateral[row * assets_ + a];
            set_collateral(row, a, 0.0);
        }
        metrics_.frozen_value += value;
        row_flags_[row] |= row_frozen;
        std::uint8_t& owner = owner_flags_[start_->owner[row]];
        if ((owner & row_frozen) == 0) ++metrics_.frozen_accounts;
        owner |= row_frozen;
        note_debt(row); // what it owes without a position is a shortfall in the venue's next round
        row_changed(row);
    }
}

double VenueState::lost_with_venue(std::size_t cohort) const {
    double all = 0.0;
    double own = 0.0;
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        const double claim = std::max(0.0, wealth(row, prices_.price));
        all += claim;
        if (start_->cohort[row] == cohort) own += claim;
    }
    return own > 0.0 ? std::min(1.0, metrics_.uncovered / all) * own : 0.0;
}

SolventAccounts VenueState::solvent_accounts() {
    return {[this]() -> const std::vector<AccountClaim>& { return claims(); },
            [this](const std::vector<double>& payment) { charge(payment); }};
}

// Rows of positive wealth at the marks of now that are not closed in this round.
const std::vector<AccountClaim>& VenueState::claims() {
    claims_.clear();
    claimants_.clear();
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        if (in_orders_[row] != 0) continue;
        AccountClaim claim{0.0, wealth(row, prices_.mark)};
        if (!(claim.wealth > 0.0)) continue;
        for (std::size_t a = 0; a < assets_; ++a) {
            const std::size_t i = row * assets_ + a;
            claim.gain += rows_.position[i] * (prices_.mark[a] - start_->entry[i]);
        }
        claims_.push_back(claim);
        claimants_.push_back(row);
    }
    return claims_;
}

void VenueState::charge(const std::vector<double>& payment) {
    for (std::size_t i = 0; i < payment.size(); ++i) {
        if (!(payment[i] > 0.0)) continue;
        const std::uint32_t row = claimants_[i];
        touch(row);
        rows_.cash[row] -= payment[i];
        row_flags_[row] |= row_deleveraged;
        note_debt(row);
        row_changed(row);
    }
}

} // namespace plunge
