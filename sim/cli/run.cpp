// plunge run: from a scenario file to a result file.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <malloc.h>

#include "output/errors.hpp"
#include "output/writer.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/creation_time.hpp"
#include "sim/cli/limits.hpp"
#include "sim/cli/output_path.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/driver/run.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/stats/stopping_rule.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"
#include "sim/version.hpp"

namespace plunge {
namespace {

struct RunArguments : ScenarioArguments {
    std::string output;
    Search search = Search::planes;
    std::string memory_limit;
    std::string until;
    bool compress = false;
    bool force = false;
    bool json = false;
    bool quiet = false;
};

// results/x.h5 -> results/x.partial.h5: a file with the final name is always the whole run.
std::string partial_path(const std::string& path) {
    const std::string ending = ".h5";
    const bool ends = path.size() > ending.size() &&
                      path.compare(path.size() - ending.size(), ending.size(), ending) == 0;
    return (ends ? path.substr(0, path.size() - ending.size()) : path) + ".partial.h5";
}

// An earlier interrupted run is worth asking for, though it is in the way only if this run is interrupted too.
void check_partial_path(const std::string& path, bool overwrite) {
    std::error_code ignored;
    if (!overwrite && std::filesystem::is_regular_file(path, ignored)) {
        throw OutputError(path,
                          "already exists: the worlds of an interrupted run; move it away, or --force removes it when "
                          "this run is complete",
                          Fault::request);
    }
    check_output_path(path, overwrite);
}

// What an interrupted run left behind would be taken for a part of the run that is now complete.
void remove_partial(const std::string& path) {
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) print_to_stderr(fmt::format("plunge: warning: cannot remove {}: {}\n", path, error.message()));
}

// A rule that ends the run early, and what it says of the worlds so far.
class Until {
  public:
    Until(const std::string& text, const Scenario& scenario) : scenario_{scenario} {
        try {
            rule_ = parse_stopping_rule(text);
        } catch (const std::invalid_argument& error) {
            throw ScenarioError({{"--until " + text, 0, 0, "", "", error.what()}});
        }
        std::vector<std::string> names;
        for (const Column& column : world_columns(scenario, {})) names.push_back(column.name);
        if (std::find(names.begin(), names.end(), rule_.metric) == names.end()) {
            throw ScenarioError(
                {{"--until " + text, 0, 0, "", "",
                  fmt::format("there is no metric \"{}\"\n{}", rule_.metric, known_names_hint(rule_.metric, names))}});
        }
        if (dependence_of(scenario.run) != Dependence::none && rule_.statistic.kind != Statistic::Kind::mean) {
            throw ScenarioError({{"--until " + text, 0, 0, "", "",
                                  fmt::format("intervals of shares and quantiles need independent worlds\nuse a mean, "
                                              "or --set {}",
                                              scenario.run.antithetic ? "run.antithetic=false" : "run.paths=pseudo")}});
        }
    }

    bool met(std::span<const WorldResult> worlds) {
        for (const Column& column : world_columns(scenario_, worlds)) {
            if (column.name == rule_.metric) value_ = uncertainty(rule_, column, dependence_of(scenario_.run));
        }
        return rule_.met(value_);
    }

    // After the last call of met().
    std::string verdict(std::size_t worlds) const {
        return fmt::format("{}: {} after {} worlds, {}", rule_.text,
                           std::isfinite(value_) ? fmt::format("{:.3g} %", 100.0 * value_) : "no finite interval",
                           worlds, rule_.met(value_) ? "reached" : "not reached");
    }

