// A round of liquidation at one venue, in the order of sim/README.md, "A round at one venue".
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/liquidation/close_factor.hpp"
#include "tests/differential/oracle_state.hpp"

namespace plunge::oracle {

bool World::play_round(std::size_t venue, std::size_t step, std::size_t round) {
    const std::vector<std::size_t> found = find_short(venue, step, round);
    if (found.empty()) return false;
    std::vector<Order> orders;
    const auto acts = [&](const Order& order) {
        return order.fraction > 0.0 || !venues_[venue].rows[order.row].has_position(); // else it cools down
    };
    for (const std::size_t row : found) {
        const Order order = decide(venue, row, step);
        if (acts(order)) orders.push_back(order);
    }
    if (orders.empty()) return false;
    sort_by_priority(venue, orders);
    note_ties(venue, orders);
    if (scenario_.venues[venue].liquidation_common.clearing == Clearing::simultaneous) {
        cut_to_throughput(venue, orders);
        limit_to_keepers(venue, orders);
        for (Order& order : orders) plan_collateral(venue, order);
        clear(venue, step, round, orders);
        return !orders.empty();
    }
    // Every turn is a round of one order: it has its own split between book and winners, and its own waterfall.
    bool traded = false;
    for (const Order& planned : orders) {
        const RowState& row = venues_[venue].rows[planned.row];
        if (!is_short(venue, row) || (planned.gross > 0.0 && !row.has_position())) continue;
        std::vector<Order> turn{decide(venue, planned.row, step)};
        if (!acts(turn[0])) continue;
        cut_to_throughput(venue, turn);
        if (turn.empty()) break;
        limit_to_keepers(venue, turn);
        if (turn.empty()) continue;
        plan_collateral(venue, turn[0]);
        clear(venue, step, round, turn);
        if (turn.empty()) continue;
        traded = true;
        ++outcome_.counts.sequential_turns;
    }
    return traded;
}

// ---- loans ----------------------------------------------------------------------------------------------------------

// What an order closes, at the mark.
double World::notional_of(std::size_t venue, const Order& order) const {
    if (!order.by_keepers) return order.fraction * order.gross;
    const Vector mark = marks(venue);
    const RowState& row = venues_[venue].rows[order.row];
    double notional = 0.0;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double value = row.position[a] * mark[a];
        notional += value > 0.0 ? order.fraction * value : -order.debt_fraction * value;
    }
    return notional;
}

double World::unfilled_notional(const Order& order, const Vector& mark) const {
    double notional = 0.0;
    for (std::size_t a = 0; a < n_assets_; ++a) notional += std::fabs(order.unfilled[a]) * mark[a];
    return notional;
}

// Keepers repay a part of what is owed, in all that is owed alike, and get supplied assets worth that and the bonus.
void World::plan_loan(std::size_t venue, Order& order) const {
    const auto& rule = scenario_.venues[venue].liquidation.get<CloseFactorLiquidation::Params>();
    const RowState& row = venues_[venue].rows[order.row];
    const Vector mark = marks(venue);
    double supplied = 0.0;
    double owed = std::max(0.0, -row.cash);
    for (std::size_t a = 0; a < n_assets_; ++a) {
        supplied += std::max(0.0, row.position[a] * mark[a]);
        owed += std::max(0.0, -row.position[a] * mark[a]);
    }
    order.fraction = order.debt_fraction = 1.0;
    order.by_keepers = supplied > 0.0;
    if (!order.by_keepers) return;
    const double health = (supplied - value_at(venue, row, mark).maintenance) / owed;
    double repay = owed * (health < rule.full_below ? 1.0 : rule.close_factor);
    if (repay * (1.0 + rule.bonus) < supplied) {
        order.fraction = repay * (1.0 + rule.bonus) / supplied;
    } else {
        repay = std::min(owed, supplied / (1.0 + rule.bonus));
    }
    order.debt_fraction = repay / owed;
    order.repaid = order.debt_fraction * std::max(0.0, -row.cash);
}

