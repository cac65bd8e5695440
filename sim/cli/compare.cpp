// plunge compare: the differences between two result files, metric by metric.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "output/embedded_scenario.hpp"
#include "output/errors.hpp"
#include "output/reader.hpp"
#include "output/summary_input.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/same_paths.hpp"
#include "sim/scenario/section_digests.hpp"
#include "sim/stats/comparison.hpp"
#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

struct CompareArguments {
    std::string file_a;
    std::string file_b;
    std::string venue;
    std::vector<std::string> metrics;
    double confidence = 0.95;
    bool paired = false;
    bool two_sample = false;
    bool json = false;
};

// All columns of one file that may be asked for: all venues together and per asset, or one venue's.
std::vector<Column> columns_of(const Reader& reader, const std::string& venue) {
    std::vector<Column> columns;
    if (!venue.empty()) {
        const std::vector<std::string>& venues = reader.venues();
        if (std::find(venues.begin(), venues.end(), venue) == venues.end())
            throw OutputError(reader.path(),
                              fmt::format("has no venue \"{}\" ({})", venue, known_names_hint(venue, venues)),
                              Fault::request);
        for (const std::string& metric : reader.venue_metrics(venue))
            columns.push_back(reader.venue_column(venue, metric));
        return columns;
    }
    for (const std::string& metric : reader.world_metrics()) columns.push_back(reader.world_column(metric));
    for (const std::string& metric : reader.asset_metrics())
        for (std::size_t asset = 0; asset < reader.assets().size(); ++asset)
            columns.push_back(reader.asset_column(metric, asset));
    return columns;
}

// Keeps what was asked for: a metric by its name, or a metric of all assets by its name without the symbol.
void keep_metrics(const std::string& path, const std::vector<std::string>& wanted, std::vector<Column>& columns) {
    if (wanted.empty()) return;
    const auto matches = [](const Column& column, const std::string& name) {
        return column.name == name || column.name.starts_with(name + ".");
    };
    for (const std::string& name : wanted) {
        if (std::any_of(columns.begin(), columns.end(), [&](const Column& c) { return matches(c, name); })) continue;
        std::vector<std::string> known;
        for (const Column& column : columns) known.push_back(column.name);
        throw OutputError(path, fmt::format("has no metric \"{}\" ({})", name, known_names_hint(name, known)),
                          Fault::request);
    }
    std::erase_if(columns, [&](const Column& column) {
        return std::none_of(wanted.begin(), wanted.end(),
                            [&](const std::string& name) { return matches(column, name); });
    });
}

ComparedRun read_run(const Reader& reader, const CompareArguments& arguments) {
    ComparedRun run{reader.path(),       reader.text("title"),
                    reader.worlds(),     reader.count("worlds_requested"),
                    reader.dependence(), columns_of(reader, arguments.venue),
                    reader.provenance()};
    keep_metrics(reader.path(), arguments.metrics, run.columns);
    return run;
}

// What the scenarios say, and what nothing but equal paths can make: drawdowns of the index that are equal in every
// world, to the last bit. They find files of two versions that draw paths in different ways.
std::vector<std::string> reasons_against_pairs(const Reader& a, const Reader& b) {
    std::optional<LoadedScenario> scenario_a;
    std::optional<LoadedScenario> scenario_b;
    for (const auto& [reader, loaded] : {std::pair{&a, &scenario_a}, std::pair{&b, &scenario_b}}) {
        try {
            *loaded = embedded_scenario(*reader);
        } catch (const ScenarioError&) {
            return {fmt::format("the scenario in {} is not one of this version of plunge", reader->path())};
        }
    }
    std::vector<std::string> reasons = path_differences(scenario_a->scenario, scenario_b->scenario);
    if (!reasons.empty()) return reasons;
    const auto worlds = static_cast<std::ptrdiff_t>(std::min(a.worlds(), b.worlds()));
    for (std::size_t asset = 0; asset < a.assets().size(); ++asset) {
        const std::vector<double> in_a = a.asset_column("exogenous_max_drawdown", asset).values;
        const std::vector<double> in_b = b.asset_column("exogenous_max_drawdown", asset).values;
        if (!std::equal(in_a.begin(), in_a.begin() + worlds, in_b.begin(), in_b.begin() + worlds))
            return {fmt::format("the index paths of {} differ though the scenarios draw the same: the files are of "
                                "plunge {} ({:.12}) and {} ({:.12})",
                                a.assets()[asset], a.text("plunge_version"), a.text("git_commit"),
                                b.text("plunge_version"), b.text("git_commit"))};
    }
    return {};
}

