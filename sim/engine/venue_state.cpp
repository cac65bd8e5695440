// A venue's life in one world: start, prices and marks, breaker, cascades, end.
#include "sim/engine/venue_state.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "models/random/elementary.hpp"
#include "sim/engine/row_flags.hpp"

namespace plunge {
namespace {

// A transient displacement below this is nothing: it moves no price in the last bit that matters.
constexpr double negligible_displacement = 1e-14;

double initial_balance(const WaterfallModels::Params& layer) {
    if (const auto* fund = std::get_if<InsuranceFund::Params>(&layer)) return fund->balance;
    if (const auto* capital = std::get_if<VenueCapital::Params>(&layer)) return capital->balance;
    return 0.0;
}

} // namespace

VenueState::VenueState(const Market& market, std::uint32_t venue)
    : market_{market}, model_{market.venues()[venue]}, venue_{venue}, assets_{market.assets()} {
    book_.undisplaced_price.resize(assets_);
    price_.resize(assets_);
    mark_.resize(assets_);
    previous_price_.resize(assets_);
    transient_at_round_start_.resize(assets_);
    quantity_.resize(assets_);
    adl_share_.resize(2 * assets_);
    depth_cache_.resize(assets_);
    if (model_.breaker) breaker_price_.resize((market.steps() + 1) * assets_);
}

void VenueState::begin_world(const Population& population, std::uint64_t world, bool impact) {
    world_ = world;
    impact_ = impact;
    if (population_ == &population) {
        restore_rows();
        margin_search_.begin_world();
        warning_search_.begin_world();
    } else {
        population_ = &population;
        start_ = &population.venues[venue_];
        rows_.assets = assets_;
        rows_.cash = start_->cash;
        rows_.position = start_->position;
        rows_.collateral = start_->collateral;
        rows_.weight = start_->weight;
        start_long_base_.assign(assets_, 0.0);
        start_short_base_.assign(assets_, 0.0);
        for (std::size_t i = 0; i < rows_.position.size(); ++i) {
            const double q = rows_.position[i];
            (q > 0.0 ? start_long_base_ : start_short_base_)[i % assets_] += std::fabs(q);
        }
        const std::size_t n = start_->size();
        touched_.clear();
        is_touched_.assign(n, 0);
        row_flags_.assign(n, 0);
        in_orders_.assign(n, 0);
        owner_flags_.assign(start_->owners, 0);
        bool tops_up = false;
        for (const TopUpModel& top_up : market_.top_ups()) tops_up = tops_up || top_up.active;
        paid_in_.assign(tops_up ? n : 0, 0.0);
        margin_search_.bind(model_.rule, 1.0, population.margin_radii[venue_], market_.initial_price(),
                            market_.typical_move(), market_.steps());
        if (model_.warning > 0.0) {
            warning_search_.bind(model_.rule, model_.warning, population.warning_radii[venue_], market_.initial_price(),
                                 market_.typical_move(), market_.steps());
        }
    }
    long_base_ = start_long_base_;
    short_base_ = start_short_base_;
    book_.undisplaced_price = price_ = mark_ = previous_price_ = market_.initial_price();
    book_.transient.assign(assets_, 0.0);
    book_.depth_multiplier.assign(assets_, 1.0);
    permanent_.assign(assets_, 0.0);
    permanent_factor_.assign(assets_, 1.0);
    transient_at_round_start_.assign(assets_, 0.0);
    displaced_ = false;
    thinning_.assign(assets_, {});
    depth_known_ = false;
    in_call_.clear();
    top_ups_due_.clear();
    sales_in_progress_.clear();
    short_since_.clear();
    balances_.clear();
    for (const auto& layer : model_.layers) balances_.push_back(initial_balance(layer));
    ledger_.reset(assets_);
    halted_ = false;
    halted_until_ = 0;
    window_start_ = 0;
    if (model_.breaker) std::copy(price_.begin(), price_.end(), breaker_price_.begin());
    metrics_ = {};
    metrics_.fund_min_balance = fund_balance();
    cohort_metrics_.assign(market_.scenario().cohorts.size(), {});
    cascades_.clear();
    in_cascade_ = false;
    step_notional_ = step_shortfall_ = step_adl_notional_ = 0.0;
    step_rounds_ = step_margin_calls_ = 0;
    step_liquidations_ = 0;
}

// ---- prices --------------------------------------------------------------------------------------------------------

void VenueState::decay() {
    if (!displaced_) return;
    for (std::size_t a = 0; a < assets_; ++a) {
        double& y = book_.transient[a];
        const double to_permanent = model_.impact.permanent * (y - transient_at_round_start_[a]);
        if (to_permanent != 0.0) {
            permanent_[a] += to_permanent;
            permanent_factor_[a] = det_exp(permanent_[a]);
        }
        y = (y - to_permanent) * model_.transient_keep;
        if (std::fabs(y) < negligible_displacement) y = 0.0;
        transient_at_round_start_[a] = y;
    }
}

void VenueState::pull_transient(const std::vector<double>& target, double keep) {
    for (std::size_t a = 0; a < assets_; ++a) {
        double& y = book_.transient[a];
        y = target[a] + (y - target[a]) * keep;
        if (std::fabs(y) < negligible_displacement) y = 0.0;
        displaced_ = displaced_ || y != 0.0;
        transient_at_round_start_[a] = y;
    }
}

void VenueState::set_prices(const double* index_price) {
    for (std::size_t a = 0; a < assets_; ++a) {
        if (!displaced_) {
            book_.undisplaced_price[a] = price_[a] = index_price[a];
            continue;
        }
        book_.undisplaced_price[a] = index_price[a] * permanent_factor_[a];
        const double y = book_.transient[a];
        price_[a] = y == 0.0 ? book_.undisplaced_price[a] : book_.undisplaced_price[a] * det_exp(y);
    }
}

void VenueState::observe_return() {
    if (!model_.impact.thinning) return;
    for (std::size_t a = 0; a < assets_; ++a) {
        if (model_.base_variance[a] > 0.0) {
            const double r = det_log(price_[a] / previous_price_[a]);
            thinning_[a].observe(r, r * r / model_.base_variance[a], model_.thinning_keep);
        }
        previous_price_[a] = price_[a];
    }
    depth_known_ = false;
}

double VenueState::depth_multiplier(std::size_t asset) const {
    if (!model_.impact.thinning) return 1.0;
    if (!depth_known_) {
        for (std::size_t a = 0; a < assets_; ++a)
            depth_cache_[a] = thinning_[a].depth_multiplier(*model_.impact.thinning);
        depth_known_ = true;
    }
    return depth_cache_[asset];
}

void VenueState::set_own_mark(bool start_of_step) {
    if (std::holds_alternative<MarkLast>(model_.mark)) {
        mark_ = price_;
    } else if (std::holds_alternative<MarkEma>(model_.mark) && start_of_step) {
        for (std::size_t a = 0; a < assets_; ++a) mark_[a] += (1.0 - model_.ema_keep) * (price_[a] - mark_[a]);
    }
}

Outlook VenueState::outlook() const {
    Outlook result{std::vector<double>(assets_, 1.0), 1.0};
    if (!displaced_) return result;
    result.keep = model_.transient_keep;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double dy = book_.transient[a] - transient_at_round_start_[a];
        result.settled[a] = det_exp(permanent_[a] + model_.impact.permanent * dy);
    }
    return result;
}

