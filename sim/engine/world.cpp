#include "sim/engine/world.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "models/common/tolerances.hpp"
#include "sim/engine/acts/freezing.hpp"
#include "sim/engine/contagion.hpp"

namespace plunge {
namespace {

void add_to(std::vector<double>& sum, const std::vector<double>& more) {
    sum.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i) sum[i] += more[i];
}

} // namespace

WorldEngine::WorldEngine(const Market& market, const EngineOptions& options)
    : market_{market}, options_{options}, assets_{market.assets()}, populations_{market}, ahead_{market},
      index_price_(market.assets()), move_marks_function_{[this] { move_marks(); }} {
    const std::size_t n = market.venues().size();
    several_venues_ = n > 1;
    for (std::uint32_t v = 0; v < n; ++v) venues_.emplace_back(market, v, options.search);
    for (VenueEngine& venue : venues_) prices_.push_back(&venue.parts().books.prices());
}

void WorldEngine::run(const Lineage& lineage, WorldResult& result, const WorldSinks& sinks) {
    own_path_.generate(market_, lineage);
    run_on_path(lineage, own_path_, result, sinks);
}

void WorldEngine::run_on_path(const Lineage& lineage, const IndexPath& path, WorldResult& result,
                              const WorldSinks& sinks) {
    lineage_ = lineage;
    population_ = &populations_.of(lineage.root());
    result.counterfactual = {};
    result.counterfactual_contagion.clear();
    if (market_.scenario().record.counterfactual) {
        simulate(path, false, without_impact_, {});
        const VenueMetrics total = combine_venues(without_impact_.venues);
        result.counterfactual = {total.liquidated_accounts, total.liquidated_notional,    total.shortfall,
                                 total.uncovered,           total.loss_beyond_bankruptcy, total.contagion_notional};
        result.counterfactual_contagion = without_impact_.contagion;
    }
    simulate(path, true, result, sinks);
}

void WorldEngine::simulate(const IndexPath& path, bool impact, WorldResult& result, const WorldSinks& sinks) {
    // Looks grow while nothing happens and shrink where much does.
    const std::size_t longest_look = sinks.trace != nullptr
                                         ? 1
                                         : std::clamp<std::size_t>(options_.longest_look, 1, LookAhead::longest);
    const std::size_t shortest_look = std::min<std::size_t>(8, longest_look);
    for (Cascade& used : result.cascades) {
        venues_[std::min<std::size_t>(used.venue, venues_.size() - 1)].parts().record.cascades.take_back(used);
    }
    result.cascades.clear();
    begin(path, impact, sinks);
    begin_score();
    record_start();
    std::size_t look = shortest_look;
    for (std::size_t t = 1; t <= market_.steps();) {
        std::size_t steps = std::min(look, market_.steps() - t + 1);
        for (const VenueEngine& venue : venues_) steps = std::min(steps, venue.steps_until_change(t));
        ahead_.look(t, steps, path, prices_);
        std::size_t quiet = steps;
        for (VenueEngine& venue : venues_) quiet = venue.first_event({t, quiet, ahead_, path});
        for (VenueEngine& venue : venues_) venue.pass(quiet);
        const bool event = quiet < steps;
        for (std::size_t a = 0; a < assets_; ++a) {
            drawdown_[a].observe(ahead_.traded(a), event ? quiet + 1 : quiet, ahead_.traded_range(a));
        }
        record_quiet(t, quiet);
        for (VenueEngine& venue : venues_) venue.parts().watch_quiet(t, quiet, ahead_);
        score_quiet(t, quiet);
        ahead_.arrive(event ? quiet : quiet - 1, prices_);
        t += quiet;
        if (event) {
            act(t);
            record_step(t);
            for (VenueEngine& venue : venues_) venue.parts().watch(t);
            score_step(t);
            ++t;
        }
        if (sinks.trace != nullptr) record_trace(t - 1);
        for (VenueEngine& venue : venues_) venue.act(Phase::review, now(t - 1, 0));
        look = std::clamp(event ? look / 2 : 2 * look, shortest_look, longest_look);
    }
    finish(result);
}

void WorldEngine::begin(const IndexPath& path, bool impact, const WorldSinks& sinks) {
    path_ = &path;
    sinks_ = sinks;
    institutions_ = population_->institutions;
    has_frozen_.assign(venues_.size(), 0);
    for (VenueEngine& venue : venues_) venue.begin_world(*population_, lineage_, impact, institutions_);
    drawdown_.clear();
    for (const double price : market_.initial_price()) drawdown_.emplace_back(price);
}

// Phases 5 to 7 of a step whose prices are the present. The order of a step is a contract: sim/README.md.
void WorldEngine::act(std::size_t t) {
    for (std::size_t a = 0; a < assets_; ++a) index_price_[a] = path_->price(a, t);
    for (VenueEngine& venue : venues_) {
        venue.begin_step();
        venue.act(Phase::calls, now(t, 0));
    }
    rounds(t);
    for (VenueEngine& venue : venues_) {
        venue.act(Phase::close, now(t, 0));
        venue.end_step(t);
    }
}