// Keepers' profit beyond what they ask for, a share of what they repay, at a share of all loans; none will do where
// the book does not fill it.
double World::keepers_excess(std::size_t venue, const std::vector<Order>& orders, double share, double asked) const {
    const VenueState& s = venues_[venue];
    const Vector mark = marks(venue);
    Vector book(n_assets_, 0.0);
    Vector keepers(n_assets_, 0.0);
    double profit = 0.0;
    double repaid = 0.0;
    for (const Order& order : orders) {
        const RowState& row = s.rows[order.row];
        for (std::size_t a = 0; a < n_assets_; ++a) {
            const bool supplied = row.position[a] > 0.0;
            double base = (supplied ? order.fraction : order.debt_fraction) * row.position[a];
            if (order.by_keepers) {
                base *= share;
                keepers[a] += base;
                if (!supplied) repaid -= base * mark[a];
            }
            book[a] -= base;
        }
        repaid += share * order.repaid;
        profit -= share * order.repaid;
    }
    if (!books_[venue].fills(s.transient, s.depth, book)) return -std::numeric_limits<double>::infinity();
    const Fill fill = books_[venue].trade(s.transient, s.depth, book);
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double undisplaced = scenario_.assets[a].price * std::exp(x_[a] + s.permanent[a]);
        profit += keepers[a] * undisplaced * fill.mean_relative[a];
    }
    return profit - asked * repaid;
}

void World::limit_to_keepers(std::size_t venue, std::vector<Order>& orders) {
    if (std::none_of(orders.begin(), orders.end(), [](const Order& order) { return order.by_keepers; })) return;
    const double asked = scenario_.venues[venue].liquidation.get<CloseFactorLiquidation::Params>().min_profit;
    double share = 1.0;
    if (keepers_excess(venue, orders, 1.0, asked - page::keepers_forgive) < 0.0) {
        double pays = 0.0;
        if (keepers_excess(venue, orders, 0.0, asked) < 0.0) share = 0.0; // others ask for more than the book has
        for (int i = 0; i < 60 && share > 0.0; ++i) {
            const double middle = 0.5 * (pays + share);
            (keepers_excess(venue, orders, middle, asked) < 0.0 ? share : pays) = middle;
        }
        share = pays < page::loans_left_alone ? 0.0 : pays * (1.0 - page::left_out_of_share);
        ++venues_[venue].metrics.keeper_limits;
        ++outcome_.counts.keeper_limits;
    }
    std::vector<Order> left;
    for (Order& order : orders) {
        if (order.by_keepers && share == 0.0) continue;
        if (order.by_keepers) {
            ++outcome_.counts.loans_repaid;
            order.fraction *= share;
            order.debt_fraction *= share;
            order.repaid *= share;
        }
        left.push_back(order);
    }
    orders = left;
}

// ---- orders ---------------------------------------------------------------------------------------------------------

bool World::is_short(std::size_t venue, const RowState& row) const {
    const Vector mark = marks(venue);
    const Valuation now = value_at(venue, row, mark);
    if (row.has_position()) return now.equity < now.maintenance;
    // A sale in progress: a debt left over from a close-out, unless it is too small to matter.
    const double collateral_value = now.wealth - row.cash;
    const bool sells = row.has_collateral() || !row.frozen.empty();
    return row.selling && sells && row.cash < 0.0 && -row.cash >= page::debt_left_standing * collateral_value;
}

std::vector<std::size_t> World::find_short(std::size_t venue, std::size_t step, std::size_t round) {
    std::vector<std::size_t> found;
    auto& rows = venues_[venue].rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!is_short(venue, rows[i])) {
            rows[i].short_since.reset();
            rows[i].selling = false;
            continue;
        }
        if (!rows[i].short_since) rows[i].short_since = {step, round};
        found.push_back(i);
    }
    return found;
}

Order World::decide(std::size_t venue, std::size_t row, std::size_t step) const {
    const RowState& r = venues_[venue].rows[row];
    const Vector mark = marks(venue);
    const Valuation now = value_at(venue, r, mark);
    Order order;
    order.row = row;
    order.gross = now.gross;
    // A sale in progress has no margin to speak of; its debt is due, so it comes first.
    order.ratio = now.maintenance > 0.0 ? now.equity / now.maintenance : -std::numeric_limits<double>::infinity();
    order.fraction = r.has_position()
                         ? margins_[venue].fraction_to_close(venues_[venue].factor, r.cash, r.position, r.collateral,
                                                             mark, r.slices,
                                                             static_cast<double>(step - r.last_slice) * dt_)
                         : 0.0;
    if (order.fraction < page::no_order) order.fraction = 0.0;
    const bool is_loan = scenario_.venues[venue].liquidation.holds<CloseFactorLiquidation::Params>();
    if (is_loan && r.has_position()) plan_loan(venue, order);
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double side = r.position[a] > 0.0 ? 1.0 : -1.0;
        const double price = r.position[a] == 0.0 ? mark[a] : mark[a] * (1.0 - side * now.wealth / now.gross);
        order.bankruptcy_price.push_back(std::max(0.0, price));
    }
    order.on_book.assign(n_assets_, 1.0);
    return order;
}

