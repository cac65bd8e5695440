#include "sim/engine/acts/liquidation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#include "models/common/tolerances.hpp"
#include "models/liquidation/registry.hpp"
#include "models/margin/registry.hpp"
#include "sim/engine/round/measure.hpp"

namespace plunge {
// ---- when ----------------------------------------------------------------------------------------------------------

void Liquidation::begin_world(VenueParts& venue) {
    since_.clear();
    settlement_.begin_world();
    if (!venue.model.policy_needs.past_closes) return;
    if (closes_.size() != venue.accounts.size()) {
        closes_.assign(venue.accounts.size(), {});
    } else {
        for (const std::uint32_t row : closed_) closes_[row] = {};
    }
    closed_.clear();
}

std::size_t Liquidation::first_step(const Window& window, VenueParts& venue) {
    if (venue.session.halted()) return window.limit;
    if (!venue.accounts.debts().empty()) return 0;
    return venue.margins.maintenance.first_step(window.first, window.limit, window.ahead, window.path, venue.books,
                                                venue.accounts, 0);
}

void Liquidation::pass(std::size_t /*count*/, const VenueParts& venue) {
    if (!venue.session.halted()) since_.clear(); // nobody was short
}

// ---- a round -------------------------------------------------------------------------------------------------------

bool Liquidation::act(const Now& now, VenueParts& venue) {
    if (!(throughput_left_ > 0.0)) return false; // the rest waits for the next step
    find_rows(now, venue);
    round_.begin(venue.accounts.size());
    decide(now, venue, in_breach_, round_.orders);
    if (round_.orders.empty()) return false;
    const bool sequential = venue.model.liquidation.clearing == Clearing::sequential;
    if (sequential || !std::isinf(venue.model.liquidation.throughput)) sort_by_priority(venue, round_.orders);
    const bool traded = sequential ? trade_one_by_one(now, venue) : trade(now, venue);
    if (traded) ++venue.record.step.rounds;
    return traded;
}

// What throughput and keepers leave of the orders.
bool Liquidation::trade(const Now& now, VenueParts& venue) {
    std::vector<Order>& orders = round_.orders;
    std::erase_if(orders, [&](Order& order) { return !fit_into_throughput(venue, order); });
    if (venue.model.policy_needs.loans) keepers_.limit(venue, orders);
    if (orders.empty()) return false;
    for (Order& order : orders) set_collateral_sale(venue, order);
    const auto by_row = [](const Order& x, const Order& y) { return x.row < y.row; };
    if (!std::is_sorted(orders.begin(), orders.end(), by_row)) std::sort(orders.begin(), orders.end(), by_row);
    if (!settlement_.route(venue, round_, now.step, true)) return false;
    std::visit(
        [&](const auto& rule) {
            for (const Order& order : orders) {
                if (order.had_position) note(rule, now, venue, order);
            }
        },
        *venue.model.rule);
    settlement_.settle(venue, round_, now.step);
    venue.end_turn(now);
    return true;
}

// Prices move with every turn, and opposite accounts trade: who comes later is looked at again.
bool Liquidation::trade_one_by_one(const Now& now, VenueParts& venue) {
    bool traded = false;
    queue_ = round_.orders;
    for (const Order& waiting : queue_) {
        const bool was_closed = waiting.had_position && !venue.accounts.has_position(waiting.row);
        if (was_closed) continue; // in another's turn; a debt left over is sold for from the next round on
        const bool waits = waiting.had_position ? venue.margins.in_breach(venue.accounts.view(waiting.row),
                                                                          venue.books.mark().data(), venue.assets)
                                                : has_debt_to_sell_for(venue, waiting.row);
        if (!waits) continue;
        in_breach_.assign(1, waiting.row);
        round_.begin(venue.accounts.size());
        decide(now, venue, in_breach_, round_.orders);
        traded = (!round_.orders.empty() && trade(now, venue)) || traded;
    }
    return traded;
}

// ---- who -----------------------------------------------------------------------------------------------------------

void Liquidation::find_rows(const Now& now, VenueParts& venue) {
    venue.margins.maintenance.find(now.step, now.path, venue.books, venue.accounts, in_breach_);
    std::vector<std::uint32_t>& debts = venue.accounts.debts();
    if (!debts.empty()) {
        std::erase_if(debts, [&](std::uint32_t row) {
            const bool over = !has_debt_to_sell_for(venue, row);
            if (over) venue.accounts.lower(row, row_in_sale);
            return over;
        });
        in_breach_.insert(in_breach_.end(), debts.begin(), debts.end());
        std::sort(in_breach_.begin(), in_breach_.end());
    }
    if (venue.model.liquidation.priority == Priority::age) note_ages(now);
}

void Liquidation::note_ages(const Now& now) {
    std::swap(since_, before_);
    since_.clear();
    std::size_t known = 0;
    const std::uint64_t time = static_cast<std::uint64_t>(now.step) << 32U | now.round;
    for (const std::uint32_t row : in_breach_) {
        while (known < before_.size() && before_[known].first < row) ++known;
        const bool was_found = known < before_.size() && before_[known].first == row;
        since_.emplace_back(row, was_found ? before_[known].second : time);
    }
}

// ---- how much ------------------------------------------------------------------------------------------------------

// Adds the orders of rows that close something.
void Liquidation::decide(const Now& now, const VenueParts& venue, const std::vector<std::uint32_t>& rows,
                         std::vector<Order>& orders) const {
    const auto decide_one = [&]<class Rule>(const Rule& rule, const auto& policy, Order& order) {
        LiquidationView<Rule> view{.rule = rule,
                                   .account = venue.accounts.view(order.row),
                                   .mark = venue.books.mark().data(),
                                   .assets = venue.assets,
                                   .equity = order.equity,
                                   .maintenance = order.maintenance,
                                   .gross = order.gross,
                                   .margin_factor = venue.margins.factor(),
                                   .fee = venue.model.liquidation.fee,
                                   .expected_slippage = venue.model.liquidation.expected_slippage};
        if (!closes_.empty() && closes_[order.row].count > 0) {
            view.closes = closes_[order.row].count;
            view.seconds_since_close = static_cast<double>(now.step - closes_[order.row].last_step) *
                                       venue.market.step_seconds();
        }
        if constexpr (requires { policy.close(view); }) {
            const LoanClose close = policy.close(view);
            order.fraction = close.supplied_share;
            order.debt_fraction = close.debt_share;
            order.by_keepers = !close.written_off;
            if (order.by_keepers) order.repaid = close.debt_share * std::max(0.0, -venue.accounts.cash(order.row));
        } else {
            const double fraction = policy.fraction(view);
            order.fraction = order.debt_fraction = fraction < tolerance::order ? 0.0 : fraction;
        }
    };
    std::visit(
        [&](const auto& rule, const auto& policy) {
            for (const std::uint32_t row : rows) {
                Order order{.row = row};
                measure(rule, venue, order);
                if (order.had_position) decide_one(rule, policy, order);
                if (order.closes_something()) orders.push_back(order);
            }
        },
        *venue.model.rule, *venue.model.policy);
}

void Liquidation::sort_by_priority(const VenueParts& venue, std::vector<Order>& orders) const {
    const auto since = [&](std::uint32_t row) {
        return std::lower_bound(since_.begin(), since_.end(), std::pair{row, std::uint64_t{0}})->second;
    };
    const auto ratio = [](const Order& order) {
        return order.maintenance > 0.0 ? order.equity / order.maintenance : -std::numeric_limits<double>::infinity();
    };
    std::sort(orders.begin(), orders.end(), [&](const Order& x, const Order& y) {
        switch (venue.model.liquidation.priority) {
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
bool Liquidation::fit_into_throughput(const VenueParts& venue, Order& order) {
    if (!(throughput_left_ > 0.0)) return false;
    if (!order.had_position || std::isinf(throughput_left_)) return true;
    const double notional = closing_notional(venue, order);
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

// ---- what is noted -------------------------------------------------------------------------------------------------

// What is sold, spread over what the row has lost in. sim/README.md, "Contagion".
void Liquidation::note_contagion(VenueParts& venue, const Order& order) {
    const AssetBits held = venue.accounts.held(order.row);
    if (venue.assets == 1 || (venue.assets <= 64 && (held & (held - 1)) == 0)) { // one asset alone
        if (venue.record.contagion.empty()) return;
        for_each_asset(held, venue.assets,
                       [&](std::size_t a) { venue.record.contagion[a * venue.assets + a] += sold_[a]; });
        return;
    }
    const double nothing = tolerance::lost * order.gross;
    double all = 0.0;
    for_each_asset(held, venue.assets, [&](std::size_t a) {
        const double lost = venue.accounts.lost_on(order.row, a, venue.market.initial_price()[a],
                                                   venue.books.mark()[a]);
        lost_[a] = lost > nothing ? lost : 0.0;
        all += lost_[a];
    });
    double elsewhere = 0.0;
    for_each_asset(held, venue.assets, [&](std::size_t sold) {
        if (sold_[sold] == 0.0) return;
        const auto add = [&](std::size_t lost, double notional) {
            if (lost != sold) elsewhere += notional;
            if (!venue.record.contagion.empty()) venue.record.contagion[lost * venue.assets + sold] += notional;
        };
        if (!(all > 0.0)) {
            add(sold, sold_[sold]);
            return;
        }
        const double per_lost = sold_[sold] / all;
        for_each_asset(held, venue.assets, [&](std::size_t lost) {
            if (lost_[lost] > 0.0) add(lost, per_lost * lost_[lost]);
        });
    });
    venue.record.metrics.contagion_notional += elsewhere;
}

// The index, which is what marks would be if nobody traded, as a scripted oracle reports it.
const double* Liquidation::undisplaced_marks(const Now& now, const VenueParts& venue) {
    const std::vector<double>& factor = venue.books.prices().mark_factor;
    if (factor.empty()) return now.index_price;
    undisplaced_.resize(venue.assets);
    for (std::size_t a = 0; a < venue.assets; ++a) {
        undisplaced_[a] = factor[a] == 0.0 ? venue.books.mark()[a] : factor[a] * now.index_price[a];
    }
    return undisplaced_.data();
}

template <class Rule> void Liquidation::note(const Rule& rule, const Now& now, VenueParts& venue, const Order& order) {
    const std::uint32_t row = order.row;
    const auto step = static_cast<std::uint32_t>(now.step);
    if (now.log != nullptr) {
        now.log->push_back({step, static_cast<std::uint32_t>(now.round), venue.venue, row, order.fraction});
    }
    if (!closes_.empty() && order.fraction < 1.0) {
        if (closes_[row].count++ == 0) closed_.push_back(row);
        closes_[row].last_step = step;
    }
    VenueMetrics& metrics = venue.record.metrics;
    StepTotals& totals = venue.record.step;
    CohortMetrics& cohort = venue.record.cohorts[venue.accounts.cohort(row)];
    if (venue.accounts.has(row, row_in_call) && !venue.accounts.has(row, row_liquidated)) {
        ++metrics.called_liquidations;
        venue.record.seconds_from_call += static_cast<double>(step - venue.record.called[row]) *
                                          venue.market.step_seconds();
    }
    venue.record.liquidated.push_back(row);
    if (venue.accounts.raise_for_owner(row, row_liquidated)) {
        ++metrics.liquidated_accounts;
        ++cohort.liquidated_accounts;
    }
    ++metrics.liquidations;
    ++totals.liquidations;
    double long_notional = 0.0;
    double short_notional = 0.0;
    for_each_asset(venue.accounts.held(row), venue.assets, [&](std::size_t a) {
        const double q = venue.accounts.position(row, a);
        const double ordered = order.share_of(q) * q;
        const double closed = ordered - round_.split(a, ordered).unfilled;
        const double value = LinearContract::value(closed, venue.books.mark()[a]);
        sold_[a] = std::fabs(value);
        (value > 0.0 ? long_notional : short_notional) += sold_[a];
        AssetTotals& of_asset = venue.record.assets[a];
        (value > 0.0 ? of_asset.liquidated_long : of_asset.liquidated_short) += sold_[a];
    });
    note_contagion(venue, order);
    const double notional = long_notional + short_notional;
    metrics.liquidated_long_notional += long_notional;
    metrics.liquidated_short_notional += short_notional;
    metrics.liquidated_notional += notional;
    cohort.liquidated_notional += notional;
    totals.notional += notional;
    const MarginState state = margin_state(rule, venue.accounts.view(row), undisplaced_marks(now, venue), venue.assets);
    const bool exogenous = state.equity < state.maintenance * venue.margins.factor();
    if (!exogenous) metrics.endogenous_notional += notional;
}

} // namespace plunge
