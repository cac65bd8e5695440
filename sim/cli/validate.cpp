// plunge validate: checks a scenario and prints what would run.
#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/limits.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/driver/estimate.hpp"
#include "sim/driver/run.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/scenario/repaired_correlation.hpp"
#include "sim/stats/liquidation_map.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

struct ValidateArguments {
    std::string scenario;
    std::vector<std::string> set;
    unsigned threads = 0;
    std::string memory_limit;
};

// What members have paid in, where that follows from their accounts too.
void print_default_funds(const Scenario& scenario, const std::vector<LayerStart>& layers) {
    for (const LayerStart& layer : layers) {
        if (layer.contributions.empty()) continue;
        const double total = std::accumulate(layer.contributions.begin(), layer.contributions.end(), 0.0);
        fmt::print("  default fund {} USD:", format_number(total));
        for (std::size_t i = 0; i < layer.contributions.size(); ++i) {
            if (!(layer.contributions[i] > 0.0)) continue;
            fmt::print(" {} {};", scenario.institutions[i].name, format_number(layer.contributions[i]));
        }
        fmt::print("\n");
    }
}

// One account as large as the rest is what an average over accounts does not show.
void print_largest(const VenueOverview& view, double open_interest) {
    if (view.largest.empty() || !(open_interest > 0.0)) return;
    fmt::print("  {:<28} {:>10} {:>7} {:>10} {:>9}\n", "largest accounts", "USD", "of OI", "net", "leverage");
    for (const LargeAccount& account : view.largest) {
        if (!(account.notional > 0.0)) continue;
        fmt::print("  {:<28} {:>10} {:>6.1f}% {:>10} {:>9}\n", shorten(account.name, 28),
                   format_number(account.notional), 100.0 * account.notional / open_interest,
                   format_number(account.net),
                   account.equity > 0.0 ? fmt::format("{:.3g}", account.notional / account.equity) : "insolvent");
    }
}

void print_venue(const Market& market, const Population& population, std::size_t v) {
    const Scenario& scenario = market.scenario();
    const VenueOverview view = overview(market, population, v);
    fmt::print("\nVenue \"{}\": {} accounts", scenario.venues[v].name, view.accounts);
    if (view.rows != view.accounts) fmt::print(" in {} margin rows", view.rows);
    fmt::print(", equity {} USD\n", format_number(view.equity));
    const std::string& preset = scenario.venues[v].expanded_from;
    if (!preset.empty()) fmt::print("  rules of preset {}\n", preset);
    const auto& q = view.leverage_quantiles;
    fmt::print("  leverage at 5/25/50/75/95 %: {:.3g} / {:.3g} / {:.3g} / {:.3g} / {:.3g}\n", q[0], q[1], q[2], q[3],
               q[4]);
    if (view.cut_at_opening > 0) {
        fmt::print("  {} accounts wanted more than the venue's leverage limit and initial margin let them open\n",
                   view.cut_at_opening);
    }
    if (view.short_at_start > 0) {
        fmt::print("  warning: {} rows are below maintenance margin before anything moves\n", view.short_at_start);
    }
    fmt::print("  {:<10} {:>12} {:>12} {:>12}\n", "asset", "long [USD]", "short [USD]", "depth 1 %");
    double open_interest = 0.0;
    for (std::size_t a = 0; a < market.assets(); ++a) {
        fmt::print("  {:<10} {:>12} {:>12} {:>12}\n", scenario.assets[a].symbol, format_number(view.long_interest[a]),
                   format_number(view.short_interest[a]), format_number(market.venues()[v].depth_weight[a]));
        open_interest += std::max(view.long_interest[a], view.short_interest[a]);
    }
    fmt::print("  open interest {} USD (the larger side of each asset)\n", format_number(open_interest));
    print_largest(view, open_interest);
    print_default_funds(scenario, population.layers[v]);
    fmt::print("\n  Liquidation map: notional short of margin if all assets moved at once, before any impact\n");
    fmt::print("  {:>8} {:>12} {:>8}     {:>8} {:>12} {:>8}\n", "move", "USD", "of OI", "move", "USD", "of OI");
    constexpr std::array moves{0.01, 0.02, 0.05, 0.10, 0.20, 0.30};
    for (const double move : moves) {
        const double down = liquidated_at(market, population, v, -move);
        const double up = liquidated_at(market, population, v, move);
        const auto share = [&](double notional) {
            return open_interest > 0.0 ? 100.0 * notional / open_interest : 0.0;
        };
        fmt::print("  {:>+7.0f}% {:>12} {:>7.1f}%     {:>+7.0f}% {:>12} {:>7.1f}%\n", -100.0 * move,
                   format_number(down), share(down), 100.0 * move, format_number(up), share(up));
    }
}

