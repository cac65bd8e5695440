// The waterfall: a round's shortfall passes the scenario's layers in order. Section 6 of the model.
#include <algorithm>
#include <cmath>
#include <variant>

#include "models/waterfall/allocation.hpp"
#include "sim/engine/row_flags.hpp"
#include "sim/engine/venue_state.hpp"

namespace plunge {

double VenueState::pots_before_adl() const {
    double sum = 0.0;
    for (std::size_t layer = 0; layer < *model_.adl_layer; ++layer) sum += balances_[layer];
    return sum;
}

// Amounts below this are what rounding makes of zero in a round of this size.
double VenueState::rounding_room() const { return 1e-12 * round_gross_; }

void VenueState::absorb_losses() {
    double loss = round_shortfall_;
    metrics_.shortfall += loss;
    step_shortfall_ += loss;
    ledger_.gross_flows += loss;
    const double dust = 2.0 * rounding_room(); // book_share() leaves up to one such amount beyond what pots can pay
    for (std::size_t i = 0; i < model_.layers.size() && loss > dust; ++i) {
        const auto& layer = model_.layers[i];
        if (const auto* socialized = std::get_if<SocializedLoss::Params>(&layer)) {
            socialize(socialized->base, loss);
            continue;
        }
        double paid = std::min(loss, balances_[i]);
        balances_[i] -= paid;
        loss -= paid;
        if (std::holds_alternative<InsuranceFund::Params>(layer)) metrics_.fund_used += paid;
        if (std::holds_alternative<VenueCapital::Params>(layer)) metrics_.venue_capital_used += paid;
        if (paid > 0.0 && balances_[i] <= dust) { // an exhausted pot is empty, not nearly empty
            ledger_.rounding += balances_[i];
            balances_[i] = 0.0;
        }
    }
    if (loss > dust) {
        metrics_.uncovered += loss;
        metrics_.insolvent = 1;
        ledger_.uncovered += loss;
    } else {
        ledger_.rounding -= loss;
    }
    metrics_.fund_min_balance = std::min(metrics_.fund_min_balance, fund_balance());
    credit_fund(round_income_);
    if (std::isnan(metrics_.first_adl_step) && step_adl_notional_ > 0.0) {
        metrics_.first_adl_step = static_cast<double>(step_);
    }
    round_shortfall_ = round_income_ = 0.0;
}

void VenueState::credit_fund(double amount) {
    ledger_.gross_flows += amount;
    (model_.fund_layer ? balances_[*model_.fund_layer] : ledger_.paid_out) += amount;
}

// Takes the loss from solvent rows, pro rata to their unrealised gains or to their wealth.
void VenueState::socialize(SocializedBase base, double& loss) {
    std::vector<std::uint32_t> payers;
    std::vector<double> weight;
    std::vector<double> cap;
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        const double row_wealth = wealth(row, prices_.mark);
        if (!(row_wealth > 0.0)) continue;
        double claim = row_wealth;
        if (base == SocializedBase::gains) {
            claim = 0.0;
            for (std::size_t a = 0; a < assets_; ++a) {
                const std::size_t i = row * assets_ + a;
                claim += rows_.position[i] * (prices_.mark[a] - start_->entry[i]);
            }
            if (!(claim > 0.0)) continue;
        }
        payers.push_back(row);
        weight.push_back(claim);
        cap.push_back(std::min(claim, row_wealth));
    }
    const std::vector<double> payment = allocate_pro_rata(loss, weight, cap);
    double paid = 0.0;
    for (std::size_t i = 0; i < payers.size(); ++i) {
        if (!(payment[i] > 0.0)) continue;
        const std::uint32_t row = payers[i];
        touch(row);
        rows_.cash[row] -= payment[i];
        row_flags_[row] |= row_deleveraged;
        paid += payment[i];
        note_debt(row);
        row_changed(row);
    }
    metrics_.socialized_loss += paid;
    loss = std::max(0.0, loss - paid);
}

} // namespace plunge