// ---- steps ---------------------------------------------------------------------------------------------------------

void VenueState::begin_step(std::size_t t) {
    step_notional_ = step_shortfall_ = step_adl_notional_ = 0.0;
    step_rounds_ = step_margin_calls_ = 0;
    step_liquidations_ = 0;
    step_ = t;
    halted_ = t < halted_until_;
    throughput_left_ = model_.liquidation.throughput;
    if (!model_.breaker) return;
    if (t == halted_until_ && t > 0) { // reopening: the window starts from here, in the place of the step before
        window_start_ = t - 1;
        std::copy(price_.begin(), price_.end(),
                  breaker_price_.begin() + static_cast<std::ptrdiff_t>(window_start_ * assets_));
    }
}

void VenueState::end_step(std::size_t t) {
    const auto step = static_cast<std::uint32_t>(t);
    if (halted_) {
        ++metrics_.halted_steps;
    } else if (model_.breaker) {
        double* now = breaker_price_.data() + t * assets_;
        const std::size_t ago = t > window_start_ + model_.breaker_window_steps ? t - model_.breaker_window_steps
                                                                                : window_start_;
        bool trips = false;
        for (std::size_t a = 0; a < assets_; ++a) {
            trips = trips || std::fabs(price_[a] / breaker_price_[ago * assets_ + a] - 1.0) > model_.breaker->move;
        }
        if (trips) {
            ++metrics_.halts;
            halted_until_ = t + 1 + model_.breaker_halt_steps;
        }
        std::copy(price_.begin(), price_.end(), now);
    }
    metrics_.max_rounds = std::max(metrics_.max_rounds, step_rounds_);
    if (step_liquidations_ == 0) return;
    metrics_.peak_step_notional = std::max(metrics_.peak_step_notional, step_notional_);
    if (std::isnan(metrics_.first_liquidation_step)) metrics_.first_liquidation_step = static_cast<double>(t);
    if (in_cascade_ && step - cascade_.last_step - 1 > market_.cascade_gap_steps()) end_world();
    if (!in_cascade_) {
        in_cascade_ = true;
        cascade_ = Cascade{};
        cascade_.venue = venue_;
        cascade_.first_step = step;
        cascade_start_price_ = price_before_rounds_;
    }
    cascade_.last_step = step;
    cascade_.rounds += static_cast<std::uint32_t>(step_rounds_);
    cascade_.accounts += step_liquidations_;
    cascade_.notional += step_notional_;
    cascade_.shortfall += step_shortfall_;
    cascade_.price_move.resize(assets_);
    for (std::size_t a = 0; a < assets_; ++a) cascade_.price_move[a] = price_[a];
}

