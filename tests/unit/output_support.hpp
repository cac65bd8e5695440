// A small made-up result with every kind of content, and a folder that cleans up after itself.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "models/price/gbm.hpp"
#include "models/waterfall/layers.hpp"
#include "models/waterfall/socialized_loss.hpp"
#include "output/result_info.hpp"
#include "sim/engine/result_columns.hpp"
#include "sim/stats/run_result.hpp"

namespace plunge::test {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "plunge-output-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot create a temporary folder");
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string file(const std::string& name) const { return (path_ / name).string(); }
    std::string path() const { return path_.string(); }
    /// Number of files in it, hidden ones counted.
    std::size_t size() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
    }

  private:
    std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_file(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

/// Two assets, two venues, two cohorts, four steps; world 1 is kept whole.
inline LoadedScenario made_up_scenario() {
    LoadedScenario loaded;
    Scenario& scenario = loaded.scenario;
    scenario.header.name = "made up";
    scenario.run.worlds = 3;
    scenario.run.seed = 20251010;
    scenario.run.step_seconds = 60.0;
    scenario.run.horizon_seconds = 240.0;
    scenario.assets.resize(2);
    scenario.assets[0].symbol = "BTC";
    scenario.assets[0].price = 121'500.0;
    scenario.assets[1].symbol = "ETH";
    scenario.assets[1].price = 4'350.0;
    Gbm::Params prices;
    prices.volatility.values = {0.6, 0.8};
    scenario.prices = prices;
    scenario.venues.resize(2);
    scenario.venues[0].name = "perp";
    scenario.venues[0].waterfall = {InsuranceFund::Params{1e6}, SocializedLoss::Params{}};
    scenario.venues[1].name = "side-venue";
    scenario.cohorts.resize(2);
    scenario.cohorts[0].name = "retail longs";
    scenario.cohorts[1].name = "desks \xc3\xa9\xe2\x82\xac"; // UTF-8 beyond ASCII
    scenario.cohorts[1].venue = 1;
    scenario.record.traces = {1};
    scenario.record.quantiles = {0.05, 0.5, 0.95};
    scenario.record.counterfactual = true;
    loaded.source = "[scenario]\nname = \"made up\"\n";
    loaded.effective = loaded.source +
                       "# a comment that makes it longer than an attribute may be: " + std::string(100'000, 'x') + "\n";
    loaded.inputs = {{"data/prices.csv", std::string("time,BTC\n\0\xff binary too\n", 24)}, {"empty.csv", ""}};
    loaded.sha256 = std::string(64, 'a');
    loaded.path = "made_up.toml";
    return loaded;
}

/// Sets every member that a table names to its own number: base, base + 1, ...
template <class Table, class Owner> void fill_members(const Table& table, Owner& owner, double base) {
    for_each_column(table, [&](const auto& row) {
        auto& member = owner.*row.member;
        member = static_cast<std::decay_t<decltype(member)>>(base);
        base += 1.0;
    });
}

inline RunResult made_up_result() {
    constexpr std::size_t worlds = 3;
    constexpr std::size_t times = 5;
    RunResult result;
    for (std::size_t w = 0; w < worlds; ++w) {
        WorldResult& world = result.worlds.emplace_back();
        world.venues.resize(2);
        world.cohorts.resize(2);
        world.assets.resize(2);
        const double base = 1000.0 * static_cast<double>(w + 1);
        for (std::size_t i = 0; i < 2; ++i) {
            const double shift = 100.0 * static_cast<double>(i) + 0.125;
            fill_members(venue_metrics(), world.venues[i], base + shift);
            fill_members(cohort_metrics(), world.cohorts[i], base + shift);
            fill_members(asset_metrics(), world.assets[i], base + shift);
        }
        fill_members(counterfactual_metrics(), world.counterfactual, base);
        world.contagion = {base, base + 1.0, base + 2.0, base + 3.0};
        if (w > 0) world.counterfactual_contagion = {0.0, base, base, 0.5};
        world.amplification = 1.0 + 0.1 * static_cast<double>(w);
        for (std::size_t c = 0; c < w; ++c) {
            Cascade& cascade = world.cascades.emplace_back();
            fill_members(cascade_columns(), cascade, static_cast<double>(10 * w + c));
            cascade.venue = static_cast<std::uint32_t>(c % 2);
            cascade.price_move = {-0.1 - static_cast<double>(c), -0.2};
        }
    }
    // World 0: nothing happened, and a NaN that some operation has given a sign.
    result.worlds[0].venues[0].first_liquidation_step = -not_a_number;
    result.worlds[0].venues[1].first_liquidation_step = not_a_number;
    result.worlds[0].amplification = -not_a_number;

    const auto numbers = [](std::size_t n, double start) {
        std::vector<double> values(n);
        for (std::size_t i = 0; i < n; ++i) values[i] = start + static_cast<double>(i);
        return values;
    };
    result.bands = {{"price", "USD", "traded price", true, numbers(times * 2 * 3, 100.0)},
                    {"fund_balance", "USD", "insurance fund", false, numbers(times * 3, 5.0)}};
    WorldTrace trace;
    double start = 0.0;
    for (const TraceColumn& column : trace_columns()) {
        const std::size_t width = column.shape() == TraceShape::venue_asset ? 4 : 2;
        trace[column.name] = numbers(times * width, start += 1000.0);
    }
    result.traces.emplace_back(1, std::move(trace));
    result.initial_open_interest = {1e9, 2e9, 3e9, 4e9};
    result.worlds_requested = worlds;
    return result;
}

inline ResultInfo made_up_info(const LoadedScenario& scenario) {
    return {"0.1.0", "0123abcd", "plunge run made_up.toml -o made_up.h5", "2025-10-10T21:00:00Z", scenario};
}

} // namespace plunge::test
