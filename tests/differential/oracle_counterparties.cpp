// Orders that opposite accounts take, before the book and instead of it, as sim/README.md has it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/waterfall/adl.hpp"
#include "models/waterfall/default_fund.hpp"
#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"
#include "tests/differential/oracle_state.hpp"

namespace plunge::oracle {

// ---- offsetting -----------------------------------------------------------------------------------------------------

// Opposite accounts outside the round close against its orders at the mark, all the same share of what they have.
void World::offset(std::size_t venue, std::vector<Order>& orders) {
    VenueState& s = venues_[venue];
    const double most = scenario_.venues[venue].liquidation_common.offset;
    const Vector mark = marks(venue);
    for (Order& order : orders) order.rest = order.close;
    for (std::size_t a = 0; a < n_assets_ && most > 0.0; ++a) {
        for (const double sign : {1.0, -1.0}) {
            double ordered = 0.0;
            for (const Order& order : orders) ordered += std::max(0.0, sign * order.close[a]);
            std::vector<std::size_t> opposite;
            double available = 0.0;
            for (std::size_t i = 0; i < s.rows.size(); ++i) {
                const bool in_orders = std::any_of(orders.begin(), orders.end(),
                                                   [&](const Order& order) { return order.row == i; });
                const Valuation now = value_at(venue, s.rows[i], mark);
                if (in_orders || !(sign * s.rows[i].position[a] < 0.0) ||
                    !(now.wealth > page::wealth_of_nothing * now.gross))
                    continue;
                opposite.push_back(i);
                available -= sign * s.rows[i].position[a];
            }
            if (!(ordered > 0.0) || opposite.empty()) continue;
            if (most * available < page::offset_of_nothing * ordered) continue;
            ++outcome_.counts.offset_rounds;
            const double matched = std::min(ordered, most * available);
            for (Order& order : orders) {
                if (sign * order.close[a] > 0.0) order.rest[a] = order.close[a] * (1.0 - matched / ordered);
            }
            for (const std::size_t i : opposite) {
                RowState& row = s.rows[i];
                const double closed = row.position[a] * (matched / available);
                row.cash += closed * mark[a];
                row.close(a, closed, mark[a]);
                row.earned[a] += closed * mark[a];
                row.position[a] = matched == available ? 0.0 : row.position[a] - closed;
                row.selling = row.owes_without_position();
                flow(closed * mark[a]);
            }
        }
    }
    for (Order& order : orders) {
        double gross_left = order.gross;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            gross_left -= std::fabs(order.close[a] - order.rest[a]) * mark[a];
        }
        s.metrics.offset_notional += order.gross - gross_left;
        if (gross_left == order.gross) continue;
        const RowState& row = s.rows[order.row];
        const double wealth = value_at(venue, row, mark).wealth;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            if (order.rest[a] == 0.0) continue;
            const double side = row.position[a] > 0.0 ? 1.0 : -1.0;
            order.bankruptcy_price[a] = std::max(0.0, mark[a] * (1.0 - side * wealth / gross_left));
        }
    }
}

// ---- auto-deleveraging ----------------------------------------------------------------------------------------------

// S(l) - K: what the layers before auto-deleveraging would lack; no share will do that the book does not fill.
double World::lacking_if(std::size_t venue, const std::vector<Order>& orders, double share) const {
    const VenueState& s = venues_[venue];
    LossInPassing loss;
    loss.of_asset.assign(n_assets_, 0.0);
    Vector quantity(n_assets_, 0.0);
    const bool carried = carries(venue);
    for (const Order& order : orders) {
        for (std::size_t a = 0; a < n_assets_; ++a) {
            quantity[a] -= (carried ? 0.0 : share * order.rest[a]) + order.sell[a];
        }
    }
    const Vector mark = marks(venue);
    if (!carries(venue) && !books_[venue].fills(s.transient, s.depth, quantity))
        return std::numeric_limits<double>::infinity();
    const Fill fill = books_[venue].trade(s.transient, s.depth, quantity);
    double shortfall = 0.0;
    for (const Order& order : orders) {
        const RowState& row = s.rows[order.row];
        const bool ends_empty = (order.whole || !row.has_position()) &&
                                (order.collateral_share == 1.0 || !row.has_collateral());
        if (!ends_empty) continue;
        double cash = row.cash;
        for (std::size_t a = 0; a < n_assets_; ++a) {
            const double undisplaced = scenario_.assets[a].price * std::exp(x_[a] + s.permanent[a]);
            const double price = undisplaced * fill.mean_relative[a];
            cash += order.rest[a] * (share * (carried ? mark[a] : price) + (1.0 - share) * order.bankruptcy_price[a]) +
                    (order.close[a] - order.rest[a]) * mark[a] + order.sell[a] * price;
        }
        if (cash >= 0.0) continue;
        shortfall -= cash;
        const Vector parts = split_over_assets(venue, row, row.realised, order.close, order.sell, -cash);
        for (std::size_t a = 0; a < n_assets_; ++a) loss.of_asset[a] += parts[a];
    }
    loss.left = shortfall;
    return shortfall - payable_before_adl(venue, orders, loss);
}

