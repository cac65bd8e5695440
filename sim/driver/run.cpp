#include "sim/driver/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "sim/driver/happens_before.hpp"
#include "sim/driver/series_bands.hpp"
#include "sim/engine/world.hpp"

namespace plunge {
namespace {

// Worlds that a thread takes at a time: few, so that all threads end together and a stop is soon heard. Results do not
// depend on it.
std::uint64_t block_size(std::uint64_t worlds, unsigned threads) {
    constexpr std::uint64_t most = 16;
    constexpr std::uint64_t blocks_per_thread = 8;
    return std::clamp<std::uint64_t>(worlds / (threads * blocks_per_thread), 1, most);
}

// Worlds whose series a thread gathers before it counts them: a step's histogram, once fetched, is counted up for all
// of them, and the series stay within a few megabytes.
std::uint64_t uncounted_worlds(const Market& market) {
    constexpr std::uint64_t most = 256;
    constexpr std::uint64_t bytes = 4'000'000;
    const std::uint64_t bytes_per_world = (market.steps() + 1) * (market.assets() + 2) * sizeof(std::uint16_t);
    return std::clamp<std::uint64_t>(bytes / bytes_per_world, 1, most);
}

// What one thread works with.
class Worker {
  public:
    Worker(const Market& market, const EngineOptions& options, const StepScales& scales, std::uint64_t worlds)
        : engine_{market, options}, bands_{scales, market.steps() + 1},
          series_(std::min<std::uint64_t>(worlds, uncounted_worlds(market)), StepSeries(scales, market.steps() + 1)) {}

    void run_block(std::uint64_t first, std::uint64_t last, RunResult& result) {
        auto trace = std::lower_bound(result.traces.begin(), result.traces.end(), first,
                                      [](const auto& traced, std::uint64_t world) { return traced.first < world; });
        for (std::uint64_t world = first; world < last; ++world) {
            WorldSinks sinks{nullptr, &series_[uncounted_++], nullptr};
            if (trace != result.traces.end() && trace->first == world) sinks.trace = &(trace++)->second;
            engine_.run(world, result.worlds[world], sinks);
            result.worlds[world].cascades.shrink_to_fit();
            if (uncounted_ == series_.size()) count();
        }
    }

    /// To be called at the end.
    SeriesBands& counted_bands() {
        count();
        return bands_;
    }

  private:
    void count() {
        bands_.count(std::span(series_).first(uncounted_));
        uncounted_ = 0;
    }

    WorldEngine engine_;
    SeriesBands bands_;
    std::vector<StepSeries> series_;
    std::size_t uncounted_ = 0; // worlds in series_
};

// The first exception of any thread, which stops all of them at their next block. TBB alone keeps only loops from
// running that have not begun: those of the other threads would go on to the last world.
class FirstFailure {
  public:
    // To be called where an exception is being handled.
    void keep() {
        if (!any_.exchange(true)) exception_ = std::current_exception();
    }
    bool any() const { return any_.load(std::memory_order_relaxed); }
    // To be called when all threads are done.
    void rethrow() const {
        if (exception_) std::rethrow_exception(exception_);
    }

  private:
    std::atomic<bool> any_{false};
    std::exception_ptr exception_;
};

} // namespace

unsigned thread_count(unsigned requested) {
    return requested > 0 ? requested : static_cast<unsigned>(std::max(1, tbb::info::default_concurrency()));
}

RunResult run_worlds(const Market& market, const RunOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t worlds = market.scenario().run.worlds;
    const std::uint64_t worlds_per_block = block_size(worlds, thread_count(options.threads));
    const std::uint64_t blocks = (worlds + worlds_per_block - 1) / worlds_per_block;
    const auto workers = static_cast<unsigned>(std::min<std::uint64_t>(thread_count(options.threads), blocks));
    RunResult result;
    result.worlds_requested = worlds;
    result.worlds.resize(worlds);
    result.initial_open_interest = market.initial_open_interest();
    for (const std::uint64_t world : market.scenario().record.traces) {
        if (world < worlds) result.traces.emplace_back(world, WorldTrace{});
    }
    std::sort(result.traces.begin(), result.traces.end(),
              [](const auto& left, const auto& right) { return left.first < right.first; });
    const StepScales scales(
        market, std::accumulate(result.initial_open_interest.begin(), result.initial_open_interest.end(), 0.0));
    std::vector<std::optional<SeriesBands>> bands(workers);
    // Blocks are taken in order, so that whatever is finished after a stop is a prefix.
    std::atomic<std::uint64_t> next_block{0};
    std::atomic<std::uint64_t> done{0};
    std::mutex progress_mutex;
    FirstFailure failure;
    HappensBefore loop;
    const auto work = [&](unsigned w) {
        Worker worker(market, options.engine, scales, worlds);
        while (!failure.any() && (options.stop == nullptr || !options.stop->load())) {
            const std::uint64_t block = next_block.fetch_add(1);
            if (block >= blocks) break;
            const std::uint64_t first = block * worlds_per_block;
            const std::uint64_t last = std::min(first + worlds_per_block, worlds);
            worker.run_block(first, last, result);
            done += last - first;
            if (!options.progress) continue;
            const std::unique_lock lock(progress_mutex, std::try_to_lock);
            if (lock) options.progress(done.load());
        }
        bands[w].emplace(std::move(worker.counted_bands()));
    };
    const tbb::global_control control(tbb::global_control::max_allowed_parallelism, workers);
    tbb::task_arena arena(static_cast<int>(workers));
    arena.execute([&] {
        tbb::parallel_for(tbb::blocked_range<unsigned>(0, workers, 1),
                          loop.ordered([&](const tbb::blocked_range<unsigned>& range) {
                              try {
                                  for (unsigned w = range.begin(); w != range.end(); ++w) work(w);
                              } catch (...) {
                                  failure.keep();
                              }
                          }),
                          tbb::simple_partitioner());
    });
    loop.collect();
    failure.rethrow();
    if (done < worlds) {
        result.interrupted = true;
        result.worlds.resize(done);
        std::erase_if(result.traces, [&](const auto& trace) { return trace.first >= done; });
    }
    for (unsigned w = 1; w < workers; ++w) {
        bands[0]->merge(*bands[w]);
        bands[w].reset();
    }
    result.bands = bands[0]->read(market.scenario().record.quantiles);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace plunge
