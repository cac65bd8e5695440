// One round: the orders are traded at one average price, accounts are settled. sim/README.md, "A round at one venue".
#include <algorithm>
#include <cmath>
#include <variant>

#include "models/impact/registry.hpp"
#include "sim/engine/row_flags.hpp"
#include "sim/engine/venue_state.hpp"

namespace plunge {

bool VenueState::round(const RoundContext& context) {
    if (!(throughput_left_ > 0.0)) return false; // the rest waits for the next step
    find_short_rows(context);
    orders_.clear();
    for (const std::uint32_t row : short_rows_) {
        const Order order = decide(row);
        if (order.closes_something()) orders_.push_back(order);
    }
    if (orders_.empty()) return false;
    const auto trade_all = [&] { // what throughput and keepers leave of the orders
        std::erase_if(orders_, [&](Order& order) { return !fit_into_throughput(order); });
        if (model_.policy_needs.loans) limit_to_keepers(orders_);
        if (orders_.empty()) return false;
        for (Order& order : orders_) {
            set_collateral_sale(order);
            note_liquidation(context, order);
        }
        std::sort(orders_.begin(), orders_.end(), [](const Order& x, const Order& y) { return x.row < y.row; });
        clear(orders_);
        context.move_marks();
        absorb_losses();
        return true;
    };
    const bool sequential = model_.liquidation.clearing == Clearing::sequential;
    if (sequential || !std::isinf(model_.liquidation.throughput)) sort_by_priority(orders_);
    bool traded = false;
    if (sequential) {
        const std::vector<Order> queue = orders_;
        for (const Order& waiting : queue) {
            // Prices have moved since the queue was made, and opposite accounts have traded: look again.
            const bool was_closed = waiting.had_position && !rows_.has_position(waiting.row);
            if (was_closed) continue; // in another's turn; a debt left over is sold for from the next round on
            if (waiting.had_position ? !is_short(waiting.row) : !has_debt_to_sell_for(waiting.row)) continue;
            orders_.assign(1, decide(waiting.row));
            traded = (orders_.front().closes_something() && trade_all()) || traded;
        }
    } else {
        traded = trade_all();
    }
    if (traded) ++step_rounds_;
    return traded;
}

void VenueState::begin_turn() {
    round_gross_ = 0.0;
    round_loss_ = {};
    round_income_ = {};
    if (waterfall_.asks_for_assets()) {
        round_loss_.by_asset.assign(assets_, 0.0);
        round_income_.by_asset.assign(assets_, 0.0);
    }
    // The last part is no cohort's: losses on what the venue carries.
    if (waterfall_.asks_for_cohorts()) round_loss_.by_cohort.assign(cohort_metrics_.size() + 1, 0.0);
}

void VenueState::clear(std::vector<Order>& orders) {
    begin_turn();
    for (const Order& order : orders) {
        touch(order.row);
        in_orders_[order.row] = 1;
        round_gross_ += order.fraction * order.gross;
        for (std::size_t a = 0; a < assets_ && order.collateral_share > 0.0; ++a) {
            round_gross_ += order.collateral_share * rows_.collateral[order.row * assets_ + a] * prices_.mark[a];
        }
    }
    std::fill(offset_share_.begin(), offset_share_.end(), 0.0);
    std::fill(adl_share_.begin(), adl_share_.end(), 0.0);
    if (model_.liquidation.offset > 0.0) offset(orders);
    if (waterfall_.adl() != nullptr && !orders.front().is_cut) deleverage(orders);
    for (const Order& order : orders) in_orders_[order.row] = 0;
    add_book_quantities(orders, quantity_);
    trade(quantity_, execution_);
    for (const Order& order : orders) settle(order, execution_);
    commit_trade(quantity_, execution_);
}

void VenueState::add_book_quantities(const std::vector<Order>& orders, std::vector<double>& quantity) const {
    std::fill(quantity.begin(), quantity.end(), 0.0);
    for (const Order& order : orders) {
        for (std::size_t a = 0; a < assets_; ++a) {
            const std::size_t i = order.row * assets_ + a;
            const double q = rows_.position[i];
            const std::size_t side = q > 0.0 ? a : assets_ + a;
            const double closed = order.share_of(q) * q;
            if (!carries()) quantity[a] -= (closed - closed * offset_share_[side]) * (1.0 - adl_share_[side]);
            if (order.collateral_share > 0.0) quantity[a] -= order.collateral_share * rows_.collateral[i];
        }
    }
}

void VenueState::trade(const std::vector<double>& quantity, Execution& execution) const {
    if (!impact_) {
        execution.average_price = prices_.price;
        execution.transient = prices_.book.transient;
        return;
    }
    std::visit([&](const auto& shape) { execute(shape, model_.impact.cross, prices_.book, quantity, execution); },
               *model_.shape);
}

// Liquidity providers take the other side; prices move.
void VenueState::commit_trade(const std::vector<double>& quantity, const Execution& execution) {
    for (std::size_t a = 0; a < assets_; ++a) {
        const double cash = quantity[a] * execution.average_price[a];
        ledger_.liquidity_providers += cash;
        ledger_.provider_base[a] -= quantity[a];
        prices_.displaced = prices_.displaced || execution.transient[a] != prices_.book.transient[a];
        if (execution.transient[a] != prices_.book.transient[a]) {
            prices_.price[a] = prices_.book.undisplaced_price[a] * det_exp(execution.transient[a]);
        }
    }
    prices_.book.transient = execution.transient;
}

void VenueState::settle(const Order& order, const Execution& execution) {
    const std::uint32_t row = order.row;
    double cash = rows_.cash[row];
    double keepers_cash = 0.0; // from the book, for loans
    double book_notional = 0.0;
    double wealth_left = 0.0; // of what is not sold, at the round's marks
    bool collateral_left = false;
    for (std::size_t a = 0; a < assets_; ++a) {
        const std::size_t i = row * assets_ + a;
        const double q = rows_.position[i];
        const double share = order.share_of(q);
        closed_[a] = share * q;
        sold_[a] = rows_.has_collateral() ? order.collateral_share * rows_.collateral[i] : 0.0;
        const double book_notional_before = book_notional;
        const double fill = execution.average_price[a];
        if (q != 0.0 && share > 0.0) {
            const std::size_t side = q > 0.0 ? a : assets_ + a;
            const double adl = adl_share_[side];
            const double to_opposite = closed_[a] * offset_share_[side];
            const double on_book = (closed_[a] - to_opposite) * (1.0 - adl); // or taken over by the venue
            const double to_winners = (closed_[a] - to_opposite) * adl;
            const double price = carries() ? prices_.mark[a] : fill;
            (order.by_keepers ? keepers_cash : cash) += on_book * price;
            if (to_opposite != 0.0) cash += to_opposite * prices_.mark[a];
            if (adl > 0.0) cash += to_winners * bankruptcy_price(order, a);
            if (carries() && on_book != 0.0) take_over(a, on_book, price);
            book_notional += std::fabs(on_book) * price;
            ledger_.gross_base_flows[a] += std::fabs(on_book) + std::fabs(to_winners) + std::fabs(to_opposite);
            set_position(row, a, share == 1.0 ? 0.0 : q - on_book - to_winners - to_opposite);
        }
        wealth_left += rows_.position[i] * prices_.mark[a];
        if (rows_.has_collateral() && rows_.collateral[i] != 0.0) {
            const double sold = sold_[a];
            if (sold != 0.0) {
                cash += sold * fill;
                book_notional += sold * fill;
                ledger_.gross_base_flows[a] += sold;
                set_collateral(row, a, order.collateral_share == 1.0 ? 0.0 : rows_.collateral[i] - sold);
            }
            wealth_left += rows_.collateral[i] * prices_.mark[a];
            collateral_left = collateral_left || rows_.collateral[i] != 0.0;
        }
        asset_notional_[a] = book_notional - book_notional_before;
    }
    ledger_.gross_flows += book_notional;
    if (order.by_keepers) {
        cash += order.repaid;
        pay_keepers(keepers_cash - order.repaid);
    }
    const double fee = std::min(model_.liquidation.fee * book_notional, std::max(0.0, cash + wealth_left));
    cash -= fee;
    note_income(fee, asset_notional_);
    metrics_.fees += fee;
    rows_.cash[row] = cash;
    if (order.closes_whole() || (order.by_keepers && !rows_.has_position(row))) {
        if (cash < 0.0 && collateral_left) {
            note_debt(row);
        } else if (cash < 0.0) {
            note_shortfall(row, -cash);
            rows_.cash[row] = 0.0;
        } else if (order.had_position && !order.is_cut && model_.liquidation.surplus == Surplus::fund) {
            for (std::size_t a = 0; a < assets_; ++a) asset_notional_[a] = std::fabs(closed_[a]) * prices_.mark[a];
            note_income(cash, asset_notional_);
            metrics_.surplus += cash;
            rows_.cash[row] = 0.0;
        }
    }
    row_changed(row);
}

} // namespace plunge