// K
double World::payable_before_adl(std::size_t venue, const std::vector<Order>& orders, LossInPassing loss) const {
    const VenueState& s = venues_[venue];
    double payable = 0.0;
    const auto& layers = scenario_.venues[venue].waterfall;
    for (std::size_t i = 0; !layers[i].holds<AutoDeleveraging::Params>(); ++i) {
        double here = 0.0;
        const auto* fund = layers[i].get_if<InsuranceFund::Params>();
        if (fund != nullptr && fund->segregated) {
            for (std::size_t a = 0; a < n_assets_; ++a) {
                const double part = std::min(loss.of_asset[a], s.pot[i][a]);
                loss.of_asset[a] -= part;
                loss.left -= part;
                here += part;
            }
            payable += here;
            continue;
        }
        for (const double pot : s.pot[i]) here += pot;
        if (const auto* members = layers[i].get_if<DefaultFund::Params>()) {
            for (std::size_t k = 0; k < institutions_.size(); ++k) {
                const double limit = members->assessment * s.initial_pot[i][k] - s.assessed[i][k];
                here += std::min(std::max(0.0, limit), institutions_[k].capital);
            }
        }
        if (const auto* socialized = layers[i].get_if<SocializedLoss::Params>()) {
            here = can_be_socialized(venue, *socialized, orders);
        }
        payable += here;
        loss.reduce(std::min(here, loss.left));
    }
    const AutoDeleveraging::Params& rule = *adl_of(venue);
    if (rule.trigger == AdlTrigger::empty) return payable;
    const double room = s.adl_is_on ? 0.0 : fund_balance(venue) - (1.0 - rule.start) * highest_fund(venue);
    return std::min(payable, std::max(0.0, room));
}

namespace {

// The largest share of something at which no more than an allowance is lacking.
template <class Lacking> double largest_share(const Lacking& lacking, double allowance) {
    if (lacking(1.0) <= allowance) return 1.0;
    if (lacking(0.0) > allowance) return 0.0;
    // Plain halving of [0, 1]. S rises with the share unless longs and shorts of one asset are closed together, where
    // the one's fills can rescue the other; it then ends at one of the crossings.
    double low = 0.0;
    double high = 1.0;
    while (high - low > 1e-15 * high && high > page::book_share_of_nothing) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        (lacking(middle) <= allowance ? low : high) = middle;
    }
    return low < page::book_share_of_nothing ? 0.0 : low * (1.0 - page::left_out_of_share);
}

} // namespace

template <class Lacking> double World::sought_share(std::size_t venue, const Lacking& lacking) {
    // A shortfall this small is what rounding makes of zero. Without the allowance a square-root book would show it:
    // the displacement goes as the root of the share.
    const double dust = venues_[venue].round_dust;
    const double share = largest_share(lacking, dust);
    // Where S meets K at a grazing angle, the last bits of a fill move the share by far more than themselves.
    const double nearby = largest_share(lacking, 1.01 * dust);
    if (std::fabs(share - nearby) > 1e-10) outcome_.tied = true;
    return share;
}

double World::book_share(std::size_t venue, const std::vector<Order>& orders) {
    return sought_share(venue, [&](double share) { return lacking_if(venue, orders, share); });
}

const AutoDeleveraging::Params* World::adl_of(std::size_t venue) const {
    for (const WaterfallChoice& layer : scenario_.venues[venue].waterfall) {
        if (const auto* adl = layer.get_if<AutoDeleveraging::Params>()) return adl;
    }
    return nullptr;
}

