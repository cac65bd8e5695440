// plunge replay: one world of a result file again, bit for bit, with its full trace.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include <fmt/core.h>

#include "output/embedded_scenario.hpp"
#include "output/errors.hpp"
#include "output/reader.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/output_path.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/engine/result_columns.hpp"
#include "sim/engine/world.hpp"
#include "sim/engine/world_trace.hpp"
#include "sim/scenario/load.hpp"
#include "sim/version.hpp"

namespace plunge {
namespace {

struct ReplayArguments {
    std::string file;
    std::int64_t world = 0;
    std::string csv;
    bool force = false;
};

// Equal bits, or both not there: a file keeps one kind of NaN.
bool same(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}
bool same(std::uint64_t a, std::uint64_t b) { return a == b; }
bool same(std::uint32_t a, std::uint32_t b) { return a == b; }

// Names of the metrics that differ in any bit.
std::vector<std::string> differences(const WorldResult& again, const WorldResult& kept, const Scenario& scenario) {
    std::vector<std::string> names;
    const auto compare = [&](const auto& table, const auto& x, const auto& y, const std::string& owner) {
        for_each_column(table, [&](const auto& row) {
            if (!same(x.*row.member, y.*row.member)) names.push_back(fmt::format("{}{}", owner, row.name));
        });
    };
    for (std::size_t v = 0; v < kept.venues.size(); ++v) {
        compare(venue_metrics(), again.venues[v], kept.venues[v], scenario.venues[v].name + ".");
    }
    for (std::size_t c = 0; c < kept.cohorts.size(); ++c) {
        compare(cohort_metrics(), again.cohorts[c], kept.cohorts[c], scenario.cohorts[c].name + ".");
    }
    for (std::size_t a = 0; a < kept.assets.size(); ++a) {
        compare(asset_metrics(), again.assets[a], kept.assets[a], scenario.assets[a].symbol + ".");
    }
    compare(std::tuple{amplification_metric}, again, kept, "");
    compare(counterfactual_metrics(), again.counterfactual, kept.counterfactual, "");
    compare(network_metrics(), again.network, kept.network, "");
    // An empty matrix is zero; a file that keeps none says nothing.
    const auto compare_matrices = [&](const std::vector<double>& x, const std::vector<double>& y, const char* name) {
        for (std::size_t i = 0; i < y.size(); ++i) {
            if (same(x.empty() ? 0.0 : x[i], y[i])) continue;
            names.emplace_back(name);
            return;
        }
    };
    compare_matrices(again.contagion, kept.contagion, "contagion");
    compare_matrices(again.counterfactual_contagion, kept.counterfactual_contagion, "counterfactual contagion");
    if (!scenario.record.cascades) return names;
    if (again.cascades.size() != kept.cascades.size()) {
        names.push_back(fmt::format("cascades: {} instead of {}", again.cascades.size(), kept.cascades.size()));
        return names;
    }
    for (std::size_t i = 0; i < kept.cascades.size(); ++i) {
        const Cascade& x = again.cascades[i];
        const Cascade& y = kept.cascades[i];
        const std::string owner = fmt::format("cascade {}.", i);
        compare(cascade_columns(), x, y, owner);
        if (x.venue != y.venue) names.push_back(owner + "venue");
        if (!std::equal(x.price_move.begin(), x.price_move.end(), y.price_move.begin(), y.price_move.end(),
                        [](double a, double b) { return same(a, b); })) {
            names.push_back(owner + "price_move");
        }
    }
    return names;
}

// The steps in which something happened, for a terminal.
void print_story(const WorldTrace& trace, const Scenario& scenario) {
    const std::size_t venues = scenario.venues.size();
    const std::size_t assets = scenario.assets.size();
    const std::vector<double>& liquidated = trace["liquidated_notional"];
    const std::vector<double>& deleveraged = trace["adl_notional"];
    const std::vector<double>& price = trace["price"];
    constexpr std::size_t most_lines = 40;
    std::vector<std::size_t> busy;
    for (std::size_t i = 0; i < liquidated.size(); ++i) {
        if (liquidated[i] > 0.0 || deleveraged[i] > 0.0) busy.push_back(i);
    }
    fmt::print("{:>6} {:>9} {:<10} {:>6} {:>12} {:>11} {:>11} {:>9}\n", "step", "time", "venue", "rounds", "liquidated",
               "shortfall", "ADL", scenario.assets[0].symbol);
    // The largest steps, in order of time.
    std::sort(busy.begin(), busy.end(), [&](std::size_t x, std::size_t y) {
        return liquidated[x] != liquidated[y] ? liquidated[x] > liquidated[y] : x < y;
    });
    const std::size_t shown = std::min(busy.size(), most_lines);
    std::sort(busy.begin(), busy.begin() + static_cast<std::ptrdiff_t>(shown));
    for (std::size_t k = 0; k < shown; ++k) {
        const std::size_t i = busy[k];
        const std::size_t t = i / venues;
        const double minutes = static_cast<double>(t) * scenario.run.step_seconds / 60.0;
        const double start = price[(i % venues) * assets];
        fmt::print("{:>6} {:>5.0f}:{:02.0f}s {:<10.10} {:>6.0f} {:>12.4g} {:>11.4g} {:>11.4g} {:>+8.2f}%\n", t,
                   std::floor(minutes), std::floor(60.0 * (minutes - std::floor(minutes))),
                   scenario.venues[i % venues].name, trace["rounds"][i], liquidated[i], trace["shortfall"][i],
                   deleveraged[i], 100.0 * (price[i * assets] / start - 1.0));
    }
    if (busy.size() > shown) fmt::print("  ... and {} steps with smaller liquidations\n", busy.size() - shown);
    if (busy.empty()) fmt::print("  nothing was liquidated\n");
}

// A line a step, venue and asset, with every column of the trace.
void write_csv(const std::string& path, const WorldTrace& trace, const Scenario& scenario, bool overwrite) {
    const std::size_t venues = scenario.venues.size();
    const std::size_t assets = scenario.assets.size();
    std::string text = "step,seconds,venue,asset";
    for (const TraceColumn& column : trace_columns()) text += fmt::format(",{}", column.name);
    text += '\n';
    const std::size_t steps = scenario.run.steps() + 1;
    for (std::size_t i = 0; i < steps * venues; ++i) { // step and venue
        for (std::size_t a = 0; a < assets; ++a) {
            const std::size_t t = i / venues;
            text += fmt::format("{},{},{},{}", t, static_cast<double>(t) * scenario.run.step_seconds,
                                scenario.venues[i % venues].name, scenario.assets[a].symbol);
            for (std::size_t c = 0; c < trace_columns().size(); ++c) {
                const TraceShape shape = trace_columns()[c].shape();
                const std::size_t place = shape == TraceShape::asset   ? t * assets + a
                                          : shape == TraceShape::venue ? i
                                                                       : i * assets + a;
                text += fmt::format(",{}", trace.columns()[c][place]);
            }
            text += '\n';
        }
    }
    write_text(path, text, overwrite);
}

int replay(const ReplayArguments& arguments) {
    const Reader reader(arguments.file);
    const auto world = static_cast<std::uint64_t>(arguments.world);
    if (arguments.world < 0 || world >= reader.worlds()) {
        print_to_stderr(fmt::format("plunge: error: {} has worlds 0 to {}; there is no world {}\n", arguments.file,
                                    reader.worlds() - 1, arguments.world));
        return exit_bad_input;
    }
    if (!arguments.csv.empty()) {
        check_text_path(arguments.csv, arguments.force);
        std::error_code missing; // most often there is no such file yet
        if (std::filesystem::equivalent(arguments.csv, arguments.file, missing))
            throw OutputError(arguments.csv, "is the result file that is replayed", Fault::request);
    }
    const LoadedScenario loaded = embedded_scenario(reader);
    const Market market(loaded.scenario);
    WorldEngine engine(market);
    WorldResult again;
    WorldTrace trace;
    engine.run(world, again, {&trace, nullptr, nullptr});
    const bool piped = is_stdout(arguments.csv); // then the trace is all that is printed
    if (!piped) {
        fmt::print("{}, world {}\n\n", loaded.scenario.header.name, arguments.world);
        print_story(trace, loaded.scenario);
    }
    if (!arguments.csv.empty()) write_csv(arguments.csv, trace, loaded.scenario, arguments.force);
    if (!arguments.csv.empty() && !piped) fmt::print("\ntrace in {}\n", arguments.csv);
    const std::vector<std::string> names = differences(again, reader.world(world), loaded.scenario);
    if (names.empty()) {
        if (!piped) fmt::print("\nequal to world {} of {}, bit for bit\n", arguments.world, arguments.file);
        return exit_done;
    }
    std::string text = fmt::format("plunge: world {} differs from {} (written by plunge {}, this is {}):\n",
                                   arguments.world, arguments.file, reader.text("plunge_version"), version());
    for (const std::string& name : names) text += fmt::format("  {}\n", name);
    print_to_stderr(text);
    return exit_check_failed;
}

} // namespace

void add_replay_command(CommandLine& line) {
    auto arguments = std::make_shared<ReplayArguments>();
    const Command command = line.command("replay", "Run one world of a result file again, bit for bit");
    command.group("Input");
    command.option("file", arguments->file, "result file").required();
    command.option("--world", arguments->world, "which world, counted from 0").required();
    command.group("Output");
    command
        .option("-o,--csv", arguments->csv,
                "write the world's whole trace as CSV, or - for standard output and nothing else there")
        .takes("FILE");
    command.flag("--force", arguments->force, "replace an existing CSV file");
    command.examples({"plunge replay run.h5 --world 17", "plunge replay run.h5 --world 17 --csv world17.csv"});
    command.action([arguments] { return replay(*arguments); });
}

} // namespace plunge