std::string accounts_in_words(const Scenario& scenario) {
    if (!draws_accounts(scenario)) return "the accounts are the same in all worlds";
    if (scenario.run.population == PopulationMode::shared)
        return fmt::format("accounts are drawn once for all worlds (seed {}): no interval holds another draw",
                           scenario.run.seed_of_accounts());
    return fmt::format("accounts are drawn for every world (seed {}); below are those of world 0",
                       scenario.run.seed_of_accounts());
}

void print_matrix(const RepairedCorrelation& repaired) {
    fmt::print("  correlation used:\n  {:<10}", "");
    for (const std::string& symbol : repaired.symbols) fmt::print(" {:>10}", symbol);
    fmt::print("\n");
    for (std::size_t i = 0; i < repaired.used.size; ++i) {
        fmt::print("  {:<10}", repaired.symbols[i]);
        for (std::size_t j = 0; j < repaired.used.size; ++j) fmt::print(" {:>10.6f}", repaired.used(i, j));
        fmt::print("\n");
    }
}

int validate(const ValidateArguments& arguments) {
    const LoadedScenario loaded = load_named_scenario(arguments.scenario, arguments.set);
    const Scenario& scenario = loaded.scenario;
    const unsigned threads = thread_count(arguments.threads);
    check_memory(loaded, threads, arguments.memory_limit);
    const Market market(scenario);
    const MemoryEstimate memory = estimate_memory(scenario, threads);
    fmt::print("{}: valid\n{}\n", arguments.scenario, scenario.header.name);
    fmt::print("{} worlds x {} steps of {:g} s, {} assets, seed {}\n", scenario.run.worlds, scenario.run.steps(),
               scenario.run.step_seconds, scenario.assets.size(), scenario.run.seed);
    fmt::print("{}\n", accounts_in_words(scenario));
    if (const auto why = why_worlds_are_equal(scenario)) fmt::print("one world is enough: {}\n", *why);
    fmt::print("memory about {} on {} threads (accounts {}, paths {}, results {}, traces {}, bands {}, inputs {})\n",
               format_bytes(memory.total()), threads, format_bytes(memory.population_bytes),
               format_bytes(memory.path_bytes), format_bytes(memory.results_bytes), format_bytes(memory.traces_bytes),
               format_bytes(memory.bands_bytes), format_bytes(memory.inputs_bytes));
    for (const std::string& line : loaded.told) fmt::print("{}\n", line);
    if (const auto repaired = repaired_correlation(scenario)) print_matrix(*repaired);
    const auto population = market.population(0);
    for (std::size_t v = 0; v < scenario.venues.size(); ++v) print_venue(market, *population, v);
    return exit_done;
}

} // namespace

void add_validate_command(CommandLine& line) {
    auto arguments = std::make_shared<ValidateArguments>();
    const Command command = line.command("validate", "Check a scenario and print what would run");
    command.group("Scenario");
    add_scenario_argument(command, arguments->scenario);
    add_set_option(command, arguments->set);
    command.group("Memory");
    command.option("--threads", arguments->threads, "threads that the estimate is for")
        .within(1U, 4096U)
        .otherwise("all cores");
    command.option("--memory-limit", arguments->memory_limit, "refuse what would need more, e.g. 8GB")
        .takes("SIZE")
        .otherwise("80 % of the memory there is");
    command.examples({"plunge validate scenarios/quickstart.toml", "generate | plunge validate -"});
    command.action([arguments] { return validate(*arguments); });
}

} // namespace plunge
