// Google Benchmark of the kernels that a world's time goes into: random numbers, paths, trigger search, records.
//
// Run in the root of the repository. The time of an item is the inverse of items_per_second: a number, a step of the
// path (all assets together), a plane, a value.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include "models/random/elementary_block.hpp"
#include "models/random/normal_block.hpp"
#include "models/random/philox.hpp"
#include "sim/engine/market.hpp"
#include "sim/engine/path.hpp"
#include "sim/engine/slack_planes.hpp"
#include "sim/engine/value_scale.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"
#include "sim/stats/step_bands.hpp"

using namespace plunge;

namespace {

constexpr std::size_t steps = 1440;

void count_items(benchmark::State& state, std::size_t per_iteration) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(per_iteration));
}

/// A market of `assets` alike, correlated assets and next to no accounts.
Market market_of(std::size_t assets) {
    std::string text = "[scenario]\nname = \"kernels\"\n[run]\nworlds = 1\nstep = \"1min\"\nhorizon = \"1d\"\n";
    for (std::size_t a = 0; a < assets; ++a) text += fmt::format("[[asset]]\nsymbol = \"A{}\"\nprice = 100\n", a);
    text += fmt::format("[prices]\nmodel = \"gbm\"\nvolatility = 0.8\n{}"
                        "[[venue]]\nname = \"perp\"\n[venue.impact]\nshape = \"linear\"\ndepth = 1e6\n"
                        "[venue.margin]\nrule = \"flat\"\nrate = 0.02\n[venue.liquidation]\npolicy = \"full\"\n"
                        "[[cohort]]\nname = \"one\"\naccounts = 1\nequity = 1000\nleverage = 2\n"
                        "positions = {{ A0 = 1.0 }}\n",
                        assets > 1 ? "correlation = 0.65\n" : "");
    return Market(parse_scenario(text, "kernels.toml", {}, {}).scenario);
}

// ---- random numbers and paths --------------------------------------------------------------------------------------