void World::sort_by_priority(std::size_t venue, std::vector<Order>& orders) const {
    const auto& rows = venues_[venue].rows;
    const Priority priority = scenario_.venues[venue].liquidation_common.priority;
    std::stable_sort(orders.begin(), orders.end(), [&](const Order& i, const Order& j) {
        switch (priority) {
        case Priority::margin_ratio:
            return i.ratio < j.ratio;
        case Priority::size:
            return i.gross > j.gross;
        case Priority::age:
            return rows[i.row].short_since < rows[j.row].short_since;
        }
        return false;
    });
}

// Two rows whose ratios differ by rounding alone (leverage clamped to the same limit, wealth used up to the last cent)
// are put in an order that no implementation promises. Equal rows are not meant: they are equal everywhere.
void World::note_ties(std::size_t venue, const std::vector<Order>& orders) {
    const LiquidationCommon& rules = scenario_.venues[venue].liquidation_common;
    const bool order_matters = rules.clearing == Clearing::sequential || std::isfinite(rules.throughput);
    if (!order_matters || rules.priority != Priority::margin_ratio) return;
    for (std::size_t i = 1; i < orders.size(); ++i) {
        const RowState& one = venues_[venue].rows[orders[i - 1].row];
        const RowState& other = venues_[venue].rows[orders[i].row];
        const double apart = orders[i].ratio - orders[i - 1].ratio; // not a number where both are infinite
        if (!one.holds_the_same_as(other) && apart < 1e-9 * (1.0 + std::fabs(orders[i].ratio))) outcome_.tied = true;
    }
}

void World::cut_to_throughput(std::size_t venue, std::vector<Order>& orders) {
    double& allowance = venues_[venue].allowance;
    std::vector<Order> accepted;
    for (Order& order : orders) {
        if (!(allowance > 0.0)) {
            ++outcome_.counts.throughput_cuts;
            break;
        }
        const double notional = notional_of(venue, order);
        if (notional <= allowance) {
            allowance -= notional;
        } else {
            const double share = allowance / notional;
            order.fraction = order.by_keepers ? order.fraction * share : allowance / order.gross;
            order.debt_fraction *= share;
            order.repaid *= share;
            allowance = 0.0;
            ++outcome_.counts.throughput_cuts;
        }
        accepted.push_back(order);
    }
    std::sort(accepted.begin(), accepted.end(), [](const Order& i, const Order& j) { return i.row < j.row; });
    orders = accepted;
}

void World::plan_collateral(std::size_t venue, Order& order) const {
    const RowState& row = venues_[venue].rows[order.row];
    const Vector mark = marks(venue);
    order.whole = row.has_position() && order.fraction == 1.0 && (!order.by_keepers || order.debt_fraction == 1.0);
    double cash = row.cash;
    double collateral_value = 0.0;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const bool is_debt = order.by_keepers && row.position[a] < 0.0;
        order.close.push_back((is_debt ? order.debt_fraction : order.fraction) * row.position[a]);
        cash += row.position[a] * mark[a];
        collateral_value += row.collateral[a] * mark[a];
    }
    if (order.whole || !row.has_position()) {
        const double need = -cash;
        if (need > 0.0 && collateral_value > 0.0 && need >= page::debt_left_standing * collateral_value) {
            order.collateral_share = need < (1.0 - page::all_but) * collateral_value ? need / collateral_value : 1.0;
        }
        if (order.whole && !order.is_cut && scenario_.venues[venue].liquidation_common.surplus == Surplus::fund) {
            order.collateral_share = 1.0;
        }
    }
    for (std::size_t a = 0; a < n_assets_; ++a) order.sell.push_back(order.collateral_share * row.collateral[a]);
}

// ---- trade, settle, waterfall --------------------------------------------------------------------------------------

