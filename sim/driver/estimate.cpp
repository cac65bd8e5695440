#include "sim/driver/estimate.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <utility>

#include <fmt/core.h>
#include <unistd.h>

#include "models/margin/portfolio_es.hpp"
#include "models/price/replay.hpp"
#include "sim/engine/result_columns.hpp"
#include "sim/engine/step_series.hpp"
#include "sim/engine/world_result.hpp"
#include "sim/engine/world_trace.hpp"

namespace plunge {
namespace {

// Numbers that a trace holds per step.
double trace_width(double venues, double assets) {
    double width = 0.0;
    for (const TraceColumn& column : trace_columns()) {
        width += (column.shape() == TraceShape::asset ? 1.0 : venues) *
                 (column.shape() == TraceShape::venue ? 1.0 : assets);
    }
    return width;
}

// Histograms of a step.
double bands_width(double assets) {
    double width = 0.0;
    for (const SeriesColumn& column : series_columns()) width += column.per_asset ? assets : 1.0;
    return width;
}

double table_bytes(const PriceTable& table) {
    return static_cast<double>((table.seconds.size() + table.closes.size()) * sizeof(double));
}

// Texts and tables of the files that a scenario names, as long as one scenario holds them.
double input_bytes(const Scenario& scenario) {
    double bytes = 0.0;
    const auto add_history = [&](const InputFile& file, const PriceTable& table) {
        bytes += static_cast<double>(file.text.size()) + table_bytes(table);
    };
    if (const auto* replay = scenario.prices.get_if<Replay::Params>()) add_history(replay->file, replay->table);
    for (const Venue& venue : scenario.venues) {
        if (const auto* margin = venue.margin.get_if<PortfolioEsMargin::Params>())
            add_history(margin->history, margin->table);
    }
    for (const Cohort& cohort : scenario.cohorts) {
        bytes += static_cast<double>(cohort.accounts_from.text.size());
        if (!cohort.explicit_accounts) continue;
        const ExplicitAccounts& accounts = *cohort.explicit_accounts;
        const std::size_t numbers = accounts.equity.size() + accounts.position.size() + accounts.entry.size() +
                                    accounts.collateral.size();
        bytes += static_cast<double>(numbers * sizeof(double) + accounts.label.size() * sizeof(std::string));
    }
    return bytes;
}

std::optional<double> number_in(const std::string& path) {
    std::ifstream file(path);
    double number = 0.0;
    if (file >> number) return number;
    return std::nullopt;
}

} // namespace

MemoryEstimate estimate_memory(const Scenario& scenario, unsigned threads) {
    const auto assets = static_cast<double>(scenario.assets.size());
    const auto venues = static_cast<double>(scenario.venues.size());
    const auto cohorts = static_cast<double>(scenario.cohorts.size());
    const double steps = scenario.run.horizon_seconds / scenario.run.step_seconds + 1.0;
    const auto worlds = static_cast<double>(scenario.run.worlds);
    const double n_threads = threads;
    double rows = 0.0;
    for (const Cohort& cohort : scenario.cohorts) rows += most_rows_of(cohort, scenario.assets.size());

    constexpr double row_bookkeeping = 40.0; // flags, radii, search lists
    constexpr double cascades_per_world = 10.0;
    constexpr double and_in_the_file = 2.0;
    constexpr double copies_of_inputs = 4.0;     // as read, as checked, as run, and in the file while it is made
    constexpr double most_uncounted_bytes = 1e6; // series of worlds that are not counted yet
    constexpr double band_step_bytes = 800.0;    // a step's histogram, measured on the reference scenario

    const double matrices = !scenario.record.contagion || scenario.assets.size() < 2 ? 0.0
                            : scenario.record.counterfactual                         ? 2.0
                                                                                     : 1.0;
    const double contagion = matrices * assets * assets * sizeof(double);

    MemoryEstimate estimate;
    const double populations = scenario.run.population == PopulationMode::shared ? 1.0 : n_threads;
    estimate.population_bytes = rows * (populations * (16.0 + 8.0 * 5.0 * assets + row_bookkeeping) +
                                        n_threads * (8.0 + 8.0 * 3.0 * assets + row_bookkeeping));
    estimate.path_bytes = n_threads * steps * assets * 2.0 * sizeof(double);
    estimate.results_bytes = and_in_the_file * worlds *
                             (sizeof(WorldResult) + venues * sizeof(VenueMetrics) + cohorts * sizeof(CohortMetrics) +
                              assets * sizeof(AssetMetrics) + contagion +
                              (scenario.record.cascades ? cascades_per_world : 0.0) * (sizeof(Cascade) + 8.0 * assets));
    estimate.traces_bytes = and_in_the_file * static_cast<double>(scenario.record.traces.size()) * steps *
                            trace_width(venues, assets) * sizeof(double);
    const double width = bands_width(assets);
    estimate.bands_bytes = steps * width * std::min(band_step_bytes, 100.0 + 8.0 * worlds) +
                           n_threads * std::min(most_uncounted_bytes, 2.0 * worlds * steps * width);
    estimate.inputs_bytes = copies_of_inputs * input_bytes(scenario);
    const std::array parts{std::pair{estimate.population_bytes, "cohort.accounts"},
                           std::pair{estimate.path_bytes + estimate.bands_bytes, "run.horizon / run.step"},
                           std::pair{estimate.results_bytes, "run.worlds"},
                           std::pair{estimate.traces_bytes, "record.traces"},
                           std::pair{estimate.inputs_bytes, "input files"}};
    estimate.largest_key = std::max_element(parts.begin(), parts.end())->second;
    return estimate;
}

double smallest_limit(double bytes, const std::vector<std::string>& limit_files) {
    for (const std::string& path : limit_files) bytes = std::min(bytes, number_in(path).value_or(bytes));
    return bytes;
}

double default_memory_limit() {
    const double physical = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
    // A container's limit, by version 2 and version 1 of control groups: beyond it the kernel kills.
    return 0.8 * smallest_limit(physical, {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"});
}

std::string format_bytes(double bytes) {
    constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    std::size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < units.size()) {
        bytes /= 1000.0;
        ++unit;
    }
    return fmt::format("{:.3g} {}", bytes, units[unit]);
}

} // namespace plunge