// Every venue by itself, then all in turns until nobody sells any more.
void WorldEngine::rounds(std::size_t t) {
    const auto turns = [&](Phase phase, std::size_t round) {
        bool traded = false;
        for (std::uint32_t v = 0; v < venues_.size(); ++v) {
            VenueEngine& venue = venues_[v];
            if (venue.parts().session.halted() || round > venue.parts().model.max_rounds) continue;
            traded = venue.act(phase, now(t, round)) || traded;
            if (venue.parts().record.metrics.insolvent != 0 && has_frozen_[v] == 0) freeze_collateral_at(v);
        }
        return traded;
    };
    turns(Phase::alone, 0);
    for (std::size_t round = 1; turns(Phase::rounds, round); ++round) {}
}

// A venue that cannot pay gives nothing back of what it holds for accounts elsewhere.
void WorldEngine::freeze_collateral_at(std::uint32_t venue) {
    has_frozen_[venue] = 1;
    for (VenueEngine& other : venues_) freeze_collateral(other.parts(), venue);
}

// After a trade: marks that are prices follow, except for what an oracle reports late or not at all.
void WorldEngine::move_marks() {
    observe_prices();
    const std::vector<std::size_t>& delay = market_.oracle_delay_steps();
    for (VenueEngine& venue : venues_) {
        const VenueModel& model = venue.parts().model;
        if (!model.mark_is_price) continue;
        VenuePrices& prices = venue.parts().books.prices();
        for (std::size_t a = 0; a < assets_; ++a) {
            const double factor = prices.mark_factor.empty() ? 1.0 : prices.mark_factor[a];
            if (delay[a] > 0 || factor == 0.0) continue;
            prices.mark[a] = factor * (model.mark_of_all_venues ? traded_price(a) : prices.price[a]);
        }
    }
}

double WorldEngine::traded_price(std::size_t asset) const {
    if (!several_venues_) return prices_[0]->price[asset];
    double sum = 0.0;
    for (std::size_t v = 0; v < venues_.size(); ++v) sum += ahead_.share(v, asset) * prices_[v]->price[asset];
    return sum;
}

void WorldEngine::observe_prices() {
    for (std::size_t a = 0; a < assets_; ++a) drawdown_[a].observe(traded_price(a));
}

// What was closed of an asset at all venues.
void WorldEngine::add_totals(std::size_t asset, AssetMetrics& metrics) const {
    double base = 0.0;
    double money = 0.0;
    for (const VenueEngine& venue : venues_) {
        const AssetTotals& totals = venue.parts().record.assets[asset];
        metrics.liquidated_long_notional += totals.liquidated_long;
        metrics.liquidated_short_notional += totals.liquidated_short;
        metrics.adl_notional += totals.adl_notional;
        base += totals.adl_base;
        money += totals.adl_money;
    }
    if (base > 0.0) metrics.adl_price = money / base;
}

void WorldEngine::finish(WorldResult& result) {
    const std::size_t cohorts = market_.scenario().cohorts.size();
    result.venues.clear();
    result.cohorts.assign(cohorts, {});
    result.contagion.clear();
    result.ledger_error = 0.0;
    for (VenueEngine& venue : venues_) {
        venue.end_world(market_.steps(), *path_);
        VenueParts& parts = venue.parts();
        result.venues.push_back(parts.record.metrics);
        if (!parts.record.liquidated.empty()) add_to(result.contagion, parts.record.contagion);
        parts.record.cascades.hand_over(result.cascades);
        parts.add_to_cohorts(result.cohorts);
        const double error = parts.ledger_error();
        if (!(error <= tolerance::balance)) {
            throw LedgerError(fmt::format("world {}: money is not conserved at venue \"{}\": relative error {:.3g} "
                                          "exceeds {:g}; please report this with the scenario and its seed",
                                          lineage_.root(), parts.model.name, error, tolerance::balance));
        }
        result.ledger_error = std::max(result.ledger_error, error);
    }
    result.network = clear_obligations(market_, venues_, institutions_);
    double traded_sum = 0.0;
    double exogenous_sum = 0.0;
    result.assets.resize(assets_);
    const bool on_index = !several_venues_ && !prices_[0]->displaced; // then the price has been the index's throughout
    for (std::size_t a = 0; a < assets_; ++a) {
        const double traded = drawdown_[a].drawdown();
        AssetMetrics& metrics = result.assets[a];
        metrics = {};
        metrics.min_price = drawdown_[a].lowest();
        metrics.max_drawdown = traded;
        metrics.exogenous_max_drawdown = on_index ? traded : path_->max_drawdown(a);
        metrics.final_price = traded_price(a);
        add_totals(a, metrics);
        traded_sum += result.assets[a].max_drawdown;
        exogenous_sum += result.assets[a].exogenous_max_drawdown;
    }
    result.amplification = exogenous_sum > 0.0 ? traded_sum / exogenous_sum : not_a_number;
}

} // namespace plunge
