// Who is liquidated in a round, how much of it, and in which order.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include "models/liquidation/registry.hpp"
#include "models/margin/any_rule.hpp"
#include "sim/engine/row_flags.hpp"
#include "sim/engine/venue_state.hpp"

namespace plunge {
namespace {

// A debt below this share of the collateral behind it is left standing: selling it off would take rounds for nothing.
constexpr double standing_debt = 1e-9;

// A partial close of less is none: the margin that was missing was rounding.
constexpr double smallest_order = 1e-9;

// From this share on all collateral is sold: whether a row without wealth has the last bits of it left is rounding.
constexpr double nearly_all = 1.0 - 1e-12;

} // namespace

bool VenueState::is_short(std::uint32_t row) const {
    return is_short_of(model_.rule, rows_.view(row), margin_factor_, prices_.mark.data(), assets_);
}

bool VenueState::has_debt_to_sell_for(std::uint32_t row) const {
    if (!(rows_.cash[row] < 0.0) || !rows_.has_collateral() || rows_.has_position(row)) return false;
    double value = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) value += rows_.collateral[row * assets_ + a] * prices_.mark[a];
    return -rows_.cash[row] >= standing_debt * value;
}

// A row without positions that owes money sells its collateral from the next round on.
void VenueState::note_debt(std::uint32_t row) {
    if (!(rows_.cash[row] < 0.0) || rows_.has_position(row)) return;
    if ((row_flags_[row] & row_in_sale) != 0) return;
    row_flags_[row] |= row_in_sale;
    sales_in_progress_.push_back(row);
}

void VenueState::find_short_rows(const RoundContext& context) {
    search(margin_search_, context.step, *context.path, short_rows_);
    if (!sales_in_progress_.empty()) {
        std::erase_if(sales_in_progress_, [&](std::uint32_t row) {
            const bool over = !has_debt_to_sell_for(row);
            if (over) row_flags_[row] &= static_cast<std::uint8_t>(~row_in_sale);
            return over;
        });
        short_rows_.insert(short_rows_.end(), sales_in_progress_.begin(), sales_in_progress_.end());
        std::sort(short_rows_.begin(), short_rows_.end());
    }
    if (model_.liquidation.priority != Priority::age) return;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> since;
    std::size_t known = 0;
    const std::uint64_t now = static_cast<std::uint64_t>(context.step) << 32U | context.round;
    for (const std::uint32_t row : short_rows_) {
        while (known < short_since_.size() && short_since_[known].first < row) ++known;
        const bool was_short = known < short_since_.size() && short_since_[known].first == row;
        since.emplace_back(row, was_short ? short_since_[known].second : now);
    }
    short_since_ = std::move(since);
}

void VenueState::measure(Order& order) const {
    order.had_position = rows_.has_position(order.row);
    order.wealth = wealth(order.row, prices_.mark);
    const MarginState state = margin_state(model_.rule, rows_.view(order.row), margin_factor_, prices_.mark.data(),
                                           assets_);
    order.equity = state.equity;
    order.maintenance = state.maintenance;
    order.gross = order.gross_left = state.gross;
}

Order VenueState::decide(std::uint32_t row) const {
    Order order;
    order.row = row;
    measure(order);
    if (!order.had_position) return order;
    std::visit(
        [&]<class Rule>(const Rule& rule, const auto& policy) {
            LiquidationView<Rule> view{.rule = rule,
                                       .account = rows_.view(row),
                                       .mark = prices_.mark.data(),
                                       .assets = assets_,
                                       .equity = order.equity,
                                       .maintenance = order.maintenance,
                                       .gross = order.gross,
                                       .margin_factor = margin_factor_,
                                       .fee = model_.liquidation.fee,
                                       .expected_slippage = model_.liquidation.expected_slippage};
            if (!closes_.empty() && closes_[row].count > 0) {
                view.closes = closes_[row].count;
                view.seconds_since_close = static_cast<double>(step_ - closes_[row].last_step) * market_.step_seconds();
            }
            if constexpr (requires { policy.close(view); }) {
                const LoanClose close = policy.close(view);
                order.fraction = close.supplied_share;
                order.debt_fraction = close.debt_share;
                order.by_keepers = !close.written_off;
                if (order.by_keepers) order.repaid = close.debt_share * std::max(0.0, -rows_.cash[row]);
            } else {
                const double fraction = policy.fraction(view);
                order.fraction = order.debt_fraction = fraction < smallest_order ? 0.0 : fraction;
            }
        },
        *model_.rule, *model_.policy);
    return order;
}

