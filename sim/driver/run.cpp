#include "sim/driver/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <span>
#include <utility>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "sim/driver/happens_before.hpp"
#include "sim/engine/world.hpp"
#include "sim/stats/step_bands.hpp"

namespace plunge {
namespace {

// Worlds that a thread takes at a time: few enough to balance, many enough that a step's histogram, once fetched, is
// counted up for many worlds. Results do not depend on it.
std::uint64_t block_size(std::uint64_t worlds, unsigned threads) {
    constexpr std::uint64_t most = 64;
    constexpr std::uint64_t blocks_per_thread = 8;
    return std::clamp<std::uint64_t>(worlds / (threads * blocks_per_thread), 1, most);
}

// The quantities in /steps, in the order of the file. Per-asset price comes first.
struct BandQuantity {
    const char* name;
    const char* units;
    const char* long_name;
    std::vector<double> StepSeries::*values;
    bool per_asset;
    int mantissa_bits; // of its histograms; few where values spread over many orders of magnitude
};
const std::vector<BandQuantity>& band_quantities() {
    static const std::vector<BandQuantity> quantities{
        {"price", "USD", "traded price, depth-weighted over venues", &StepSeries::price, true, 9},
        {"liquidated_notional", "USD", "notional liquidated in the step", &StepSeries::liquidated_notional, false, 6},
        {"fund_balance", "USD", "balance of the insurance funds", &StepSeries::fund_balance, false, 9},
        {"open_interest", "USD", "open interest, the larger side of every asset", &StepSeries::open_interest, false, 9},
        {"depth_multiplier", "1", "depth multiplier, mean over assets and venues", &StepSeries::depth_multiplier, false,
         9},
    };
    return quantities;
}

// What one thread works with.
class Worker {
  public:
    Worker(const Market& market, const std::vector<StepBands::Place>& places, std::uint64_t worlds_per_block)
        : market_{market}, engine_{market}, bands_{places}, block_(worlds_per_block) {}

    void run_block(std::uint64_t first, std::uint64_t last, RunResult& result) {
        const RecordSettings& record = market_.scenario().record;
        for (std::uint64_t world = first; world < last; ++world) {
            WorldSinks sinks{nullptr, &block_[world - first], nullptr};
            for (auto& [traced, trace] : result.traces) {
                if (traced == world) sinks.trace = &trace;
            }
            engine_.run(world, result.worlds[world], sinks);
            if (!record.cascades) result.worlds[world].cascades.clear();
            result.worlds[world].cascades.shrink_to_fit();
        }
        count_block(last - first);
    }

    StepBands& bands() { return bands_; }

  private:
    // Place by place over the block's worlds, so that a histogram is in cache while it is counted up; a few places at a
    // time, so that whole cache lines of a world's series are used.
    void count_block(std::size_t worlds) {
        constexpr std::size_t tile = 8;
        std::vector<double> values(tile * worlds);
        std::size_t first_place = 0;
        for (const BandQuantity& quantity : band_quantities()) {
            const std::size_t count = (block_[0].*quantity.values).size();
            for (std::size_t i = 0; i < count; i += tile) {
                const std::size_t places = std::min(tile, count - i);
                for (std::size_t w = 0; w < worlds; ++w) {
                    const double* series = (block_[w].*quantity.values).data() + i;
                    for (std::size_t k = 0; k < places; ++k) values[k * worlds + w] = series[k];
                }
                for (std::size_t k = 0; k < places; ++k) {
                    bands_.add(first_place + i + k, std::span(values).subspan(k * worlds, worlds));
                }
            }
            first_place += count;
        }
    }

    const Market& market_;
    WorldEngine engine_;
    StepBands bands_;
    std::vector<StepSeries> block_;
};

// One place per quantity, step and asset. Its atom is the value at the start: exact in the bands where worlds stay
// there.
std::vector<StepBands::Place> band_places(const Market& market) {
    const std::vector<double> open_interest = market.initial_open_interest();
    double interest = 0.0;
    for (const double value : open_interest) interest += value;
    double fund = 0.0;
    for (const Venue& venue : market.scenario().venues) {
        for (const auto& layer : venue.waterfall) {
            if (const auto* params = std::get_if<InsuranceFund::Params>(&layer)) fund += params->balance;
        }
    }
    const std::vector<std::vector<double>> atoms{market.initial_price(), {0.0}, {fund}, {interest}, {1.0}};
    std::vector<StepBands::Place> places;
    for (std::size_t q = 0; q < atoms.size(); ++q) {
        for (std::size_t t = 0; t <= market.steps(); ++t) {
            for (const double atom : atoms[q]) places.push_back({atom, band_quantities()[q].mantissa_bits});
        }
    }
    return places;
}

std::vector<StepBand> read_bands(const Market& market, const StepBands& bands) {
    const std::vector<double>& probabilities = market.scenario().record.quantiles;
    std::vector<StepBand> result;
    std::size_t place = 0;
    for (const BandQuantity& quantity : band_quantities()) {
        StepBand band{quantity.name, quantity.units, quantity.long_name, quantity.per_asset, {}};
        const std::size_t count = (market.steps() + 1) * (quantity.per_asset ? market.assets() : 1);
        for (std::size_t i = 0; i < count; ++i, ++place) {
            const std::vector<double> values = bands.quantiles(place, probabilities);
            band.quantiles.insert(band.quantiles.end(), values.begin(), values.end());
        }
        result.push_back(std::move(band));
    }
    return result;
}

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
    const std::vector<StepBands::Place> places = band_places(market);
    std::vector<std::optional<StepBands>> bands(workers);
    // Blocks are taken in order, so that whatever is finished after a stop is a prefix.
    std::atomic<std::uint64_t> next_block{0};
    std::atomic<std::uint64_t> done{0};
    std::mutex progress_mutex;
    HappensBefore loop;
    const tbb::global_control control(tbb::global_control::max_allowed_parallelism, workers);
    tbb::task_arena arena(static_cast<int>(workers));
    arena.execute([&] {
        tbb::parallel_for(tbb::blocked_range<unsigned>(0, workers, 1),
                          loop.ordered([&](const tbb::blocked_range<unsigned>& range) {
                              for (unsigned w = range.begin(); w != range.end(); ++w) {
                                  Worker worker(market, places, worlds_per_block);
                                  while (options.stop == nullptr || !options.stop->load()) {
                                      const std::uint64_t block = next_block.fetch_add(1);
                                      if (block >= blocks) break;
                                      const std::uint64_t first = block * worlds_per_block;
                                      const std::uint64_t last = std::min(first + worlds_per_block, worlds);
                                      worker.run_block(first, last, result);
                                      done += last - first;
                                      if (options.progress && progress_mutex.try_lock()) {
                                          options.progress(done.load());
                                          progress_mutex.unlock();
                                      }
                                  }
                                  bands[w].emplace(std::move(worker.bands()));
                              }
                          }),
                          tbb::simple_partitioner());
    });
    loop.collect();
    if (done < worlds) {
        result.interrupted = true;
        result.worlds.resize(done);
        std::erase_if(result.traces, [&](const auto& trace) { return trace.first >= done; });
    }
    for (unsigned w = 1; w < workers; ++w) {
        bands[0]->merge(*bands[w]);
        bands[w].reset();
    }
    result.bands = read_bands(market, *bands[0]);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace plunge