// Closes the running cascade, if there is one.
void VenueState::end_world() {
    if (!in_cascade_) return;
    in_cascade_ = false;
    for (std::size_t a = 0; a < assets_; ++a) {
        cascade_.price_move[a] = det_log(cascade_.price_move[a] / cascade_start_price_[a]);
    }
    ++metrics_.cascades;
    metrics_.largest_cascade_notional = std::max(metrics_.largest_cascade_notional, cascade_.notional);
    cascades_.push_back(cascade_);
}

// ---- reading -------------------------------------------------------------------------------------------------------

double VenueState::open_interest() const {
    double sum = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) sum += std::max(long_base_[a], short_base_[a]) * mark_[a];
    return sum;
}

double VenueState::fund_balance() const {
    double sum = 0.0;
    for (std::size_t layer = 0; layer < balances_.size(); ++layer) {
        if (std::holds_alternative<InsuranceFund::Params>(model_.layers[layer])) sum += balances_[layer];
    }
    return sum;
}

double VenueState::ledger_error() const {
    double accounts = 0.0;
    double moved = 0.0;
    std::vector<double> base(assets_, 0.0);
    std::vector<double> moved_base(assets_, 0.0);
    for (const std::uint32_t row : touched_) {
        accounts += rows_.cash[row] - start_->cash[row];
        moved += std::fabs(start_->cash[row]);
        for (std::size_t a = 0; a < assets_; ++a) {
            const std::size_t i = row * assets_ + a;
            base[a] += rows_.position[i] - start_->position[i];
            moved_base[a] += std::fabs(start_->position[i]);
            if (!rows_.has_collateral()) continue;
            base[a] += rows_.collateral[i] - start_->collateral[i];
            moved_base[a] += std::fabs(start_->collateral[i]);
        }
    }
    double pots = 0.0;
    for (std::size_t layer = 0; layer < balances_.size(); ++layer) {
        pots += balances_[layer] - initial_balance(model_.layers[layer]);
        moved += std::fabs(initial_balance(model_.layers[layer]));
    }
    double error = ledger_.money_error(accounts, pots, moved);
    for (std::size_t a = 0; a < assets_; ++a) error = std::max(error, ledger_.base_error(a, base[a], moved_base[a]));
    return error;
}

void VenueState::add_cohort_metrics(std::vector<CohortMetrics>& cohorts) const {
    for (std::size_t c = 0; c < cohorts.size(); ++c) {
        cohorts[c].liquidated_accounts += cohort_metrics_[c].liquidated_accounts;
        cohorts[c].liquidated_notional += cohort_metrics_[c].liquidated_notional;
        cohorts[c].adl_notional += cohort_metrics_[c].adl_notional;
        cohorts[c].adl_pnl_given_up += cohort_metrics_[c].adl_pnl_given_up;
    }
}

void VenueState::add_cohort_losses(std::vector<CohortMetrics>& cohorts) const {
    for (const std::uint32_t row : touched_) {
        if ((row_flags_[row] & (row_liquidated | row_deleveraged)) == 0) continue;
        const double paid_in = paid_in_.empty() ? 0.0 : paid_in_[row];
        cohorts[start_->cohort[row]].loss += start_->initial_wealth[row] + paid_in - wealth(row, price_);
    }
}

} // namespace plunge
