// Steps one world: prices, margin calls, rounds of liquidation, losses, records. See sim/README.md for the order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/engine/lineage.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/path.hpp"
#include "sim/engine/score.hpp"
#include "sim/engine/step_series.hpp"
#include "sim/engine/venue_engine.hpp"
#include "sim/engine/world_result.hpp"
#include "sim/engine/world_trace.hpp"

namespace plunge {

/// Money or contracts did not add up: a defect of the program, never of the scenario.
class LedgerError : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

/// Where a world's history goes, beside its metrics. Any may be null.
struct WorldSinks {
    WorldTrace* trace = nullptr;
    StepSeries* series = nullptr;
    LiquidationLog* log = nullptr;
    ScoreRecord* score = nullptr;
    const RareEvent* event = nullptr; ///< what `score` is the score of
};

/// Runs worlds one after another, reusing its memory: one engine per thread.
class WorldEngine {
  public:
    /// \param market  must outlive the engine
    explicit WorldEngine(const Market& market, const EngineOptions& options = {});
    WorldEngine(const WorldEngine&) = delete; // its parts point at one another
    WorldEngine& operator=(const WorldEngine&) = delete;

    /// Runs one world from its start.
    /// \throws LedgerError with the world's number
    void run(std::uint64_t world, WorldResult& result, const WorldSinks& sinks = {}) {
        lineage_.restart(world);
        run(lineage_, result, sinks);
    }

    /// The same for a world that is a branch of others.
    void run(const Lineage& lineage, WorldResult& result, const WorldSinks& sinks = {});

    /// The same on a given path instead of the world's own, for tests and bench comparisons.
    void run_on_path(const Lineage& lineage, const IndexPath& path, WorldResult& result, const WorldSinks& sinks = {});

    // what is recorded of a world on its way
    std::size_t assets() const { return assets_; }
    const std::deque<VenueEngine>& venues() const { return venues_; }
    const LookAhead& ahead() const { return ahead_; }
    double traded_price(std::size_t asset) const;

  private:
    void simulate(const IndexPath& path, bool impact, WorldResult& result, const WorldSinks& sinks);
    void begin(const IndexPath& path, bool impact, const WorldSinks& sinks);
    void act(std::size_t t);
    void rounds(std::size_t t);
    Now now(std::size_t t, std::size_t round) const {
        return {t, round, *path_, index_price_.data(), sinks_.log, move_marks_function_};
    }
    void move_marks();
    void observe_prices();
    void freeze_collateral_at(std::uint32_t venue);
    void finish(WorldResult& result);
    void add_totals(std::size_t asset, AssetMetrics& metrics) const;

    // records (records.cpp)
    void record_start();
    void record_quiet(std::size_t t, std::size_t count);
    void record_step(std::size_t t);
    void record_trace(std::size_t t);

    // scores (scoring.cpp)
    void begin_score();
    void score_quiet(std::size_t t, std::size_t count);
    void score_step(std::size_t t);
    void observe_score(std::size_t t, double relative);

    const Market& market_;
    EngineOptions options_;
    std::size_t assets_;
    IndexPath own_path_;
    const IndexPath* path_ = nullptr;
    PopulationSource populations_;
    const Population* population_ = nullptr;
    std::deque<VenueEngine> venues_;
    std::vector<VenuePrices*> prices_; // of the venues
    LookAhead ahead_;
    Lineage lineage_{0};
    WorldResult without_impact_; // of the counterfactual
    WorldSinks sinks_;
    std::vector<Drawdown> drawdown_;  // [A] of traded prices
    std::vector<double> index_price_; // [A] in the step that is acted on
    std::vector<InstitutionState> institutions_;
    std::vector<std::uint8_t> has_frozen_; // [V] collateral held there is out of reach
    std::function<void()> move_marks_function_;
    double quantity_ = 0.0; // of the score
    double liquidated_ = 0.0;
    bool several_venues_ = false;
};

} // namespace plunge