  private:
    const Scenario& scenario_;
    StoppingRule rule_;
    double value_ = std::numeric_limits<double>::infinity();
};

// 1,000 and its doublings, once all worlds that are to be traced have run: no number of threads or speed of a machine
// decides where a run ends.
std::vector<std::uint64_t> checkpoints(const Scenario& scenario) {
    const std::vector<std::uint64_t>& traces = scenario.record.traces; // ascending
    std::vector<std::uint64_t> counts;
    for (std::uint64_t count = 1000; count < scenario.run.worlds; count *= 2) {
        if (traces.empty() || count > traces.back()) counts.push_back(count);
    }
    return counts;
}

int run(const RunArguments& arguments) {
    std::vector<std::string> overrides = arguments.set;
    if (arguments.worlds) overrides.push_back(fmt::format("run.worlds={}", *arguments.worlds));
    if (arguments.seed) overrides.push_back(fmt::format("run.seed={}", *arguments.seed));
    LoadedScenario loaded = load_named_scenario(arguments.scenario, overrides);
    const std::optional<std::string> why_equal = why_worlds_are_equal(loaded.scenario);
    const std::uint64_t asked = loaded.scenario.run.worlds;
    if (why_equal && asked > 1) loaded = with_one_world(std::move(loaded));
    std::optional<Until> until;
    if (!arguments.until.empty()) until.emplace(arguments.until, loaded.scenario);
    check_result_path(arguments.output, arguments.force);
    const std::string partial = partial_path(arguments.output);
    check_partial_path(partial, arguments.force);
    check_memory(loaded, thread_count(arguments.threads), arguments.memory_limit);
    if (why_equal && asked > 1)
        print_to_stderr(fmt::format("plunge: note: one world is run, the other {} would be the same: {}\n",
                                    with_separators(asked - 1), *why_equal));
    if (!arguments.quiet) tell_of_inputs(loaded);
    const CreationTime created; // asked for before the run, so that a mistake in it is told then

    const Market market(loaded.scenario);
    InterruptFlag interrupt;
    RunResult result;
    {
        ProgressBar bar(loaded.scenario.run.worlds, arguments.quiet);
        result = run_worlds(market,
                            {.threads = arguments.threads,
                             .engine = {.search = arguments.search},
                             .stop = &interrupt.flag(),
                             .progress = [&bar](std::uint64_t done) { bar.update(done); },
                             .checkpoints = until ? checkpoints(market.scenario()) : std::vector<std::uint64_t>(),
                             .enough = [&](std::span<const WorldResult> worlds) { return until->met(worlds); }});
    }
    if (result.interrupted && result.worlds.empty()) {
        print_to_stderr("plunge: interrupted before a world was finished; nothing written\n");
        return exit_interrupted;
    }
    const bool ended_early = result.worlds_requested < market.scenario().run.worlds;
    const bool reached = until && !result.interrupted && (ended_early || until->met(result.worlds));
    if (ended_early) loaded = with_worlds(std::move(loaded), result.worlds_requested);
    const std::string path = result.interrupted ? partial : arguments.output;
    const ResultInfo info{std::string(version()), std::string(git_commit()), command_line(), created.text(), loaded};
    malloc_trim(0); // what the run has let go makes room for the file, which is made in memory
    // Before anything else can fail.
    const std::string digest = write_results(path, info, result, arguments.force,
                                             arguments.compress ? Storage::compressed : Storage::contiguous);
    if (!result.interrupted && arguments.force) remove_partial(partial);
    const Summary summary = summarize(summary_input(loaded.scenario, result));
    std::string text;
    if (arguments.json) {
        text = summary_json(summary, provenance_of(loaded, digest)) + "\n";
    } else if (!arguments.quiet) {
        text = fmt::format("{}\n{} worlds in {:.3g} s ({:.4g} worlds/s); results in {}\n",
                           format_summary(summary, stdout_in_colour()), result.worlds.size(), result.seconds,
                           static_cast<double>(result.worlds.size()) / result.seconds, path);
        if (reached) text += until->verdict(result.worlds.size()) + "\n";
    }
    std::fputs(text.c_str(), stdout); // whether it could be written is asked once, at the program's end
    if (!result.interrupted) {
        if (until && !reached) // the run is whole all the same
            print_to_stderr(
                fmt::format("plunge: note: {}; --worlds allows no more\n", until->verdict(result.worlds.size())));
        return exit_done;
    }
    print_to_stderr(fmt::format("plunge: interrupted after {} of {} worlds; those are kept in {}\n",
                                result.worlds.size(), result.worlds_requested, path));
    return exit_interrupted;
}

} // namespace

void add_run_command(CommandLine& line) {
    static const std::map<std::string, Search> searches{{"planes", Search::planes}, {"brute", Search::brute}};
    auto arguments = std::make_shared<RunArguments>();
    const Command command = line.command("run", "Simulate a scenario and write its results");
    add_scenario_arguments(command, *arguments);
    command
        .option("--until", arguments->until,
                "end at 1,000, 2,000, 4,000 ... worlds, run.worlds at most, once this holds: 'width(shortfall.q999) < "
                "5%', 'se(liquidated_notional.mean) < 1%'")
        .takes("RULE");
    command.choice("--search", arguments->search, searches, "planes|brute",
                   "how accounts short of margin are found; brute looks at every account in every step. Does not "
                   "change any result");
    command.option("--memory-limit", arguments->memory_limit, "refuse what would need more, e.g. 8GB")
        .takes("SIZE")
        .otherwise("80 % of the memory there is");
    command.group("Output");
    command.option("-o,--output", arguments->output, "result file (HDF5)").takes("FILE").required();
    add_compress_option(command, arguments->compress);
    command.flag("--force", arguments->force,
                 "replace an existing result file, and what an interrupted run left beside it");
    command.flag("--json", arguments->json, "summary as JSON on stdout");
    command.flag("--quiet", arguments->quiet, "no progress bar and no summary");
    command.examples({"plunge run scenarios/quickstart.toml -o run.h5",
                      "plunge run mine.toml -o run.h5 --worlds 1e5 --seed 7 --compress",
                      "plunge run mine.toml -o run.h5 --set run.horizon=3d",
                      "generate | plunge run - -o run.h5 --json"});
    command.action([arguments] { return run(*arguments); });
}

} // namespace plunge
