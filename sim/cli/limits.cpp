#include "sim/cli/limits.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "sim/driver/estimate.hpp"

namespace plunge {

double parse_size(const std::string& text) {
    constexpr std::array<std::pair<std::string_view, double>, 5> units{
        {{"B", 1.0}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}}};
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    for (const auto& [name, factor] : units) {
        if (error == std::errc{} && unit == name && number > 0.0) return number * factor;
    }
    throw ScenarioError({{"--memory-limit " + text, 0, 0, "", "",
                          "not a size\na number and one of B, kB, MB, GB, TB, such as \"8GB\""}});
}

void check_memory(const LoadedScenario& loaded, unsigned threads, const std::string& limit) {
    const MemoryEstimate estimate = estimate_memory(loaded.scenario, threads);
    const double allowed = limit.empty() ? default_memory_limit() : parse_size(limit);
    if (estimate.total() <= allowed) return;
    throw ScenarioError(
        {{loaded.path, 0, 0, estimate.largest_key, "",
          fmt::format(
              "the run would need about {}, more than the limit of {}\naccounts {}, paths {}, "
              "results per world {}, traces {}, quantiles per step {}, input files {}; make {} smaller, or raise "
              "--memory-limit",
              format_bytes(estimate.total()), format_bytes(allowed), format_bytes(estimate.population_bytes),
              format_bytes(estimate.path_bytes), format_bytes(estimate.results_bytes),
              format_bytes(estimate.traces_bytes), format_bytes(estimate.bands_bytes),
              format_bytes(estimate.inputs_bytes), estimate.largest_key)}});
}

} // namespace plunge
