#include "sim/driver/parallel_blocks.hpp"

#include <algorithm>
#include <exception>
#include <mutex>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "sim/driver/happens_before.hpp"

namespace plunge {
namespace {

// Items that a thread takes at a time: few, so that all threads end together and a stop is soon heard.
std::uint64_t block_size(std::uint64_t items, unsigned threads) {
    constexpr std::uint64_t most = 16;
    constexpr std::uint64_t blocks_per_thread = 8;
    return std::clamp<std::uint64_t>(items / (threads * blocks_per_thread), 1, most);
}

// The first exception of any thread, which stops all of them at their next block. TBB alone keeps only loops from
// running that have not begun: those of the other threads would go on to the last item.
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

unsigned block_workers(std::uint64_t items, unsigned threads) {
    const std::uint64_t per_block = block_size(items, thread_count(threads));
    return static_cast<unsigned>(std::min<std::uint64_t>(thread_count(threads), (items + per_block - 1) / per_block));
}

std::uint64_t run_in_blocks(std::uint64_t items, const BlockOptions& options,
                            const std::function<BlockWorker(unsigned thread)>& make_worker) {
    if (items == 0) return 0;
    const std::uint64_t per_block = block_size(items, thread_count(options.threads));
    const std::uint64_t blocks = (items + per_block - 1) / per_block;
    const unsigned workers = block_workers(items, options.threads);
    // Blocks are taken in order, so that whatever is finished after a stop is a prefix.
    std::atomic<std::uint64_t> next_block{0};
    std::atomic<std::uint64_t> done{0};
    std::mutex progress_mutex;
    FirstFailure failure;
    HappensBefore loop;
    const auto work = [&](unsigned thread) {
        const BlockWorker run_block = make_worker(thread);
        while (!failure.any() && (options.stop == nullptr || !options.stop->load())) {
            const std::uint64_t block = next_block.fetch_add(1);
            if (block >= blocks) break;
            const std::uint64_t first = block * per_block;
            const std::uint64_t last = std::min(first + per_block, items);
            run_block(first, last);
            done += last - first;
            if (!options.progress) continue;
            const std::unique_lock lock(progress_mutex, std::try_to_lock);
            if (lock) options.progress(done.load());
        }
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
    return done;
}

} // namespace plunge
