// Work on many items in parallel, in blocks that are taken in order.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

namespace plunge {

/// Threads that `requested` means on this machine; 0: as many as it has.
unsigned thread_count(unsigned requested);

/// How far one thread has got with its items: works on [first, last).
using BlockWorker = std::function<void(std::uint64_t first, std::uint64_t last)>;

/// Told how many items are done: now and then, from one thread at a time.
using BlockProgress = std::function<void(std::uint64_t items)>;

struct BlockOptions {
    unsigned threads = 0;                    ///< 0: as many as the machine has
    const std::atomic<bool>* stop = nullptr; ///< set from outside: finish what was begun, then end
    BlockProgress progress = {};
};

/// Threads that run_in_blocks() uses for so many items.
unsigned block_workers(std::uint64_t items, unsigned threads);

/// Works on `items` items. \param make_worker  gives each of the threads, numbered from 0, what it works with; called
/// on that thread \return how many are done: all, or after a stop those before some item. \throws the first exception
/// of any thread; the others finish their block of items, at most 16.
std::uint64_t run_in_blocks(std::uint64_t items, const BlockOptions& options,
                            const std::function<BlockWorker(unsigned thread)>& make_worker);

} // namespace plunge
