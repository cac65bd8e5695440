#include "sim/engine/parts/venue_parts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/common/tolerances.hpp"
#include "sim/engine/result_columns.hpp"

namespace plunge {
namespace {

constexpr std::uint64_t never_an_owner = std::numeric_limits<std::uint64_t>::max();

BreachSearch breach_search(const VenueModel& model, std::uint32_t venue, Search kind) {
    return {venue, model.haircut.size(), model.impact.permanent, model.transient_keep, kind};
}

} // namespace

VenueParts::VenueParts(const Market& of_market, std::uint32_t number, Search search)
    : market{of_market}, model{of_market.venues()[number]}, venue{number}, assets{of_market.assets()},
      accounts{model.haircut}, margins{model.rule, model.warning, breach_search(model, number, search)},
      books{model.shape, model.impact}, losses{model.layers, assets, of_market.scenario().cohorts.size(),
                                               model.adl_window_steps},
      record{number,
             assets,
             of_market.scenario().cohorts.size(),
             of_market.cascade_gap_steps(),
             of_market.scenario().record.cascades,
             of_market.scenario().record.contagion && assets > 1},
      depletion{number, assets, of_market.steps()} {
    accounts.watch(margins.maintenance.trigger());
    if (margins.warns()) accounts.watch(margins.warning.trigger());
}

void VenueParts::begin_world(const Population& population, const Lineage& world_lineage, bool impact,
                             std::vector<InstitutionState>& institutions) {
    lineage = &world_lineage;
    if (population_ == &population && population_world_ == population.world) {
        accounts.restore();
        margins.maintenance.trigger().begin_world();
        margins.warning.trigger().begin_world();
    } else {
        population_ = &population;
        population_world_ = population.world;
        accounts.bind(population.venues[venue]);
        losses.bind(population.layers[venue]);
        accounts.keep_realised(losses.waterfall().asks_for_assets());
        margins.maintenance.trigger().bind(model.rule, 1.0, population.margin_radii[venue], market.initial_price(),
                                           market.typical_move(), market.steps());
        if (margins.warns()) {
            margins.warning.trigger().bind(model.rule, model.warning, population.warning_radii[venue],
                                           market.initial_price(), market.typical_move(), market.steps());
        }
    }
    margins.set_factor(1.0);
    books.begin_world(market.initial_price(), impact);
    ledger.begin_world(assets);
    losses.begin_world(institutions);
    inventory.begin_world(assets, std::max<std::size_t>(1, model.twap_steps));
    record.begin_world();
    record.metrics.fund_min_balance = fund_balance();
    session.begin_world();
    depletion.begin_world(accounts, books.mark(), losses.waterfall().balance(), losses.waterfall().has_pots());
    signals.clear();
}

void VenueParts::end_turn(const Now& now) {
    now.move_marks();
    losses.absorb(accounts, books.mark(), ledger, record, now.step);
}

double VenueParts::open_interest() const {
    double sum = 0.0;
    for (std::size_t a = 0; a < assets; ++a) sum += LinearContract::value(accounts.open_base(a), books.mark()[a]);
    return sum;
}

double VenueParts::inventory_notional() const {
    double sum = 0.0;
    for (std::size_t a = 0; a < assets && !inventory.empty(); ++a) {
        sum += LinearContract::notional(inventory.base(a), books.mark()[a]);
    }
    return sum;
}

void VenueParts::end_world(std::size_t steps, const IndexPath& path) {
    VenueMetrics& metrics = record.metrics;
    count_open_losses(steps, path);
    metrics.loss_beyond_bankruptcy = metrics.fund_used + metrics.venue_capital_used + metrics.default_fund_used +
                                     metrics.assessments + metrics.adl_loss + metrics.socialized_loss +
                                     metrics.uncovered + metrics.open_insolvent_loss + metrics.inventory_left_loss;
    if (metrics.liquidated_notional > 0.0) {
        metrics.branching_ratio = metrics.endogenous_notional / metrics.liquidated_notional;
        metrics.contagion_share = metrics.contagion_notional / metrics.liquidated_notional;
    }
    const double step_seconds = market.step_seconds();
    metrics.liquidation_to_exhaustion_seconds = (metrics.fund_exhausted_step - metrics.first_liquidation_step) *
                                                step_seconds;
    if (metrics.called_liquidations > 0) {
        metrics.call_to_liquidation_seconds = record.seconds_from_call /
                                              static_cast<double>(metrics.called_liquidations);
    }
    constexpr double hour = 3'600.0;
    const auto steps_of_hour = static_cast<std::size_t>(hour / step_seconds + tolerance::step);
    depletion.end_world(steps, std::max<std::size_t>(1, steps_of_hour), metrics);
}

// Whoever has less than nothing at these prices is short of margin at them, or owes money without a position.
void VenueParts::count_open_losses(std::size_t steps, const IndexPath& path) {
    VenueMetrics& metrics = record.metrics;
    const std::vector<double>& price = books.price();
    margins.maintenance.find_at(price, steps, path, books, accounts, open_);
    open_.insert(open_.end(), accounts.debts().begin(), accounts.debts().end());
    if (open_.empty() && metrics.inventory_left_loss == 0.0) return;
    std::sort(open_.begin(), open_.end());
    open_.erase(std::unique(open_.begin(), open_.end()), open_.end());
    const Waterfall& waterfall = losses.waterfall();
    Loss loss;
    if (waterfall.asks_for_assets()) loss.by_asset.assign(assets, 0.0);
    if (waterfall.asks_for_cohorts()) loss.by_cohort.assign(market.scenario().cohorts.size() + 1, 0.0);
    double notional = 0.0;
    std::uint64_t last_owner = never_an_owner;
    for (const std::uint32_t row : open_) {
        const Accounts::Worth worth = accounts.worth(row, price);
        const double nothing = tolerance::open_debt *
                               (worth.exposed + std::fabs(accounts.initial_wealth(row)) + accounts.paid_in(row));
        if (!(worth.wealth < -nothing)) continue;
        if (accounts.owner(row) != last_owner) ++metrics.open_insolvent_accounts; // their rows stand together
        last_owner = accounts.owner(row);
        metrics.open_insolvent_loss -= worth.wealth;
        notional += worth.exposed;
        loss.amount -= worth.wealth;
        if (waterfall.asks_for_assets()) {
            const AccountRows& rows = accounts.rows();
            std::vector<double> collateral(assets);
            for (std::size_t a = 0; a < assets; ++a) collateral[a] = accounts.collateral(row, a);
            losses.split_by_asset(accounts, row, books.mark(), {rows.positions_of(row), collateral.data()},
                                  -worth.wealth, loss.by_asset);
        }
        if (waterfall.asks_for_cohorts()) loss.by_cohort[accounts.cohort(row)] -= worth.wealth;
    }
    for (std::size_t a = 0; a < assets && metrics.inventory_left_loss > 0.0; ++a) {
        const double lost = std::max(0.0, -inventory.profit_at(a, price[a]));
        notional += LinearContract::notional(inventory.base(a), price[a]);
        loss.amount += lost;
        if (waterfall.asks_for_assets()) loss.by_asset[a] += lost;
        if (waterfall.asks_for_cohorts()) loss.by_cohort.back() += lost;
    }
    loss.dust = 2.0 * tolerance::allowance * notional;
    metrics.open_loss_unpaid = losses.unpaid_by_pots(std::move(loss));
}

void VenueParts::add_to_cohorts(std::vector<CohortMetrics>& cohorts) const {
    for (std::size_t c = 0; c < cohorts.size(); ++c) {
        for_each_column(cohort_metrics(),
                        [&](const auto& metric) { cohorts[c].*metric.member += record.cohorts[c].*metric.member; });
    }
    for (const std::uint32_t row : accounts.touched()) {
        if (!accounts.has(row, row_liquidated | row_deleveraged | row_frozen)) continue;
        cohorts[accounts.cohort(row)].loss += loss_of(row);
    }
}

double VenueParts::lost_with_venue(std::size_t cohort) const {
    double all = 0.0;
    double own = 0.0;
    for (std::uint32_t row = 0; row < accounts.size(); ++row) {
        const double claim = std::max(0.0, accounts.wealth(row, books.price()));
        all += claim;
        if (accounts.cohort(row) == cohort) own += claim;
    }
    return own > 0.0 ? std::min(1.0, record.metrics.uncovered / all) * own : 0.0;
}

double VenueParts::ledger_error() const {
    const Accounts::Moved cash = accounts.cash_moved();
    const double moved = cash.moved + losses.waterfall().initial_balance();
    double error = std::max({ledger.money_error(Party::accounts, cash.held, moved),
                             ledger.money_error(Party::layers, losses.waterfall().change(), moved),
                             ledger.money_error(Party::carried, -inventory.cost(), moved),
                             ledger.money_error(Party::clearing, 0.0, moved)});
    for (std::size_t a = 0; a < assets; ++a) {
        const Accounts::Moved base = accounts.base_moved(a);
        error = std::max({error, ledger.base_error(a, Party::accounts, base.held, base.moved),
                          ledger.base_error(a, Party::carried, inventory.base(a), base.moved),
                          ledger.base_error(a, Party::clearing, 0.0, base.moved)});
    }
    return error;
}

bool VenueParts::is_balanced() const {
    const auto holds = [](double error) { return error <= tolerance::balance; };
    const double money = accounts.cash_touched() + losses.waterfall().initial_balance();
    bool balanced = holds(ledger.money_error(Party::clearing, 0.0, money)) &&
                    holds(ledger.money_error(Party::accounts, accounts.cash_gained(), money)) &&
                    holds(ledger.money_error(Party::layers, losses.waterfall().change(), money)) &&
                    holds(ledger.money_error(Party::carried, -inventory.cost(), money));
    for (std::size_t a = 0; a < assets; ++a) {
        const double open = accounts.open_base(a);
        balanced = balanced && holds(ledger.base_error(a, Party::clearing, 0.0, open)) &&
                   holds(ledger.base_error(a, Party::accounts, accounts.base_gained(a), open)) &&
                   holds(ledger.base_error(a, Party::carried, inventory.base(a), open));
    }
    return balanced;
}

} // namespace plunge
