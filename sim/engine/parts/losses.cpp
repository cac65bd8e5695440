#include "sim/engine/parts/losses.hpp"

#include <algorithm>
#include <cmath>

#include "models/common/tolerances.hpp"

namespace plunge {

Losses::Losses(const std::vector<WaterfallChoice>& layers, std::size_t assets, std::size_t cohorts,
               std::size_t adl_window)
    : waterfall_{layers}, assets_{assets}, cohorts_{cohorts}, weight_(assets) {
    for (const WaterfallChoice& layer : layers) {
        const auto* adl = layer.get_if<AutoDeleveraging::Params>();
        if (adl == nullptr || adl->trigger != AdlTrigger::drawdown) continue;
        drawdown_.emplace(adl->start, adl->stop, adl_window);
    }
}

double Losses::rounding_room() const { return tolerance::allowance * notional_; }

void Losses::begin_turn(std::size_t step) {
    if (drawdown_) drawdown_->observe(step, waterfall_.fund_balance());
    notional_ = 0.0;
    const auto clear = [](auto& sum) {
        sum.amount = 0.0;
        sum.by_asset.clear();
    };
    clear(loss_);
    clear(income_);
    loss_.rounding = 0.0;
    loss_.by_cohort.clear();
    if (waterfall_.asks_for_assets()) {
        loss_.by_asset.assign(assets_, 0.0);
        income_.by_asset.assign(assets_, 0.0);
    }
    // The last part is no cohort's: losses on what the venue carries.
    if (waterfall_.asks_for_cohorts()) loss_.by_cohort.assign(cohorts_ + 1, 0.0);
}

// ---- what is noted -------------------------------------------------------------------------------------------------

void Losses::note_shortfall(const Accounts& accounts, std::uint32_t row, const std::vector<double>& mark,
                            const ClosedOfRow& closed, double amount) {
    loss_.amount += amount;
    if (waterfall_.asks_for_assets()) split_by_asset(accounts, row, mark, closed, amount, loss_.by_asset);
    if (waterfall_.asks_for_cohorts()) loss_.by_cohort[accounts.cohort(row)] += amount;
}

void Losses::note_income(double amount, const std::vector<double>& notional) {
    income_.amount += amount;
    if (!waterfall_.asks_for_assets() || !(amount > 0.0)) return;
    double sum = 0.0;
    for (const double part : notional) sum += part;
    for (std::size_t a = 0; a < assets_; ++a) income_.by_asset[a] += amount * (notional[a] / sum);
}

// The venue's profit is income of its fund, its loss a loss for its layers.
void Losses::note_carried(std::size_t asset, double profit) {
    const bool splits = waterfall_.asks_for_assets();
    if (profit > 0.0) {
        income_.amount += profit;
        if (splits) income_.by_asset[asset] += profit;
    } else {
        loss_.amount -= profit;
        if (splits) loss_.by_asset[asset] -= profit;
        if (waterfall_.asks_for_cohorts()) loss_.by_cohort.back() -= profit;
    }
}

void Losses::split_by_asset(const Accounts& accounts, std::uint32_t row, const std::vector<double>& mark,
                            const ClosedOfRow& closed, double amount, std::vector<double>& by_asset) {
    const auto fill = [&](const auto& weigh) {
        double sum = 0.0;
        for (std::size_t a = 0; a < assets_; ++a) sum += weight_[a] = weigh(a);
        return sum;
    };
    double sum = fill([&](std::size_t a) {
        const double now = LinearContract::profit(closed.positions[a], accounts.entry(row, a), mark[a]);
        return std::max(0.0, -(accounts.realised(row, a) + now));
    });
    if (!(sum > 0.0)) {
        sum = fill([&](std::size_t a) { return LinearContract::notional(closed.positions[a], mark[a]); });
    }
    if (!(sum > 0.0)) sum = fill([&](std::size_t a) { return Coins::value(closed.collateral[a], mark[a]); });
    if (!(sum > 0.0)) sum = fill([&](std::size_t) { return 1.0; });
    for (std::size_t a = 0; a < assets_; ++a) by_asset[a] += amount * (weight_[a] / sum);
}

// ---- who bears it --------------------------------------------------------------------------------------------------

// Rows of positive wealth at `mark` that are not left out.
const std::vector<AccountClaim>& Losses::claims(const Accounts& accounts, const std::vector<double>& mark,
                                                const std::vector<std::uint8_t>* left_out) {
    claims_.clear();
    claimants_.clear();
    for (std::uint32_t row = 0; row < accounts.size(); ++row) {
        if (left_out != nullptr && (*left_out)[row] != 0) continue;
        const Accounts::Worth worth = accounts.worth(row, mark);
        if (!(worth.wealth > 0.0)) continue;
        claims_.push_back({accounts.gain(row, mark), worth.wealth, worth.gross});
        claimants_.push_back(row);
    }
    return claims_;
}

// Takes one amount from each claimant.
void Losses::charge(Accounts& accounts, const std::vector<double>& payment) {
    for (std::size_t i = 0; i < payment.size(); ++i) {
        if (!(payment[i] > 0.0)) continue;
        accounts.raise(claimants_[i], row_deleveraged);
        accounts.edit(claimants_[i], [&](Accounts::Edit& edit) { edit.pay(payment[i]); });
        charged_ += payment[i];
    }
}

double Losses::payable_before_adl(const Loss& loss, Accounts& accounts, const std::vector<double>& mark,
                                  const std::vector<std::uint8_t>& left_out) {
    const Asked asked{*this, accounts, mark, &left_out};
    LossBearers bearers;
    bearers.institutions = institutions_;
    bearers.accounts.claims = [&asked]() -> const std::vector<AccountClaim>& {
        Losses& losses = asked.losses;
        if (!losses.claims_known_) losses.claims(asked.accounts, asked.mark, asked.left_out);
        losses.claims_known_ = true;
        return losses.claims_;
    };
    trial_ = loss;
    const double payable = waterfall_.payable_before_adl(trial_, bearers);
    return drawdown_ ? std::min(payable, drawdown_->room()) : payable;
}

double Losses::unpaid_by_pots(Loss loss) const {
    LossBearers bearers;
    bearers.institutions = institutions_;
    waterfall_.offer_pots(loss, bearers);
    return loss.is_paid() ? 0.0 : loss.amount;
}

void Losses::absorb(Accounts& accounts, const std::vector<double>& mark, Ledger& ledger, Record& record,
                    std::size_t step) {
    VenueMetrics& metrics = record.metrics;
    if (std::isnan(metrics.first_adl_step) && record.step.adl_notional > 0.0) {
        metrics.first_adl_step = static_cast<double>(step);
    }
    if (loss_.amount == 0.0 && income_.amount == 0.0) return;
    metrics.shortfall += loss_.amount;
    record.step.shortfall += loss_.amount;
    loss_.dust = 2.0 * rounding_room(); // the search for the book's share leaves up to one beyond what pots can pay
    charged_ = 0.0;
    const Asked asked{*this, accounts, mark, nullptr};
    LossBearers bearers;
    bearers.institutions = institutions_;
    bearers.accounts = {[&asked]() -> const std::vector<AccountClaim>& {
                            return asked.losses.claims(asked.accounts, asked.mark, asked.left_out);
                        },
                        [&asked](const std::vector<double>& payment) { asked.losses.charge(asked.accounts, payment); }};
    const double from_pots = waterfall_.absorb(loss_, bearers, metrics);
    ledger.pay(Party::layers, Party::clearing, from_pots);
    ledger.pay(Party::outside, Party::clearing, bearers.assessed);
    ledger.pay(Party::accounts, Party::clearing, charged_);
    ledger.pay(Party::clearing, Party::rounding, loss_.rounding);
    if (loss_.is_paid()) {
        ledger.pay(Party::rounding, Party::clearing, loss_.amount);
    } else {
        metrics.uncovered += loss_.amount;
        metrics.insolvent = 1;
        ledger.pay(Party::debt, Party::clearing, loss_.amount);
    }
    const bool had_funds = metrics.fund_min_balance > 0.0;
    metrics.fund_min_balance = std::min(metrics.fund_min_balance, waterfall_.fund_balance());
    if (had_funds && !(metrics.fund_min_balance > 0.0)) metrics.fund_exhausted_step = static_cast<double>(step);
    ledger.pay(Party::clearing, waterfall_.credit(income_) ? Party::layers : Party::outside, income_.amount);
    if (drawdown_) drawdown_->observe(step, waterfall_.fund_balance());
}

} // namespace plunge