// The most that the insurance funds have held: now, or at the end of one of the last steps.
double World::highest_fund(std::size_t venue) const {
    const Vector& past = venues_[venue].fund_at_end;
    const auto window = std::max<std::size_t>(1, steps_rounded_up(adl_of(venue)->over_seconds, dt_));
    double highest = fund_balance(venue);
    for (std::size_t t = past.size() > window ? past.size() - window : 0; t < past.size(); ++t) {
        highest = std::max(highest, past[t]);
    }
    return highest;
}

void World::watch_funds(std::size_t venue) {
    const AutoDeleveraging::Params* rule = adl_of(venue);
    if (rule == nullptr || rule->trigger != AdlTrigger::drawdown) return;
    VenueState& s = venues_[venue];
    const double highest = highest_fund(venue);
    const double fall = highest > 0.0 ? 1.0 - fund_balance(venue) / highest : 0.0;
    const bool was_on = s.adl_is_on;
    if (fall >= rule->start - page::fall_reached) {
        s.adl_is_on = true;
    } else if (fall <= rule->stop + page::fall_reached) {
        s.adl_is_on = false;
    }
    if (s.adl_is_on && !was_on) ++outcome_.counts.drawdown_triggers;
    if (was_on && !s.adl_is_on) ++outcome_.counts.drawdown_stops;
}

// ---- of what the venue carries --------------------------------------------------------------------------------------

// V(l) - K: what the layers before auto-deleveraging would lack if the venue kept that share of what it carries at a
// loss and all of the rest.
double World::lacking_if_kept(std::size_t venue, const Vector& due, const std::vector<bool>& loses,
                              double share) const {
    const VenueState& s = venues_[venue];
    const Vector mark = marks(venue);
    Vector quantity;
    for (std::size_t a = 0; a < n_assets_; ++a) quantity.push_back(-(loses[a] ? share : 1.0) * due[a]);
    const Fill fill = books_[venue].trade(s.transient, s.depth, quantity);
    LossInPassing loss;
    loss.of_asset.assign(n_assets_, 0.0);
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double kept = loses[a] ? share : 1.0;
        const double price = scenario_.assets[a].price * std::exp(x_[a] + s.permanent[a]) * fill.mean_relative[a];
        const double sold = -quantity[a] * fill.filled[a];
        const double worth = sold * price + (kept * s.carried[a].base - sold) * mark[a];
        loss.of_asset[a] = std::max(0.0, kept * s.carried[a].cost - worth);
        loss.left += loss.of_asset[a];
    }
    const double lost = loss.left;
    return lost - payable_before_adl(venue, {}, loss);
}

// Winners take over what the venue could not bear to lose of what it carries, at what that has cost it.
bool World::deleverage_carried(std::size_t venue, std::size_t step, Vector& due) {
    VenueState& s = venues_[venue];
    const Vector mark = marks(venue);
    std::vector<bool> loses;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const Carried& carried = s.carried[a];
        loses.push_back(carried.cost - carried.base * mark[a] > page::no_loss_of_cost * std::fabs(carried.cost));
    }
    if (std::none_of(loses.begin(), loses.end(), [](bool at_a_loss) { return at_a_loss; })) return false;
    const double share = sought_share(venue, [&](double kept) { return lacking_if_kept(venue, due, loses, kept); });
    if (share == 1.0) return false;
    bool any = false;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        if (!loses[a]) continue;
        Carried& carried = s.carried[a];
        const double size = std::fabs(carried.base);
        const double sign = carried.base > 0.0 ? 1.0 : -1.0;
        const double taken = take_from_winners(venue, step, {},
                                               {a, sign, (1.0 - share) * size, size, carried.cost / carried.base});
        if (!(taken > 0.0)) continue;
        any = true;
        s.metrics.adl_loss += taken * std::max(0.0, sign * (carried.cost / carried.base - mark[a]));
        if (taken >= size * (1.0 - page::rest_of_nothing)) {
            carried = {};
            due[a] = 0.0;
            continue;
        }
        const double left = 1.0 - taken / size;
        carried.base *= left;
        carried.cost *= left;
        due[a] *= left;
        for (auto& [when, part] : carried.parts) part *= left;
    }
    if (any) ++outcome_.counts.carried_deleveraged;
    return any;
}

