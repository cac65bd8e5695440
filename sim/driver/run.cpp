#include "sim/driver/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "sim/driver/account_tallies.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/driver/series_bands.hpp"
#include "sim/engine/world.hpp"

namespace plunge {
namespace {

// Worlds whose series a thread gathers before it counts them: a step's histogram, once fetched, is counted up for all
// of them, and the series stay within a megabyte.
std::uint64_t uncounted_worlds(const StepSeries& series) {
    constexpr std::uint64_t most = 256;
    constexpr std::uint64_t bytes = 1'000'000;
    std::uint64_t bytes_per_world = 0;
    for (const SeriesTrack& track : series) bytes_per_world += track.codes().size() * sizeof(std::uint16_t);
    return std::clamp<std::uint64_t>(bytes / bytes_per_world, 1, most);
}

// What one thread works with.
class Worker {
  public:
    Worker(const Market& market, const EngineOptions& options, const StepSeries& series, std::uint64_t worlds,
           SeriesBands& bands)
        : engine_{market, options}, bands_{bands},
          series_(std::min<std::uint64_t>(worlds, uncounted_worlds(series)), series), accounts_{market} {}

    void run_block(std::uint64_t first, std::uint64_t last, RunResult& result) {
        auto trace = std::lower_bound(result.traces.begin(), result.traces.end(), first,
                                      [](const auto& traced, std::uint64_t world) { return traced.first < world; });
        for (std::uint64_t world = first; world < last; ++world) {
            WorldSinks sinks{nullptr, &series_[uncounted_++], nullptr};
            if (trace != result.traces.end() && trace->first == world) sinks.trace = &(trace++)->second;
            engine_.run(world, result.worlds[world], sinks);
            accounts_.observe(engine_);
            result.worlds[world].cascades.shrink_to_fit();
            if (uncounted_ == series_.size()) count();
        }
    }

    /// To be called at the end too.
    void count() {
        bands_.count(std::span(series_).first(uncounted_));
        uncounted_ = 0;
    }

    const AccountTallies& accounts() const { return accounts_; }

  private:
    WorldEngine engine_;
    SeriesBands& bands_; // of all threads
    std::vector<StepSeries> series_;
    std::size_t uncounted_ = 0; // worlds in series_
    AccountTallies accounts_;
};

} // namespace

RunResult run_worlds(const Market& market, const RunOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t worlds = market.scenario().run.worlds;
    RunResult result;
    result.worlds_requested = worlds;
    result.worlds.resize(worlds);
    result.initial_open_interest = market.initial_open_interest();
    for (const std::uint64_t world : market.scenario().record.traces) {
        if (world < worlds) result.traces.emplace_back(world, WorldTrace{});
    }
    std::sort(result.traces.begin(), result.traces.end(),
              [](const auto& left, const auto& right) { return left.first < right.first; });
    const StepSeries series = step_series(
        market, std::accumulate(result.initial_open_interest.begin(), result.initial_open_interest.end(), 0.0));
    SeriesBands bands(series, market.steps() + 1);
    std::vector<std::optional<Worker>> workers(thread_count(options.threads));
    std::vector<std::uint64_t> ends = options.checkpoints;
    std::erase_if(ends, [&](std::uint64_t end) { return end >= worlds; });
    ends.push_back(worlds);
    std::uint64_t done = 0;
    for (const std::uint64_t end : ends) {
        const std::uint64_t start_of_stage = done;
        const auto progress = [&](std::uint64_t items) { options.progress(start_of_stage + items); };
        done += run_in_blocks(end - start_of_stage,
                              {options.threads, options.stop, options.progress ? progress : BlockProgress()},
                              [&](unsigned thread) -> BlockWorker {
                                  if (!workers[thread]) {
                                      workers[thread].emplace(market, options.engine, series, worlds, bands);
                                  }
                                  return [&, &worker = *workers[thread]](std::uint64_t first, std::uint64_t last) {
                                      worker.run_block(start_of_stage + first, start_of_stage + last, result);
                                  };
                              });
        if (done < end) break; // stopped
        if (end < worlds && options.enough(std::span(result.worlds).first(end))) {
            result.worlds_requested = end;
            break;
        }
    }
    result.interrupted = done < result.worlds_requested;
    result.worlds.resize(done);
    std::erase_if(result.traces, [&](const auto& trace) { return trace.first >= done; });
    AccountTallies accounts(market);
    for (std::optional<Worker>& worker : workers) {
        if (!worker) continue;
        worker->count();
        accounts.add(worker->accounts());
        worker.reset();
    }
    result.accounts = accounts.read();
    result.bands = bands.read(market.scenario().record.quantiles);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace plunge
