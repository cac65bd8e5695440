// What a world is measured by beside what happens in it, as sim/README.md has it: contagion, depletion, open losses.
#include <algorithm>
#include <cmath>

#include "models/waterfall/adl.hpp"
#include "models/waterfall/default_fund.hpp"
#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"
#include "tests/differential/oracle_state.hpp"

namespace plunge::oracle {

// ---- contagion -----------------------------------------------------------------------------------------------------

void World::note_contagion(std::size_t venue, const Order& order) {
    VenueState& s = venues_[venue];
    const RowState& row = s.rows[order.row];
    const Vector mark = marks(venue);
    Vector lost;
    double all = 0.0;
    for (std::size_t i = 0; i < n_assets_; ++i) {
        const double then = (row.initial_position[i] + row.initial_collateral[i]) * scenario_.assets[i].price;
        const double now = (row.position[i] + row.collateral[i]) * mark[i] + row.earned[i];
        lost.push_back(then - now > page::lost_of_nothing * order.gross ? then - now : 0.0);
        all += lost.back();
    }
    for (std::size_t j = 0; j < n_assets_; ++j) {
        const double sold = std::fabs(order.close[j] - order.unfilled[j]) * mark[j];
        if (all == 0.0) s.contagion[j][j] += sold;
        for (std::size_t i = 0; i < n_assets_ && all > 0.0; ++i) s.contagion[i][j] += sold * lost[i] / all;
    }
}

// ---- depletion -----------------------------------------------------------------------------------------------------

void World::note_depletion(std::size_t venue) {
    VenueState& s = venues_[venue];
    const Vector mark = marks(venue);
    double equity = 0.0;
    double paid_in = 0.0;
    for (const RowState& row : s.rows) {
        equity += value_at(venue, row, mark).wealth;
        paid_in += row.deposits;
    }
    s.equity.push_back(equity);
    s.paid_in.push_back(paid_in);
}

void World::finish_metrics(std::size_t venue) {
    VenueState& s = venues_[venue];
    VenueMetrics& metrics = s.metrics;
    for (std::size_t i = 0; i < n_assets_; ++i) {
        for (std::size_t j = 0; j < n_assets_; ++j) metrics.contagion_notional += i == j ? 0.0 : s.contagion[i][j];
    }
    if (metrics.liquidated_notional > 0.0) {
        metrics.branching_ratio = metrics.endogenous_notional / metrics.liquidated_notional;
        metrics.contagion_share = metrics.contagion_notional / metrics.liquidated_notional;
    }
    metrics.liquidation_to_exhaustion_seconds = (metrics.fund_exhausted_step - metrics.first_liquidation_step) * dt_;
    if (metrics.called_liquidations > 0) {
        metrics.call_to_liquidation_seconds = s.waited_after_call * dt_ /
                                              static_cast<double>(metrics.called_liquidations);
    }
    const std::size_t steps = scenario_.run.steps();
    const auto hour = std::max<std::size_t>(1,
                                            static_cast<std::size_t>(std::floor(3'600.0 / dt_ + page::part_of_a_step)));
    for (std::size_t t = 0; t <= steps; ++t) {
        for (std::size_t k = 1; k <= hour && k <= t; ++k) {
            const double fall = (s.equity[t - k] - s.paid_in[t - k]) - (s.equity[t] - s.paid_in[t]);
            if (k == 1) metrics.worst_step_equity_loss = std::max(metrics.worst_step_equity_loss, fall);
            metrics.worst_hour_equity_loss = std::max(metrics.worst_hour_equity_loss, fall);
        }
    }
    const auto& waterfall = scenario_.venues[venue].waterfall;
    const bool has_pots = std::any_of(waterfall.begin(), waterfall.end(), [](const WaterfallChoice& layer) {
        return !layer.holds<AutoDeleveraging::Params>() && !layer.holds<SocializedLoss::Params>();
    });
    for (std::size_t t = 0; t <= steps && s.open_interest[0] > 0.0; ++t) {
        if (s.open_interest[t] < page::open_share_that_counts * s.open_interest[0]) continue;
        double leverage = s.open_interest[t] / s.equity[t];
        if (s.open_interest[t] > page::most_leverage * s.equity[t]) leverage = page::most_leverage;
        metrics.max_leverage = std::max(metrics.max_leverage, leverage);
        if (t == 0) metrics.leverage_at_start = leverage;
        if (!has_pots) continue;
        const double cover = s.layers[t] / s.open_interest[t];
        if (t == 0) metrics.layer_cover_at_start = metrics.min_layer_cover = cover;
        metrics.min_layer_cover = std::min(metrics.min_layer_cover, cover);
    }
    count_open_losses(venue);
    metrics.loss_beyond_bankruptcy = metrics.fund_used + metrics.venue_capital_used + metrics.default_fund_used +
                                     metrics.assessments + metrics.adl_loss + metrics.socialized_loss +
                                     metrics.uncovered + metrics.open_insolvent_loss + metrics.inventory_left_loss;
}

// ---- the end of a world --------------------------------------------------------------------------------------------

void World::count_open_losses(std::size_t venue) {
    VenueState& s = venues_[venue];
    VenueMetrics& metrics = s.metrics;
    const Vector price = traded_prices(venue);
    std::set<std::size_t> owners;
    LossInPassing loss;
    loss.of_asset.assign(n_assets_, 0.0);
    loss.of_cohort.assign(scenario_.cohorts.size(), 0.0);
    double notional = 0.0;
    for (const RowState& row : s.rows) {
        const Valuation now = value_at(venue, row, price);
        double held = now.gross;
        for (std::size_t a = 0; a < n_assets_; ++a) held += row.collateral[a] * price[a];
        const double nothing = page::debt_of_nothing * (held + std::fabs(row.initial_wealth) + row.deposits);
        if (!(now.wealth < -nothing)) continue;
        owners.insert(row.owner);
        metrics.open_insolvent_loss -= now.wealth;
        notional += held;
        loss.of_cohort[row.cohort] -= now.wealth;
        const Vector parts = split_over_assets(venue, row, row.realised, row.position, row.collateral, -now.wealth);
        for (std::size_t a = 0; a < n_assets_; ++a) loss.of_asset[a] += parts[a];
    }
    metrics.open_insolvent_accounts = owners.size();
    for (std::size_t a = 0; a < n_assets_; ++a) {
        const double lost = std::max(0.0, s.carried[a].cost - s.carried[a].base * price[a]);
        metrics.inventory_left_loss += lost;
        loss.of_asset[a] += lost;
        notional += std::fabs(s.carried[a].base) * price[a];
    }
    loss.left = metrics.open_insolvent_loss + metrics.inventory_left_loss;
    const double dust = 2.0 * page::allowance * notional;
    const auto& layers = scenario_.venues[venue].waterfall;
    for (std::size_t i = 0; i < layers.size() && loss.left > 0.0; ++i) {
        if (layers[i].holds<AutoDeleveraging::Params>() || layers[i].holds<SocializedLoss::Params>()) break;
        const auto* fund = layers[i].get_if<InsuranceFund::Params>();
        if (fund != nullptr && fund->segregated) {
            double paid = 0.0;
            Vector of_asset = loss.of_asset;
            for (std::size_t a = 0; a < n_assets_; ++a) {
                const double part = std::min(of_asset[a], s.pot[i][a]);
                of_asset[a] -= part;
                paid += part;
            }
            loss.reduce(paid);
            loss.of_asset = of_asset;
            continue;
        }
        double here = 0.0;
        for (const double pot : s.pot[i]) here += pot;
        if (const auto* members = layers[i].get_if<DefaultFund::Params>()) {
            for (std::size_t k = 0; k < institutions_.size(); ++k) {
                const double limit = members->assessment * s.initial_pot[i][k] - s.assessed[i][k];
                here += std::min(std::max(0.0, limit), institutions_[k].capital);
            }
        }
        loss.reduce(std::min(here, loss.left));
    }
    metrics.open_loss_unpaid = loss.left > dust ? loss.left : 0.0;
}

void World::finish_assets() {
    WorldResult& result = outcome_.result;
    result.contagion.assign(n_assets_ * n_assets_, 0.0);
    for (std::size_t a = 0; a < n_assets_; ++a) {
        AssetMetrics& metrics = result.assets[a];
        metrics.final_price = weighted_price(a);
        double base = 0.0;
        double money = 0.0;
        for (const VenueState& s : venues_) {
            metrics.liquidated_long_notional += s.liquidated_long[a];
            metrics.liquidated_short_notional += s.liquidated_short[a];
            metrics.adl_notional += s.deleveraged[a];
            base += s.deleveraged_base[a];
            money += s.deleveraged_money[a];
            for (std::size_t j = 0; j < n_assets_; ++j) result.contagion[a * n_assets_ + j] += s.contagion[a][j];
        }
        if (base > 0.0) metrics.adl_price = money / base;
    }
}

} // namespace plunge::oracle
