// Work in blocks: every item once, a prefix after a stop, the first exception.
#include "sim/driver/parallel_blocks.hpp"

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using namespace plunge;

TEST_CASE("run_in_blocks: every item once, by as many workers as there are threads at most") {
    for (const unsigned threads : {1U, 2U, 8U}) {
        for (const std::uint64_t items : {0ULL, 1ULL, 7ULL, 1000ULL}) {
            CAPTURE(threads);
            CAPTURE(items);
            std::vector<int> visits(items);
            std::atomic<unsigned> workers{0};
            const std::uint64_t done = run_in_blocks(items, {threads, nullptr, {}},
                                                     [&](unsigned thread) -> BlockWorker {
                                                         ++workers;
                                                         CHECK(thread < threads);
                                                         return [&](std::uint64_t first, std::uint64_t last) {
                                                             for (std::uint64_t i = first; i < last; ++i) ++visits[i];
                                                         };
                                                     });
            CHECK(done == items);
            CHECK(workers == (items == 0 ? 0 : block_workers(items, threads)));
            for (const int visited : visits) CHECK(visited == 1);
        }
    }
}

TEST_CASE("run_in_blocks: after a stop, a prefix is done") {
    std::atomic<bool> stop{false};
    std::vector<std::uint8_t> visited(1000);
    std::uint64_t told = 0;
    const std::uint64_t done = run_in_blocks(visited.size(), {2, &stop, [&](std::uint64_t items) { told = items; }},
                                             [&](unsigned) -> BlockWorker {
                                                 return [&](std::uint64_t first, std::uint64_t last) {
                                                     for (std::uint64_t i = first; i < last; ++i) visited[i] = 1;
                                                     if (last > 100) stop = true;
                                                 };
                                             });
    CHECK(done < visited.size());
    CHECK(done > 100);
    CHECK(told > 0);
    CHECK(told <= done);
    for (std::uint64_t i = 0; i < visited.size(); ++i) CHECK(visited[i] == (i < done ? 1 : 0));
}

TEST_CASE("run_in_blocks: the first exception comes out, and ends the others") {
    std::atomic<std::uint64_t> worked{0};
    const auto make_worker = [&](unsigned) -> BlockWorker {
        return [&](std::uint64_t first, std::uint64_t last) {
            if (first > 50) throw std::runtime_error("item too large");
            worked += last - first;
        };
    };
    CHECK_THROWS_WITH(run_in_blocks(100'000, {2, nullptr, {}}, make_worker), "item too large");
    CHECK(worked < 1000);
}
