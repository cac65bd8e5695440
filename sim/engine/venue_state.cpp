// A venue's life in one world: start, prices and marks, breaker, cascades, end.
#include "sim/engine/venue_state.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "models/random/elementary.hpp"
#include "sim/engine/row_flags.hpp"

namespace plunge {

namespace {

// A factor that grows by less than this has not been raised: the fund's balance is where it was but for rounding.
constexpr double smallest_raise = 1.0 + 1e-9;

} // namespace

VenueState::VenueState(const Market& market, std::uint32_t venue, Search search)
    : market_{market}, model_{market.venues()[venue]}, venue_{venue}, assets_{market.assets()}, warning_search_{search},
      margin_search_{search}, waterfall_{model_.layers} {
    outlook_.settled.resize(assets_);
    marks_ahead_.resize(assets_);
    mark_now_.resize(assets_);
    quantity_.resize(assets_);
    offset_share_.resize(2 * assets_);
    adl_share_.resize(2 * assets_);
    closed_.resize(assets_);
    sold_.resize(assets_);
    asset_notional_.resize(assets_);
    if (model_.breaker) breaker_price_.resize((market.steps() + 1) * assets_);
}

void VenueState::begin_world(const Population& population, const Lineage& lineage, bool impact,
                             std::vector<InstitutionState>& institutions) {
    lineage_ = &lineage;
    impact_ = impact;
    institutions_ = &institutions;
    if (population_ == &population && population_world_ == population.world) {
        restore_rows();
        margin_search_.begin_world();
        warning_search_.begin_world();
    } else {
        population_ = &population;
        population_world_ = population.world;
        start_ = &population.venues[venue_];
        rows_.assets = assets_;
        rows_.cash = start_->cash;
        rows_.position = start_->position;
        rows_.collateral = start_->collateral;
        rows_.weight = start_->weight;
        start_long_base_.assign(assets_, 0.0);
        start_short_base_.assign(assets_, 0.0);
        for (std::size_t row = 0, i = 0; row < start_->size(); ++row) {
            for (std::size_t a = 0; a < assets_; ++a, ++i) { // nothing is added where the other side is
                start_long_base_[a] += std::max(rows_.position[i], 0.0);
                start_short_base_[a] += std::max(-rows_.position[i], 0.0);
            }
        }
        opening_sides_.clear();
        waterfall_.bind(population.layers[venue_]);
        const std::size_t n = start_->size();
        touched_.clear();
        is_touched_.assign(n, 0);
        row_flags_.assign(n, 0);
        in_orders_.assign(n, 0);
        owner_flags_.assign(start_->owners, 0);
        bool tops_up = false;
        for (const TopUpModel& top_up : market_.top_ups()) tops_up = tops_up || top_up.active;
        paid_in_.assign(tops_up ? n : 0, 0.0);
        closes_.assign(std::holds_alternative<SliceLiquidation>(model_.policy) ? n : 0, {});
        margin_search_.bind(model_.rule, 1.0, population.margin_radii[venue_], market_.initial_price(),
                            market_.typical_move(), market_.steps());
        if (model_.warning > 0.0) {
            warning_search_.bind(model_.rule, model_.warning, population.warning_radii[venue_], market_.initial_price(),
                                 market_.typical_move(), market_.steps());
        }
    }
    long_base_ = start_long_base_;
    short_base_ = start_short_base_;
    prices_.begin_world(market_.initial_price());
    in_call_.clear();
    top_ups_due_.clear();
    sales_in_progress_.clear();
    short_since_.clear();
    cut_due_ = never;
    announce_leverage_cut(model_.cut_at_step, LeverageCutTrigger::time);
    set_margin_factor(1.0);
    review_price_ = market_.initial_price();
    review_variance_.assign(assets_, 1.0);
    waterfall_.begin_world();
    ledger_.reset(assets_);
    if (carries()) inventory_.begin_world(assets_, model_.twap_steps);
    halted_ = false;
    halted_until_ = 0;
    window_start_ = 0;
    if (model_.breaker) std::copy(prices_.price.begin(), prices_.price.end(), breaker_price_.begin());
    metrics_ = {};
    metrics_.fund_min_balance = fund_balance();
    cohort_metrics_.assign(market_.scenario().cohorts.size(), {});
    cascades_.clear();
    in_cascade_ = false;
    step_notional_ = step_shortfall_ = step_adl_notional_ = 0.0;
    step_rounds_ = step_margin_calls_ = 0;
    step_liquidations_ = 0;
}

// ---- steps ---------------------------------------------------------------------------------------------------------

std::size_t VenueState::steps_until_change(std::size_t t) const {
    std::size_t steps = t < halted_until_ ? halted_until_ - t : never;
    if (t < cut_due_) steps = std::min(steps, cut_due_ - t);
    if (model_.dynamic_margin) steps = std::min(steps, model_.review_steps - (t - 1) % model_.review_steps);
    return steps;
}

std::size_t VenueState::first_event(std::size_t t, std::size_t limit, const LookAhead& ahead, const IndexPath& path) {
    halted_ = t < halted_until_;
    if (model_.breaker && t == halted_until_) { // reopening: the window starts here, in the place of the step before
        window_start_ = t - 1;
        for (std::size_t a = 0; a < assets_; ++a) {
            breaker_price_[window_start_ * assets_ + a] = ahead.price(venue_, a)[0];
        }
    }
    if (model_.warning > 0.0) limit = first_call_event(t, limit, ahead, path);
    if (halted_) return limit;
    if (!sales_in_progress_.empty() || !inventory_.empty() || t >= cut_due_) return 0;
    limit = first_trigger(margin_search_, t, limit, ahead, path, 0);
    return model_.breaker ? first_trip(t, limit, ahead) : limit;
}

std::size_t VenueState::first_trigger(TriggerSearch& trigger, std::size_t t, std::size_t limit, const LookAhead& ahead,
                                      const IndexPath& path, std::uint8_t passed_over) {
    const std::vector<double>& low = ahead.mark_low(venue_);
    const std::vector<double>& high = ahead.mark_high(venue_);
    for (std::size_t a = 0; a < assets_; ++a) marks_ahead_[a] = ahead.mark(venue_, a);
    if (!trigger.ready(t, low.data(), high.data())) {
        for (std::size_t a = 0; a < assets_; ++a) mark_now_[a] = marks_ahead_[a][0];
        trigger.rebuild(t, low.data(), high.data(), mark_now_.data(), path, outlook(), rows_, touched_);
    }
    return trigger.first_step({marks_ahead_.data(), low.data(), high.data()}, limit, rows_, row_flags_, passed_over);
}

// Prices of quiet steps go into the breaker's ring as they are looked at; those of steps that turn out otherwise are
// written again.
std::size_t VenueState::first_trip(std::size_t t, std::size_t limit, const LookAhead& ahead) {
    for (std::size_t k = 0; k < limit; ++k) {
        for (std::size_t a = 0; a < assets_; ++a) breaker_price_[(t + k) * assets_ + a] = ahead.price(venue_, a)[k];
        if (breaker_trips(t + k)) return k;
    }
    return limit;
}

// Whether the price of step t lies too far from the one a window ago.
bool VenueState::breaker_trips(std::size_t t) const {
    const std::size_t ago = t > window_start_ + model_.breaker_window_steps ? t - model_.breaker_window_steps
                                                                            : window_start_;
    const double* now = breaker_price_.data() + t * assets_;
    const double* then = breaker_price_.data() + ago * assets_;
    for (std::size_t a = 0; a < assets_; ++a) {
        if (std::fabs(now[a] / then[a] - 1.0) > model_.breaker->move) return true;
    }
    return false;
}

void VenueState::begin_step(std::size_t t) {
    step_notional_ = step_shortfall_ = step_adl_notional_ = 0.0;
    step_rounds_ = step_margin_calls_ = 0;
    step_liquidations_ = 0;
    step_ = t;
    throughput_left_ = model_.liquidation.throughput;
}

void VenueState::act_by_itself(const RoundContext& context) {
    if (!inventory_.empty()) sell_inventory(context);
    if (cut_due_ <= context.step) cut_leverage(context);
}

void VenueState::pass(std::size_t t, std::size_t count) {
    if (count == 0) return;
    begin_step(t + count - 1);
    if (margin_factor_ > 1.0) metrics_.raised_margin_steps += count;
    if (halted_) {
        metrics_.halted_steps += count;
    } else {
        short_since_.clear(); // nobody was short
    }
}

void VenueState::end_step(std::size_t t) {
    const auto step = static_cast<std::uint32_t>(t);
    if (margin_factor_ > 1.0) ++metrics_.raised_margin_steps;
    if (halted_) {
        ++metrics_.halted_steps;
    } else if (model_.breaker) {
        std::copy(prices_.price.begin(), prices_.price.end(),
                  breaker_price_.begin() + static_cast<std::ptrdiff_t>(t * assets_));
        if (breaker_trips(t)) {
            ++metrics_.halts;
            halted_until_ = t + 1 + model_.breaker_halt_steps;
            announce_leverage_cut(t, LeverageCutTrigger::halt);
        }
    }
    metrics_.max_rounds = std::max(metrics_.max_rounds, step_rounds_);
    if (!halted_ && carries()) {
        metrics_.max_inventory_notional = std::max(metrics_.max_inventory_notional, inventory_notional());
    }
    if (step_liquidations_ == 0) return;
    metrics_.peak_step_notional = std::max(metrics_.peak_step_notional, step_notional_);
    if (std::isnan(metrics_.first_liquidation_step)) metrics_.first_liquidation_step = static_cast<double>(t);
    if (in_cascade_ && step - cascade_.last_step - 1 > market_.cascade_gap_steps()) end_cascade();
    if (!in_cascade_) {
        in_cascade_ = true;
        cascade_ = Cascade{};
        cascade_.venue = venue_;
        cascade_.first_step = step;
        cascade_start_price_ = prices_.price_at_start_of_step;
    }
    cascade_.last_step = step;
    cascade_.rounds += static_cast<std::uint32_t>(step_rounds_);
    cascade_.accounts += step_liquidations_;
    cascade_.notional += step_notional_;
    cascade_.shortfall += step_shortfall_;
    cascade_.price_move.resize(assets_);
    for (std::size_t a = 0; a < assets_; ++a) cascade_.price_move[a] = prices_.price[a];
}

void VenueState::end_world() {
    metrics_.inventory_left_notional = inventory_notional();
    for (std::size_t a = 0; a < assets_ && carries(); ++a) {
        metrics_.inventory_left_profit += inventory_.base(a) * prices_.price[a] - inventory_.cost(a);
    }
    end_cascade();
}

// Closes the running cascade, if there is one.
void VenueState::end_cascade() {
    if (!in_cascade_) return;
    in_cascade_ = false;
    for (std::size_t a = 0; a < assets_; ++a) {
        cascade_.price_move[a] = det_log(cascade_.price_move[a] / cascade_start_price_[a]);
    }
    ++metrics_.cascades;
    metrics_.largest_cascade_notional = std::max(metrics_.largest_cascade_notional, cascade_.notional);
    if (market_.scenario().record.cascades) cascades_.push_back(cascade_);
}

void VenueState::review_margin(std::size_t t) {
    if (!model_.dynamic_margin || t % model_.review_steps != 0) return;
    double largest = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double r = det_log(prices_.price[a] / review_price_[a]);
        review_price_[a] = prices_.price[a];
        if (!(model_.review_variance[a] > 0.0)) continue;
        review_variance_[a] += (1.0 - model_.review_keep) * (r * r / model_.review_variance[a] - review_variance_[a]);
        largest = std::max(largest, review_variance_[a]);
    }
    const double fund = initial_fund_balance();
    const double factor = model_.dynamic_margin->factor(largest, fund > 0.0 ? fund_balance() / fund : 1.0);
    if (factor > margin_factor_ * smallest_raise) {
        ++metrics_.margin_raises;
        announce_leverage_cut(t, LeverageCutTrigger::margin_raise);
    }
    set_margin_factor(factor);
    metrics_.max_margin_factor = std::max(metrics_.max_margin_factor, factor);
}

void VenueState::set_margin_factor(double factor) {
    margin_factor_ = factor;
    margin_search_.set_factor(factor);
    if (model_.warning > 0.0) warning_search_.set_factor(factor);
}

// ---- reading -------------------------------------------------------------------------------------------------------

double VenueState::open_interest() const {
    double sum = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) sum += open_base(a) * prices_.mark[a];
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
    moved += waterfall_.initial_balance();
    for (std::size_t a = 0; a < assets_ && carries(); ++a) {
        accounts -= inventory_.cost(a);
        base[a] += inventory_.base(a);
    }
    double error = ledger_.money_error(accounts, waterfall_.change(), moved);
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
        if ((row_flags_[row] & (row_liquidated | row_deleveraged | row_frozen)) == 0) continue;
        const double paid_in = paid_in_.empty() ? 0.0 : paid_in_[row];
        cohorts[start_->cohort[row]].loss += start_->initial_wealth[row] + paid_in - wealth(row, prices_.price);
    }
}

} // namespace plunge