void World::count_liquidation(std::size_t venue, std::size_t step, std::size_t round, const Order& order) {
    VenueState& s = venues_[venue];
    RowState& row = s.rows[order.row];
    if (!row.has_position()) return;
    const Vector mark = marks(venue);
    outcome_.events.push_back({step, round, venue, order.row, order.fraction});
    ++s.metrics.liquidations;
    ++s.step_events;
    if (order.fraction < 1.0) {
        ++outcome_.counts.partial_closes;
        ++row.slices;
        row.last_slice = step;
    }
    // So little is left of the row that whether it is still short is rounding of the cash that it once had.
    if (order.gross < 1e-12 * std::fabs(s.initial_cash[order.row])) outcome_.tied = true;
    const double notional = notional_of(venue, order) - unfilled_notional(order, mark);
    s.metrics.liquidated_notional += notional;
    s.step_notional += notional;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double closed = std::fabs(order.close[a] - order.unfilled[a]) * mark[a];
        (order.close[a] > 0.0 ? s.metrics.liquidated_long_notional : s.metrics.liquidated_short_notional) += closed;
    }
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double closed = std::fabs(order.close[a] - order.unfilled[a]) * mark[a];
        (order.close[a] > 0.0 ? s.liquidated_long : s.liquidated_short)[a] += closed;
    }
    note_contagion(venue, order);
    if (row.in_call && !row.was_liquidated) {
        ++s.metrics.called_liquidations;
        s.waited_after_call += static_cast<double>(step - row.called_at);
    }
    row.was_liquidated = true;
    Vector undisplaced;
    for (std::size_t a = 0; a < n_assets_; ++a) undisplaced.push_back(undisplaced_mark(venue, a));
    const Valuation displacement_free = value_at(venue, row, undisplaced);
    if (!(displacement_free.equity < displacement_free.maintenance)) s.metrics.endogenous_notional += notional;
    s.liquidated_owners.insert(row.owner);
    row.bore_loss = true;
    outcome_.result.cohorts[row.cohort].liquidated_notional += notional;
    if (std::isnan(s.metrics.first_liquidation_step)) s.metrics.first_liquidation_step = static_cast<double>(step);
}

void World::start_losses(std::size_t venue) {
    VenueState& s = venues_[venue];
    watch_funds(venue);
    s.round_shortfall = s.round_income = s.round_dust = 0.0;
    s.loss_of_asset = s.income_of_asset = Vector(n_assets_, 0.0);
    s.loss_of_cohort = Vector(scenario_.cohorts.size(), 0.0);
}

// Trades what goes to the book, and leaves out the orders of which nothing is closed or sold for want of a fill.
Fill World::send_to_book(std::size_t venue, std::vector<Order>& orders) {
    const VenueState& s = venues_[venue];
    Vector quantity(n_assets_, 0.0);
    for (const Order& order : orders) {
        for (std::size_t a = 0; a < n_assets_; ++a) {
            quantity[a] -= (carries(venue) ? 0.0 : order.on_book[a] * order.rest[a]) + order.sell[a];
        }
    }
    const Fill fill = books_[venue].trade(s.transient, s.depth, quantity);
    if (std::any_of(fill.filled.begin(), fill.filled.end(), [](double share) { return share < 1.0; })) {
        ++outcome_.counts.unfilled;
    }
    std::vector<Order> left;
    for (Order& order : orders) {
        bool lacks = false;
        bool does_something = false;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            const double missing = 1.0 - fill.filled[a];
            const double on_book = carries(venue) ? 0.0 : order.on_book[a] * order.rest[a];
            lacks = lacks || missing * on_book != 0.0 || missing * order.sell[a] != 0.0;
            order.unfilled.push_back(missing * on_book);
            order.sell[a] *= fill.filled[a];
            does_something = does_something || order.close[a] != order.unfilled[a] || order.sell[a] != 0.0;
        }
        if (does_something || !lacks) left.push_back(order);
    }
    orders = left;
    return fill;
}