void World::deleverage(std::size_t venue, std::size_t step, std::vector<Order>& orders) {
    const bool has_orders = std::any_of(orders.begin(), orders.end(),
                                        [](const Order& order) { return order.fraction > 0.0; });
    if (adl_of(venue) == nullptr || !has_orders) return;
    const double share = book_share(venue, orders);
    if (share == 1.0) return;
    ++outcome_.counts.adl_rounds;
    if (share > 0.0) ++outcome_.counts.adl_split_rounds;
    for (std::size_t a = 0; a < n_assets_; ++a) {
        close_against_winners(venue, step, orders, a, true, share);
        close_against_winners(venue, step, orders, a, false, share);
    }
}

// Whole contracts: everybody the whole part of its share, then one each by the largest remainder, the first row first.
Vector World::share_contracts(std::size_t venue, double demand, double ordered, double contract,
                              const std::vector<std::size_t>& winner, const Vector& size, const Vector& cap) {
    const auto whole = [](double contracts) { return std::floor(contracts * (1.0 + page::contract_of_nothing)); };
    Vector most;
    for (const double quantity : cap) most.push_back(whole(quantity / contract));
    const double available = std::accumulate(most.begin(), most.end(), 0.0);
    const double wanted = std::min(
        {std::ceil(demand / contract * (1.0 - page::contract_of_nothing)), whole(ordered / contract), available});
    const Vector share = share_pro_rata(wanted, size, most);
    Vector count;
    Vector rest;
    for (std::size_t k = 0; k < share.size(); ++k) {
        count.push_back(whole(share[k]));
        rest.push_back(count[k] < most[k] ? share[k] - count[k] : -1.0);
    }
    double last = 1.0;
    while (std::accumulate(count.begin(), count.end(), 0.0) < wanted - 0.5) {
        const auto largest = std::max_element(rest.begin(), rest.end());
        if (largest == rest.end() || *largest == -1.0) break;
        last = *largest;
        count[static_cast<std::size_t>(largest - rest.begin())] += 1.0;
        *largest = -1.0;
    }
    // Remainders that are equal but for rounding, on both sides of the end.
    const auto& rows = venues_[venue].rows;
    for (std::size_t k = 0; k < rest.size(); ++k) {
        for (std::size_t j = 0; j < rest.size() && rest[k] > last - 1e-9 && rest[k] != -1.0; ++j) {
            if (count[j] > whole(share[j]) && !rows[winner[j]].holds_the_same_as(rows[winner[k]])) outcome_.tied = true;
        }
    }
    Vector taken;
    for (std::size_t k = 0; k < count.size(); ++k) {
        const double base = count[k] * contract;
        taken.push_back(base < cap[k] * (1.0 - page::contract_of_nothing) ? base : cap[k]);
    }
    return taken;
}

void World::close_against_winners(std::size_t venue, std::size_t step, std::vector<Order>& orders, std::size_t asset,
                                  bool longs, double share) {
    const double sign = longs ? 1.0 : -1.0; // of the orders' positions; the winners' is the opposite
    double demand = 0.0;
    double ordered = 0.0;
    double money = 0.0;
    for (const Order& order : orders) {
        ordered += std::max(0.0, sign * order.rest[asset]);
        const double base = (1.0 - share) * sign * order.rest[asset];
        if (base <= 0.0) continue;
        demand += base;
        money += base * order.bankruptcy_price[asset];
    }
    if (demand == 0.0) return;
    const double closed = take_from_winners(venue, step, orders, {asset, sign, demand, ordered, money / demand});
    double on_book = 1.0 - (1.0 - share) * (closed / demand);
    if (std::fabs(closed - demand) <= page::rest_of_nothing * demand) on_book = share;
    if (closed >= ordered * (1.0 - page::rest_of_nothing)) on_book = 0.0;
    for (Order& order : orders) {
        if (sign * order.close[asset] > 0.0) order.on_book[asset] = on_book;
    }
}

