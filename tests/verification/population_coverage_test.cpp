// Intervals of runs of a library scenario against the long-run value: forty seeds, with accounts drawn for every world,
// agree with each other; with one draw for all worlds they would not.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/driver/fund_sizing.hpp"
#include "sim/driver/run.hpp"
#include "sim/scenario/load.hpp"
#include "sim/stats/difference.hpp"
#include "sim/stats/quantile_interval.hpp"
#include "sim/stats/summary.hpp"
#include "tests/verification/statistics.hpp"

namespace plunge {
namespace {

constexpr std::uint64_t seeds = 40;
constexpr std::uint64_t worlds_per_interval = 400;
constexpr double survive = 0.95;
constexpr double normal_975 = 1.959963984540054;

// The first scenario of the library, cut short so that many worlds can be run.
Scenario quickstart(std::uint64_t seed, std::uint64_t worlds, const std::string& population) {
    return load_scenario("scenarios/quickstart.toml",
                         {"run.horizon=4h", "run.step=10min", "record.traces=[]", "record.cascades=false",
                          "run.worlds=" + std::to_string(worlds), "run.seed=" + std::to_string(seed),
                          "run.population=" + population})
        .scenario;
}

// One number per world, [seeds][worlds].
using Experiment = std::vector<std::vector<double>>;

template <class Covers> double coverage(const Experiment& experiment, const Covers& covers) {
    std::uint64_t covered = 0;
    std::uint64_t intervals = 0;
    for (const std::vector<double>& values : experiment) {
        for (std::uint64_t first = 0; first + worlds_per_interval <= values.size(); first += worlds_per_interval) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
            covered += covers(std::vector<double>(begin, begin + worlds_per_interval)) ? 1U : 0U;
            ++intervals;
        }
    }
    return static_cast<double>(covered) / static_cast<double>(intervals);
}

std::vector<double> pooled(const Experiment& experiment) {
    std::vector<double> all;
    for (const std::vector<double>& values : experiment) all.insert(all.end(), values.begin(), values.end());
    return all;
}

double mean_of(const std::vector<double>& values) { return estimate_mean(values).mean; }

struct Coverages {
    double mean;
    double share;
    double fund;
};

// How often 95 % intervals of a mean, a share of worlds and a fund hold what all seeds together say.
Coverages coverages_of(std::uint64_t worlds, const std::string& population) {
    Experiment notional;
    Experiment used;
    Experiment critical;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const Scenario scenario = quickstart(seed, worlds, population);
        const RunResult result = run_worlds(Market(scenario), {});
        for (Experiment* experiment : {&notional, &used}) experiment->emplace_back();
        for (const WorldResult& world : result.worlds) {
            notional.back().push_back(world.venues[0].liquidated_notional);
            used.back().push_back(world.venues[0].fund_used > 0.0 ? 1.0 : 0.0);
        }
        SizingOptions options;
        options.question.event = FundEvent::adl;
        options.survive = survive;
        options.worlds = options.max_worlds = worlds;
        options.verify = false;
        critical.push_back(size_fund(scenario, options).critical);
    }
    const double long_run_mean = mean_of(pooled(notional));
    const double long_run_share = mean_of(pooled(used));
    std::vector<double> funds = pooled(critical);
    std::sort(funds.begin(), funds.end());
    const double long_run_fund = estimate_quantile(funds, survive, 0.95).value.point;
    return {coverage(notional,
                     [&](const std::vector<double>& values) {
                         const MeanEstimate estimate = estimate_mean(values);
                         return std::fabs(estimate.mean - long_run_mean) <= normal_975 * estimate.standard_error;
                     }),
            coverage(used,
                     [&](const std::vector<double>& values) {
                         const auto count = static_cast<std::uint64_t>(std::count(values.begin(), values.end(), 1.0));
                         const Share share = make_share("used", "", count, values.size());
                         return share.low <= long_run_share && long_run_share <= share.high;
                     }),
            coverage(critical, [&](std::vector<double> values) {
                std::sort(values.begin(), values.end());
                const IntervalEstimate interval = estimate_quantile(values, survive, 0.95).value;
                return interval.low <= long_run_fund && long_run_fund <= interval.high;
            })};
}

} // namespace

TEST_CASE("coverage: over forty seeds 95 % intervals of a mean, a share and a fund hold the long-run value") {
    const Coverages drawn = coverages_of(5 * worlds_per_interval, "resampled");
    INFO("mean " << drawn.mean << ", share " << drawn.share << ", fund " << drawn.fund);
    for (const double held : {drawn.mean, drawn.share, drawn.fund}) {
        CHECK(held >= 0.92);
        CHECK(held <= 0.98);
    }
}

TEST_CASE("coverage: intervals of one draw of the accounts do not hold what another draw would say") {
    const Coverages shared = coverages_of(worlds_per_interval, "shared");
    INFO("mean " << shared.mean << ", share " << shared.share << ", fund " << shared.fund);
    for (const double held : {shared.mean, shared.share, shared.fund}) CHECK(held < 0.7);
}

} // namespace plunge