// Of worlds in which nothing is drawn: what they differ in is certain.
void print_certain(const ComparedRun& a, const ComparedRun& b, bool json) {
    std::string table;
    std::vector<std::string> same;
    nlohmann::ordered_json metrics = nlohmann::ordered_json::object();
    for (const Column& column : a.columns) {
        const auto other = std::find_if(b.columns.begin(), b.columns.end(),
                                        [&](const Column& candidate) { return candidate.name == column.name; });
        if (other == b.columns.end() || column.values.empty() || other->values.empty()) continue;
        const double in_a = column.values.front();
        const double in_b = other->values.front();
        metrics[column.name] = {{"units", column.units},
                                {"a", json_number(in_a)},
                                {"b", json_number(in_b)},
                                {"difference", json_number(in_b - in_a)}};
        if (in_a == in_b || (std::isnan(in_a) && std::isnan(in_b))) {
            same.push_back(column.name);
            continue;
        }
        table += fmt::format("  {:<34}{:>12}{:>12}{:>12}\n", shorten(column.name, 33), format_number(in_a),
                             format_number(in_b), format_number(in_b - in_a));
    }
    if (json) {
        fmt::print("{}\n", json_text({{"a", {{"file", a.file}, {"provenance", provenance_json(a.provenance)}}},
                                      {"b", {{"file", b.file}, {"provenance", provenance_json(b.provenance)}}},
                                      {"mode", "certain"},
                                      {"metrics", std::move(metrics)}}));
        return;
    }
    fmt::print("B minus A\n  A  {}: {}\n  B  {}: {}\n", a.file, a.title, b.file, b.title);
    fmt::print("{}\n",
               wrap_sentence("Nothing is drawn in either: each is one world, and what they differ in is certain."));
    fmt::print("  {:<34}{:>12}{:>12}{:>12}\n{}\n", "", "A", "B", "B - A", table);
    if (!same.empty()) fmt::print("{}", wrap("the same in both:", same));
}

int compare(const CompareArguments& arguments) {
    const Reader reader_a(arguments.file_a);
    const Reader reader_b(arguments.file_b);
    const ComparedRun a = read_run(reader_a, arguments);
    const ComparedRun b = read_run(reader_b, arguments);
    std::vector<std::string> reasons = reasons_against_pairs(reader_a, reader_b);
    const bool same_worlds = reasons.empty();
    if (!same_worlds && arguments.paired) {
        print_to_stderr(fmt::format("plunge: error: {} and {} cannot be compared in pairs: {}\n", arguments.file_a,
                                    arguments.file_b, joined(reasons)));
        return exit_bad_input;
    }
    const bool paired = same_worlds && !arguments.two_sample;
    if (paired) {
        reasons = {"seed, steps, assets, [prices] and shocks are the same, and so are the index paths"};
        if (a.worlds != b.worlds)
            reasons.push_back(fmt::format("of {} and {} worlds the first {} are compared", with_separators(a.worlds),
                                          with_separators(b.worlds), with_separators(std::min(a.worlds, b.worlds))));
    } else if (!same_worlds && reader_a.count("seed") != reader_b.count("seed") &&
               seed_draws_population(reader_a.text("scenario_effective"))) {
        reasons.emplace_back("and different seeds draw other accounts for all worlds, which intervals know nothing of "
                             "(run.population = \"resampled\" draws them for every world)");
    } else if (same_worlds) {
        reasons = {"asked for by --two-sample, though these share their price paths"};
    }
    const auto leaves_out = [](const Reader& reader) { return !reader.text("intervals_leave_out").empty(); };
    if (leaves_out(reader_a) || leaves_out(reader_b))
        reasons.emplace_back(
            "and no interval holds another draw of the accounts than the one that serves all worlds of a run");
    if (reader_a.count("deterministic") != 0 && reader_b.count("deterministic") != 0) {
        print_certain(a, b, arguments.json);
        return exit_done;
    }
    Comparison comparison = compare_runs(a, b, paired, arguments.confidence);
    comparison.reasons = std::move(reasons);
    fmt::print("{}", arguments.json ? comparison_json(comparison, a, b) + "\n"
                                    : format_comparison(comparison, a, b, stdout_in_colour()));
    return exit_done;
}

} // namespace

void add_compare_command(CommandLine& line) {
    const auto arguments = std::make_shared<CompareArguments>();
    const Command command = line.command("compare", "Differences between two result files, B minus A");
    command.group("Input");
    command.option("A", arguments->file_a, "result file").required();
    command.option("B", arguments->file_b, "result file").required();
    command.group("Comparison");
    command.option("--venue", arguments->venue, "metrics of this venue").takes("NAME").otherwise("all together");
    command.option("--metric", arguments->metrics, "only this metric; repeatable").takes("NAME").repeatable();
    add_confidence_option(command, arguments->confidence, 0.999999);
    const Option paired = command.flag("--paired", arguments->paired,
                                       "fail where the worlds of the two do not share their price paths");
    command.flag("--two-sample", arguments->two_sample, "do not pair worlds, even where they share paths")
        .excludes(paired);
    command.group("Output");
    command.flag("--json", arguments->json, "the comparison as JSON on stdout");
    command.examples({"plunge compare thin.h5 deep.h5", "plunge compare thin.h5 deep.h5 --metric uncovered --json"});
    command.action([arguments] { return compare(*arguments); });
}

} // namespace plunge