// Closes positions of winners outside `orders`; how much.
double World::take_from_winners(std::size_t venue, std::size_t step, const std::vector<Order>& orders,
                                const Taking& taking) {
    VenueState& s = venues_[venue];
    const auto [asset, sign, demand, ordered, price] = taking;
    const Vector mark = marks(venue);
    const double loss_per_base = sign * (price - mark[asset]); // what a winner loses against the mark

    const AutoDeleveraging::Params& rule = *adl_of(venue);

    std::vector<std::size_t> winner;
    Vector size;
    Vector cap;
    Vector score;
    for (std::size_t i = 0; i < s.rows.size(); ++i) {
        const RowState& row = s.rows[i];
        const double q = -sign * row.position[asset];
        const bool in_orders = std::any_of(orders.begin(), orders.end(),
                                           [&](const Order& order) { return order.row == i; });
        if (!(q > 0.0) || in_orders) continue;
        const double profit_per_base = -sign * (mark[asset] - row.entry[asset]);
        const Valuation now = value_at(venue, row, mark);
        if (!(profit_per_base > 0.0) || !(now.wealth > page::wealth_of_nothing * now.gross)) continue;
        winner.push_back(i);
        size.push_back(q);
        const double bearable = loss_per_base > 0.0 ? std::min(q, now.wealth / loss_per_base) : q;
        cap.push_back(std::min(bearable, rule.max_share * q));
        if (cap.back() < bearable) ++outcome_.counts.adl_capped;
        score.push_back(profit_per_base / row.entry[asset] * (now.gross / now.wealth));
    }
    Vector taken(winner.size(), 0.0);
    if (rule.ranking == Ranking::pro_rata) {
        taken = share_pro_rata(demand, size, cap);
    } else if (rule.ranking == Ranking::integer_pro_rata) {
        taken = share_contracts(venue, demand, ordered, rule.contract[asset], winner, size, cap);
    } else {
        if (rule.ranking == Ranking::largest_first) score = size;
        std::vector<std::size_t> order(winner.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return score[i] > score[j]; });
        double left = demand;
        double room = ordered; // beyond which there is nothing to close a winner against
        for (const std::size_t k : order) {
            if (!(left > 0.0)) break;
            taken[k] = std::min(rule.whole_positions ? room : left, cap[k]);
            left -= taken[k];
            room -= taken[k];
        }
        // Different winners with the same score but for rounding: no implementation promises who comes first. It
        // matters only where the demand ends between them.
        for (std::size_t i = 1; i < order.size(); ++i) {
            const std::size_t one = order[i - 1];
            const std::size_t other = order[i];
            const bool matters = taken[one] > 0.0 && taken[other] < cap[other];
            const bool close = score[one] - score[other] < 1e-9 * score[one];
            if (matters && close && !s.rows[winner[one]].holds_the_same_as(s.rows[winner[other]])) outcome_.tied = true;
        }
    }
    double closed = 0.0;
    for (std::size_t k = 0; k < winner.size(); ++k) {
        if (taken[k] == 0.0) continue;
        RowState& row = s.rows[winner[k]];
        row.close(asset, -sign * taken[k], price);
        row.position[asset] = taken[k] == size[k] ? 0.0 : row.position[asset] + sign * taken[k];
        row.cash -= sign * taken[k] * price;
        row.earned[asset] -= sign * taken[k] * price;
        s.deleveraged[asset] += taken[k] * mark[asset];
        s.deleveraged_base[asset] += taken[k];
        s.deleveraged_money[asset] += taken[k] * price;
        flow(taken[k] * price);
        closed += taken[k];
        row.bore_loss = true;
        row.selling = row.owes_without_position();
        const double given_up = taken[k] * loss_per_base;
        const double notional = taken[k] * mark[asset];
        s.metrics.adl_contracts += taken[k];
        s.metrics.adl_notional += notional;
        s.metrics.adl_pnl_given_up += given_up;
        s.step_adl_notional += notional;
        s.deleveraged_owners.insert(row.owner);
        outcome_.result.cohorts[row.cohort].adl_notional += notional;
        outcome_.result.cohorts[row.cohort].adl_pnl_given_up += given_up;
        if (std::isnan(s.metrics.first_adl_step)) s.metrics.first_adl_step = static_cast<double>(step);
    }
    if (closed < demand * (1.0 - 1e-9)) ++outcome_.counts.winners_ran_out;
    if (closed > demand * (1.0 + page::rest_of_nothing)) {
        ++outcome_.counts.adl_overshoots;
        s.metrics.adl_overshoot_contracts += closed - demand;
        s.metrics.adl_overshoot_notional += (closed - demand) * mark[asset];
        s.metrics.adl_overshoot_pnl += (closed - demand) * loss_per_base;
    }
    return closed;
}

} // namespace plunge::oracle
