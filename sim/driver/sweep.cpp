#include "sim/driver/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include "sim/engine/market.hpp"
#include "sim/engine/world.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {
namespace {

// Markets of the scenarios that threads are at.
class Markets {
  public:
    Markets(std::uint64_t scenarios, std::uint64_t worlds, const std::function<Scenario(std::uint64_t)>& scenario_of)
        : scenario_of_{scenario_of}, slots_(scenarios) {
        for (Slot& slot : slots_) slot.worlds_left = worlds;
    }

    std::shared_ptr<const Market> get(std::uint64_t number) {
        Slot& slot = slots_[number];
        const std::lock_guard lock(slot.mutex); // others wait for the same market only
        if (!slot.market) slot.market = std::make_shared<const Market>(scenario_of_(number));
        return slot.market;
    }

    // To be called when worlds are done: the market goes with the last.
    void release(std::uint64_t number, std::uint64_t worlds) {
        Slot& slot = slots_[number];
        const std::lock_guard lock(slot.mutex);
        slot.worlds_left -= worlds;
        if (slot.worlds_left == 0) slot.market.reset();
    }

  private:
    struct Slot {
        std::mutex mutex;
        std::shared_ptr<const Market> market;
        std::uint64_t worlds_left = 0;
    };
    const std::function<Scenario(std::uint64_t)>& scenario_of_;
    std::vector<Slot> slots_;
};

// What one thread works with: the scenario that it is at.
class Worker {
  public:
    Worker(Markets& markets, std::uint64_t worlds, const std::vector<std::size_t>& kept, std::vector<Column>& columns)
        : markets_{markets}, worlds_{worlds}, kept_{kept}, columns_{columns} {}

    // Worlds are numbered through all scenarios.
    void run_block(std::uint64_t first, std::uint64_t last) {
        while (first < last) {
            const std::uint64_t number = first / worlds_;
            const std::uint64_t end = std::min(last, (number + 1) * worlds_);
            if (!market_ || number != number_) move_to(number);
            results_.resize(end - first);
            for (std::uint64_t i = first; i < end; ++i) engine_->run(i - number * worlds_, results_[i - first]);
            keep(first);
            markets_.release(number, end - first);
            first = end;
        }
    }

  private:
    void move_to(std::uint64_t number) {
        engine_.reset();
        market_ = markets_.get(number);
        number_ = number;
        engine_.emplace(*market_);
    }

    void keep(std::uint64_t first) {
        const std::vector<Column> all = world_columns(market_->scenario(), results_);
        for (std::size_t c = 0; c < kept_.size(); ++c) {
            const std::vector<double>& values = all[kept_[c]].values;
            std::copy(values.begin(), values.end(), columns_[c].values.begin() + static_cast<std::ptrdiff_t>(first));
        }
    }

    Markets& markets_;
    std::uint64_t worlds_;
    const std::vector<std::size_t>& kept_;
    std::vector<Column>& columns_;
    std::shared_ptr<const Market> market_;
    std::uint64_t number_ = 0;
    std::optional<WorldEngine> engine_;
    std::vector<WorldResult> results_;
};

// Where the columns stand among all of a scenario's.
std::vector<std::size_t> places_of(const std::vector<Column>& columns, const Scenario& scenario) {
    const std::vector<Column> all = world_columns(scenario, {});
    std::vector<std::size_t> places;
    for (const Column& column : columns) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const Column& c) { return c.name == column.name; });
        if (found == all.end()) throw std::invalid_argument("run_sweep: no metric " + column.name);
        places.push_back(static_cast<std::size_t>(found - all.begin()));
    }
    return places;
}

} // namespace

SweepResult run_sweep(std::uint64_t scenarios, std::uint64_t worlds, std::vector<Column> columns,
                      const std::function<Scenario(std::uint64_t number)>& scenario_of, const SweepOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    SweepResult result;
    result.columns = std::move(columns);
    for (Column& column : result.columns) column.values.assign(scenarios * worlds, not_a_number);
    if (scenarios * worlds > 0) {
        const std::vector<std::size_t> kept = places_of(result.columns, scenario_of(0));
        Markets markets(scenarios, worlds, scenario_of);
        result.worlds_done = run_in_blocks(
            scenarios * worlds, {options.threads, options.stop, options.progress}, [&](unsigned) -> BlockWorker {
                auto worker = std::make_shared<Worker>(markets, worlds, kept, result.columns);
                return [worker](std::uint64_t first, std::uint64_t last) { worker->run_block(first, last); };
            });
    }
    result.interrupted = result.worlds_done < scenarios * worlds;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace plunge
