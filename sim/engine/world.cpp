#include "sim/engine/world.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include <fmt/core.h>

namespace plunge {

WorldEngine::WorldEngine(const Market& market) : market_{market}, assets_{market.assets()} {
    const std::size_t n = market.venues().size();
    several_venues_ = n > 1;
    venue_share_.assign(n, std::vector<double>(assets_, 0.0));
    for (std::size_t a = 0; a < assets_; ++a) {
        double total = 0.0;
        for (const VenueModel& venue : market.venues()) total += venue.depth_weight[a];
        for (std::size_t v = 0; v < n; ++v) venue_share_[v][a] = market.venues()[v].depth_weight[a] / total;
    }
    venues_.reserve(n);
    for (std::uint32_t v = 0; v < n; ++v) {
        venues_.emplace_back(market, v);
        index_marks_ = index_marks_ || std::holds_alternative<MarkIndex>(market.venues()[v].mark);
    }
}

void WorldEngine::run(std::uint64_t world, WorldResult& result, const WorldSinks& sinks) {
    own_path_.generate(market_, world);
    run_on_path(world, own_path_, result, sinks);
}

void WorldEngine::run_on_path(std::uint64_t world, const IndexPath& path, WorldResult& result,
                              const WorldSinks& sinks) {
    world_ = world;
    population_ = market_.population(world);
    result.counterfactual = {};
    if (market_.scenario().record.counterfactual) {
        WorldResult without_impact;
        simulate(path, false, without_impact, {});
        const VenueMetrics total = combine_venues(without_impact.venues);
        result.counterfactual = {total.liquidated_accounts, total.liquidated_notional, total.shortfall,
                                 total.uncovered};
    }
    simulate(path, true, result, sinks);
}

void WorldEngine::simulate(const IndexPath& path, bool impact, WorldResult& result, const WorldSinks& sinks) {
    begin(path, impact);
    log_ = sinks.log;
    record(0, sinks);
    for (std::size_t t = 1; t <= market_.steps(); ++t) {
        step(t);
        record(t, sinks);
    }
    finish(result);
}

void WorldEngine::begin(const IndexPath& path, bool impact) {
    path_ = &path;
    for (VenueState& venue : venues_) venue.begin_world(*population_, world_, impact);
    min_price_ = peak_price_ = market_.initial_price();
    max_drawdown_.assign(assets_, 0.0);
}

// The order of a step is a contract: sim/README.md.
void WorldEngine::step(std::size_t t) {
    const double* index_price = path_->price(t);
    for (VenueState& venue : venues_) venue.decay();
    if (several_venues_ && market_.arbitrage_keep() < 1.0) {
        std::vector<double> mean(assets_, 0.0);
        for (std::size_t v = 0; v < venues_.size(); ++v) {
            for (std::size_t a = 0; a < assets_; ++a) mean[a] += venue_share_[v][a] * venues_[v].transient()[a];
        }
        for (VenueState& venue : venues_) venue.pull_transient(mean, market_.arbitrage_keep());
    }
    for (VenueState& venue : venues_) {
        venue.set_prices(index_price);
        venue.observe_return();
    }
    set_marks(true);
    observe_prices();
    for (VenueState& venue : venues_) {
        venue.begin_step(t);
        venue.call_margins(t, *path_);
    }
    rounds(t);
    for (VenueState& venue : venues_) venue.end_step(t);
}

void WorldEngine::rounds(std::size_t t) {
    const auto move_marks = [this] {
        set_marks(false);
        observe_prices();
    };
    bool sold = true;
    for (std::size_t round = 1; sold; ++round) {
        sold = false;
        for (std::uint32_t v = 0; v < venues_.size(); ++v) {
            VenueState& venue = venues_[v];
            if (venue.halted() || round > venue.model().max_rounds) continue;
            sold = venue.round({t, round, v, path_->price(t), path_, log_, move_marks}) || sold;
        }
    }
}

void WorldEngine::set_marks(bool start_of_step) {
    for (VenueState& venue : venues_) venue.set_own_mark(start_of_step);
    if (!index_marks_) return;
    std::vector<double> index(assets_);
    for (std::size_t a = 0; a < assets_; ++a) index[a] = traded_price(a);
    for (VenueState& venue : venues_) {
        if (std::holds_alternative<MarkIndex>(venue.model().mark)) venue.mark() = index;
    }
}

double WorldEngine::traded_price(std::size_t asset) const {
    if (!several_venues_) return venues_[0].price()[asset];
    double sum = 0.0;
    for (std::size_t v = 0; v < venues_.size(); ++v) sum += venue_share_[v][asset] * venues_[v].price()[asset];
    return sum;
}

void WorldEngine::observe_prices() {
    for (std::size_t a = 0; a < assets_; ++a) {
        const double p = traded_price(a);
        if (p > peak_price_[a]) {
            peak_price_[a] = p;
        } else if (p < peak_price_[a] * (1.0 - max_drawdown_[a])) {
            max_drawdown_[a] = 1.0 - p / peak_price_[a];
        }
        min_price_[a] = std::min(min_price_[a], p);
    }
}

void WorldEngine::finish(WorldResult& result) {
    constexpr double tolerance = 1e-9;
    const std::size_t cohorts = market_.scenario().cohorts.size();
    result.venues.clear();
    result.cascades.clear();
    result.cohorts.assign(cohorts, {});
    result.ledger_error = 0.0;
    for (VenueState& venue : venues_) {
        venue.end_world();
        VenueMetrics metrics = venue.metrics();
        metrics.fund_final_balance = venue.fund_balance();
        if (metrics.liquidated_notional > 0.0) {
            metrics.branching_ratio = metrics.endogenous_notional / metrics.liquidated_notional;
        }
        result.venues.push_back(metrics);
        result.cascades.insert(result.cascades.end(), venue.cascades().begin(), venue.cascades().end());
        venue.add_cohort_metrics(result.cohorts);
        venue.add_cohort_losses(result.cohorts);
        const double error = venue.ledger_error();
        if (!(error <= tolerance)) {
            throw LedgerError(fmt::format("world {}: money is not conserved at venue \"{}\": relative error {:.3g} "
                                          "exceeds {:g}; please report this with the scenario and its seed",
                                          world_, venue.model().name, error, tolerance));
        }
        result.ledger_error = std::max(result.ledger_error, error);
    }
    const std::vector<double> exogenous = path_->max_drawdown();
    double traded_sum = 0.0;
    double exogenous_sum = 0.0;
    result.assets.resize(assets_);
    for (std::size_t a = 0; a < assets_; ++a) {
        result.assets[a] = {min_price_[a], max_drawdown_[a], exogenous[a]};
        traded_sum += max_drawdown_[a];
        exogenous_sum += exogenous[a];
    }
    result.amplification = exogenous_sum > 0.0 ? traded_sum / exogenous_sum : not_a_number;
}

} // namespace plunge
