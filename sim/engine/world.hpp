// Steps one world: prices, margin calls, rounds of liquidation, losses, records. See sim/README.md for the order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/engine/market.hpp"
#include "sim/engine/path.hpp"
#include "sim/engine/venue_state.hpp"
#include "sim/engine/world_result.hpp"

namespace plunge {

/// Money or contracts did not add up: a defect of the program, never of the scenario.
class LedgerError : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

/// Quantities across venues at every step, for quantile bands. Reused from world to world.
struct StepSeries {
    std::vector<double> price;               ///< [T+1 x A] traded, depth-weighted over venues
    std::vector<double> liquidated_notional; ///< [T+1] in the step
    std::vector<double> fund_balance;        ///< [T+1]
    std::vector<double> open_interest;       ///< [T+1]
    std::vector<double> depth_multiplier;    ///< [T+1] mean over venues and assets
};

/// Where a world's history goes, beside its metrics. Any may be null.
struct WorldSinks {
    WorldTrace* trace = nullptr;
    StepSeries* series = nullptr;
    LiquidationLog* log = nullptr;
};

/// Runs worlds one after another, reusing its memory: one engine per thread.
class WorldEngine {
  public:
    /// \param market  must outlive the engine
    explicit WorldEngine(const Market& market);

    /// Runs one world from its start.
    /// \throws LedgerError with the world's number
    void run(std::uint64_t world, WorldResult& result, const WorldSinks& sinks = {});

    /// The same on a given path instead of the world's own, for tests and bench comparisons.
    void run_on_path(std::uint64_t world, const IndexPath& path, WorldResult& result, const WorldSinks& sinks = {});

  private:
    void simulate(const IndexPath& path, bool impact, WorldResult& result, const WorldSinks& sinks);
    void begin(const IndexPath& path, bool impact);
    void step(std::size_t t);
    void rounds(std::size_t t);
    void set_marks(bool start_of_step);
    void observe_prices();
    void record(std::size_t t, const WorldSinks& sinks) const;
    void record_trace(std::size_t t, WorldTrace& trace) const;
    void finish(WorldResult& result);
    double traded_price(std::size_t asset) const;

    const Market& market_;
    std::size_t assets_;
    IndexPath own_path_;
    const IndexPath* path_ = nullptr;
    std::shared_ptr<const Population> population_;
    std::vector<VenueState> venues_;
    std::uint64_t world_ = 0;
    LiquidationLog* log_ = nullptr;
    std::vector<std::vector<double>> venue_share_; // [V][A] depth weights, normalised over venues
    std::vector<double> min_price_;
    std::vector<double> peak_price_;
    std::vector<double> max_drawdown_;
    bool index_marks_ = false;
    bool several_venues_ = false;
};

} // namespace plunge