void fill_normals(benchmark::State& state) {
    std::array<double, 512> out{};
    std::uint64_t world = 0;
    for (auto _ : state) {
        plunge::fill_normals({.seed = 1, .world = world++}, 0, 0, out.size() / normal_group, out.data());
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
    count_items(state, out.size());
}
BENCHMARK(fill_normals);

void fill_exp(benchmark::State& state) {
    std::vector<double> x(steps);
    std::vector<double> out(steps);
    for (std::size_t i = 0; i < steps; ++i) x[i] = 0.1 * std::sin(static_cast<double>(i));
    for (auto _ : state) {
        plunge::fill_exp(x.data(), steps, out.data());
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
    count_items(state, steps);
}
BENCHMARK(fill_exp);

void index_path(benchmark::State& state) {
    const Market market = market_of(static_cast<std::size_t>(state.range(0)));
    IndexPath path;
    std::uint64_t world = 0;
    for (auto _ : state) {
        path.generate(market, Lineage(world++));
        benchmark::DoNotOptimize(path.prices(0));
        benchmark::ClobberMemory();
    }
    count_items(state, market.steps());
}
BENCHMARK(index_path)->Arg(1)->Arg(3)->Arg(10)->Arg(25)->Arg(50);

// ---- trigger search ------------------------------------------------------------------------------------------------

/// Planes of three assets at prices around 100, of which about `share_short` are not positive somewhere in the box.
SlackPlanes planes_of(std::size_t count, double share_short) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    SlackPlanes planes;
    planes.set_assets(3);
    for (std::size_t i = 0; i < count; ++i) {
        std::array<double, 3> slope{};
        double sum = 0.0;
        for (double& s : slope) {
            s = uniform(random) < 0.62 ? 1.0 : -1.0;
            sum += 100.0 * s;
        }
        const double slack = uniform(random) < share_short ? -1.0 : 10.0; // the box moves it by at most 3
        planes.push_back(static_cast<std::uint32_t>(i), slack - sum, slope.data());
    }
    return planes;
}

constexpr double few = 0.002; // not positive, among the planes looked at

void find_at(benchmark::State& state) {
    const SlackPlanes planes = planes_of(static_cast<std::size_t>(state.range(0)), few);
    const std::array<double, 3> mark{100.0, 100.0, 100.0};
    std::vector<std::uint32_t> memory;
    for (auto _ : state) {
        benchmark::DoNotOptimize(planes.find_at(mark.data(), memory));
        benchmark::ClobberMemory();
    }
    count_items(state, planes.size());
}
BENCHMARK(find_at)->Arg(16)->Arg(128)->Arg(2000);

void find_over(benchmark::State& state) {
    const SlackPlanes planes = planes_of(static_cast<std::size_t>(state.range(0)), few);
    const std::array<double, 3> low{99.0, 99.0, 99.0};
    const std::array<double, 3> high{101.0, 101.0, 101.0};
    std::vector<std::uint32_t> memory;
    for (auto _ : state) {
        benchmark::DoNotOptimize(planes.find_over(low.data(), high.data(), memory));
        benchmark::ClobberMemory();
    }
    count_items(state, planes.size());
}
BENCHMARK(find_over)->Arg(16)->Arg(128)->Arg(2000);

/// One plane over many steps, none of which finds it short.
void first_at(benchmark::State& state) {
    const SlackPlanes planes = planes_of(1, 0.0);
    const auto count = static_cast<std::size_t>(state.range(0));
    const std::size_t stride = count + SlackPlanes::lanes;
    const std::vector<float> marks(3 * stride, 100.0F);
    for (auto _ : state) {
        benchmark::DoNotOptimize(planes.first_at(0, marks.data(), stride, 0, count));
        benchmark::ClobberMemory();
    }
    count_items(state, count);
}
BENCHMARK(first_at)->Arg(16)->Arg(96)->Arg(480);

// ---- records -------------------------------------------------------------------------------------------------------

void value_scale_encode(benchmark::State& state) {
    const Market market = market_of(1);
    IndexPath path;
    path.generate(market, Lineage(0));
    const ValueScale scale({100.0, 9});
    std::vector<std::uint16_t> codes(steps + 1);
    for (auto _ : state) {
        scale.encode(path.prices(0), codes.size(), codes.data());
        benchmark::DoNotOptimize(codes.data());
        benchmark::ClobberMemory();
    }
    count_items(state, codes.size());
}
BENCHMARK(value_scale_encode);

/// Histories of 64 worlds counted at a time, as the driver does.
void step_bands_add(benchmark::State& state) {
    constexpr std::size_t worlds = 64;
    const Market market = market_of(1);
    const Resolution resolution{100.0, 9};
    const ValueScale scale(resolution);
    std::vector<std::vector<std::uint16_t>> codes(worlds, std::vector<std::uint16_t>(steps + 1));
    std::vector<const std::uint16_t*> histories;
    IndexPath path;
    for (std::size_t w = 0; w < worlds; ++w) {
        path.generate(market, Lineage(w));
        scale.encode(path.prices(0), steps + 1, codes[w].data());
        histories.push_back(codes[w].data());
    }
    StepBands bands(resolution, steps + 1);
    for (auto _ : state) {
        bands.add(histories);
        benchmark::ClobberMemory();
    }
    count_items(state, worlds * (steps + 1));
}
BENCHMARK(step_bands_add);

// ---- worlds --------------------------------------------------------------------------------------------------------

/// Worlds of the reference model from path to metrics, without histories and quantiles: an item is a world.
void world_without_history(benchmark::State& state) {
    LoadedScenario loaded;
    try {
        loaded = load_scenario("scenarios/reference.toml", {});
    } catch (const ScenarioError&) {
        state.SkipWithError("scenarios/reference.toml is not below the working directory");
        return;
    }
    const Market market(loaded.scenario);
    WorldEngine engine(market);
    WorldResult result;
    std::uint64_t world = 0;
    for (auto _ : state) {
        engine.run(world++, result);
        benchmark::DoNotOptimize(&result);
    }
    count_items(state, 1);
}
BENCHMARK(world_without_history)->Unit(benchmark::kMicrosecond);

} // namespace