void World::clear(std::size_t venue, std::size_t step, std::size_t round, std::vector<Order>& orders) {
    if (orders.empty()) return;
    VenueState& s = venues_[venue];
    const LiquidationCommon& rules = scenario_.venues[venue].liquidation_common;
    start_losses(venue);
    const Vector mark = marks(venue); // the round's, held while everything is settled
    for (const Order& order : orders) {
        s.round_dust += page::allowance * order.fraction * order.gross;
        for (std::size_t a = 0; a < n_assets_; ++a) s.round_dust += page::allowance * order.sell[a] * mark[a];
    }
    const bool cuts = orders.front().is_cut;
    offset(venue, orders);
    if (!cuts) deleverage(venue, step, orders);
    const Fill fill = send_to_book(venue, orders);
    if (orders.empty()) return;
    for (const Order& order : orders) {
        if (!cuts) count_liquidation(venue, step, round, order);
    }
    for (const Order& order : orders) {
        RowState& row = s.rows[order.row];
        const bool had_position = row.has_position();
        double traded = 0.0;
        double winners_bear = 0.0;
        Vector traded_in(n_assets_, 0.0);
        const Vector realised_before = row.realised;
        if (order.by_keepers) {
            row.cash += order.repaid;
            s.metrics.keeper_profit -= order.repaid;
            s.paid_out -= order.repaid;
            flow(order.repaid);
        }
        for (std::size_t a = 0; a < n_assets_; ++a) {
            const double price = scenario_.assets[a].price * std::exp(x_[a] + s.permanent[a]) * fill.mean_relative[a];
            const double to_book = order.on_book[a] * order.rest[a];
            const double on_book = to_book - order.unfilled[a];
            const double given = carries(venue) ? mark[a] : price; // for positions
            const double proceeds = (carries(venue) ? 0.0 : on_book * price) + order.sell[a] * price;
            if (carries(venue)) {
                row.cash += on_book * given;
                row.earned[a] += on_book * given;
                flow(on_book * given);
                if (on_book != 0.0) take_over(venue, step, a, on_book, given);
            }
            row.cash += (order.close[a] - order.rest[a]) * mark[a];
            row.earned[a] += (order.close[a] - order.rest[a]) * mark[a];
            if (order.by_keepers) {
                row.earned[a] += on_book * mark[a]; // the bonus is no loss on an asset
                s.metrics.keeper_profit += proceeds;
                s.paid_out += proceeds;
            } else {
                row.cash += proceeds;
                row.earned[a] += proceeds;
                if (to_book != order.rest[a]) {
                    row.cash += (order.rest[a] - to_book) * order.bankruptcy_price[a];
                    row.earned[a] += (order.rest[a] - to_book) * order.bankruptcy_price[a];
                    winners_bear += (order.rest[a] - to_book) * (order.bankruptcy_price[a] - mark[a]);
                }
            }
            s.liquidity_cash -= proceeds;
            flow(proceeds);
            traded_in[a] = std::fabs(on_book) * given + order.sell[a] * price;
            traded += traded_in[a];
            row.close(a, on_book, order.by_keepers ? mark[a] : given);
            row.close(a, order.close[a] - order.rest[a], mark[a]);
            row.close(a, order.rest[a] - to_book, order.bankruptcy_price[a]);
            const double closed = order.by_keepers && row.position[a] < 0.0 ? order.debt_fraction : order.fraction;
            if (order.unfilled[a] != 0.0) {
                row.position[a] -= order.close[a] - order.unfilled[a];
            } else {
                row.position[a] = closed == 1.0 ? 0.0 : (1.0 - closed) * row.position[a];
            }
            const bool all_sold = order.collateral_share == 1.0 && fill.filled[a] == 1.0;
            row.collateral[a] = all_sold ? 0.0 : row.collateral[a] - order.sell[a];
        }
        s.metrics.adl_loss += std::max(0.0, winners_bear);
        const double fee = std::min(rules.fee * traded, std::max(0.0, value_at(venue, row, mark).wealth));
        row.cash -= fee;
        s.round_income += fee;
        for (std::size_t a = 0; a < n_assets_ && fee > 0.0; ++a) s.income_of_asset[a] += fee * traded_in[a] / traded;
        s.metrics.fees += fee;
        if (order.collateral_share > 0.0 && traded > 0.0) ++outcome_.counts.collateral_sales;
        if (!had_position) ++outcome_.counts.sales_in_progress;
        if (row.has_position()) continue;
        if (row.cash < 0.0) {
            row.selling = row.has_collateral(); // in the next round
            if (row.selling) continue;
            s.round_shortfall -= row.cash;
            if (std::any_of(realised_before.begin(), realised_before.end(), [](double x) { return x < 0.0; }) &&
                std::any_of(s.pot.begin(), s.pot.end(), [](const Vector& pots) { return pots.size() > 1; })) {
                ++outcome_.counts.earlier_losses;
            }
            const Vector parts = split_over_assets(venue, row, realised_before, order.close, order.sell, -row.cash);
            for (std::size_t a = 0; a < n_assets_; ++a) s.loss_of_asset[a] += parts[a];
            s.loss_of_cohort[row.cohort] -= row.cash;
            row.cash = 0.0;
        } else if (order.whole && !order.is_cut && rules.surplus == Surplus::fund) {
            s.round_income += row.cash;
            for (std::size_t a = 0; a < n_assets_; ++a) {
                s.income_of_asset[a] += row.cash * std::fabs(order.close[a]) * mark[a] / order.gross;
            }
            s.metrics.surplus += row.cash;
            row.cash = 0.0;
        }
    }
    s.transient = fill.displacement;
    pass_waterfall(venue);
    observe_prices();
}

} // namespace plunge::oracle