void VenueState::set_collateral_sale(Order& order) const {
    order.collateral_share = 0.0;
    if (!rows_.has_collateral() || !order.closes_whole()) return;
    double cash_after = rows_.cash[order.row];
    double value = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        cash_after += rows_.position[order.row * assets_ + a] * prices_.mark[a];
        value += rows_.collateral[order.row * assets_ + a] * prices_.mark[a];
    }
    if (!(value > 0.0)) return;
    if (order.had_position && !order.is_cut && model_.liquidation.surplus == Surplus::fund) {
        order.collateral_share = 1.0;
    } else if (cash_after < 0.0 && -cash_after >= standing_debt * value) {
        const double share = -cash_after / value;
        order.collateral_share = share < nearly_all ? share : 1.0;
    }
}

void VenueState::sort_by_priority(std::vector<Order>& orders) {
    const auto since = [&](std::uint32_t row) {
        const auto found = std::lower_bound(short_since_.begin(), short_since_.end(), std::pair{row, std::uint64_t{0}});
        return found->second;
    };
    const auto ratio = [](const Order& order) {
        return order.maintenance > 0.0 ? order.equity / order.maintenance : -std::numeric_limits<double>::infinity();
    };
    std::sort(orders.begin(), orders.end(), [&](const Order& x, const Order& y) {
        switch (model_.liquidation.priority) {
        case Priority::margin_ratio:
            if (ratio(x) != ratio(y)) return ratio(x) < ratio(y);
            break;
        case Priority::size:
            if (x.gross != y.gross) return x.gross > y.gross;
            break;
        case Priority::age:
            if (since(x.row) != since(y.row)) return since(x.row) < since(y.row);
            break;
        }
        return x.row < y.row;
    });
}

// Cuts the order to what is left of the step's allowance; false where nothing is left for it.
bool VenueState::fit_into_throughput(Order& order) {
    if (!(throughput_left_ > 0.0)) return false;
    if (!order.had_position || std::isinf(throughput_left_)) return true;
    const double notional = closing_notional(order);
    if (notional > throughput_left_) {
        if (order.by_keepers) {
            order.scale(throughput_left_ / notional);
        } else {
            order.fraction = order.debt_fraction = throughput_left_ / order.gross;
        }
        throughput_left_ = 0.0;
    } else {
        throughput_left_ -= notional;
    }
    return true;
}

// What an order closes, at the mark [quote].
double VenueState::closing_notional(const Order& order) const {
    if (!order.by_keepers) return order.fraction * order.gross;
    double sum = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double q = rows_.position[order.row * assets_ + a];
        sum += order.share_of(q) * std::fabs(q) * prices_.mark[a];
    }
    return sum;
}

void VenueState::note_liquidation(const RoundContext& context, const Order& order) {
    if (!order.had_position) return;
    const std::uint32_t row = order.row;
    if (context.log != nullptr) {
        context.log->push_back({static_cast<std::uint32_t>(context.step), static_cast<std::uint32_t>(context.round),
                                venue_, row, order.fraction});
    }
    touch(row);
    if (!closes_.empty() && order.fraction < 1.0) {
        ++closes_[row].count;
        closes_[row].last_step = static_cast<std::uint32_t>(context.step);
    }
    CohortMetrics& cohort = cohort_metrics_[start_->cohort[row]];
    row_flags_[row] |= row_liquidated;
    std::uint8_t& owner = owner_flags_[start_->owner[row]];
    if ((owner & row_liquidated) == 0) {
        owner |= row_liquidated;
        ++metrics_.liquidated_accounts;
        ++cohort.liquidated_accounts;
    }
    ++metrics_.liquidations;
    ++step_liquidations_;
    double long_notional = 0.0;
    double short_notional = 0.0;
    for (std::size_t a = 0; a < assets_; ++a) {
        const double q = rows_.position[row * assets_ + a];
        const double notional = order.share_of(q) * q * prices_.mark[a];
        (notional > 0.0 ? long_notional : short_notional) += std::fabs(notional);
    }
    const double notional = long_notional + short_notional;
    metrics_.liquidated_long_notional += long_notional;
    metrics_.liquidated_short_notional += short_notional;
    metrics_.liquidated_notional += notional;
    cohort.liquidated_notional += notional;
    step_notional_ += notional;
    const bool exogenous = is_short_of(model_.rule, rows_.view(row), margin_factor_, context.index_price, assets_);
    if (!exogenous) metrics_.endogenous_notional += notional;
}

} // namespace plunge
