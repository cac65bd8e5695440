// plunge sweep: one scenario with some of its keys varied, in one run and one file.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "output/sweep_writer.hpp"
#include "output/writer.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/creation_time.hpp"
#include "sim/cli/limits.hpp"
#include "sim/cli/output_path.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/driver/estimate.hpp"
#include "sim/driver/sweep.hpp"
#include "sim/driver/sweep_plan.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/stats/design.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/sweep_summary.hpp"
#include "sim/version.hpp"

namespace plunge {
namespace {

struct SweepArguments : ScenarioArguments {
    std::string output;
    std::vector<std::string> vary;
    std::vector<std::string> metrics;
    SweepSample sample = SweepSample::grid;
    std::optional<std::uint64_t> points;
    double confidence = 0.95;
    std::string memory_limit;
    bool compress = false;
    bool force = false;
    bool json = false;
    bool quiet = false;
};

// What --metrics asks for: a metric by its name, or a metric of all assets by its name without the symbol, and behind
// it which number of the worlds, the mean where none is given.
struct Chosen {
    std::vector<Column> columns;
    std::vector<SweepOutput> outputs;
};

bool is_named(const Column& column, const std::string& name) {
    return column.name == name || column.name.starts_with(name + ".");
}

Chosen chosen_outputs(const Scenario& scenario, const std::vector<std::string>& wanted) {
    const std::vector<Column> all = world_columns(scenario, {});
    if (wanted.empty()) return {all, usual_outputs(all)};
    Chosen chosen;
    const auto known = [&](const std::string& name) {
        return std::any_of(all.begin(), all.end(), [&](const Column& column) { return is_named(column, name); });
    };
    const auto place_of = [&](const Column& column) {
        const auto same = [&](const Column& other) { return other.name == column.name; };
        const auto found = std::find_if(chosen.columns.begin(), chosen.columns.end(), same);
        if (found != chosen.columns.end()) return static_cast<std::size_t>(found - chosen.columns.begin());
        chosen.columns.push_back(column);
        return chosen.columns.size() - 1;
    };
    for (const std::string& word : wanted) {
        std::string name = word;
        std::string ending;
        std::optional<Statistic> statistic = Statistic{};
        const std::size_t dot = word.rfind('.');
        if (!known(name) && dot != std::string::npos && known(word.substr(0, dot))) {
            name = word.substr(0, dot);
            ending = word.substr(dot);
            statistic = parse_statistic(ending.substr(1));
            if (!statistic)
                refuse("--metrics " + word, fmt::format("\"{}\" is no number of worlds\nknown: mean, share (of worlds "
                                                        "above zero), quantiles such as q5, q99, q999",
                                                        ending.substr(1)));
            if (statistic->kind == Statistic::Kind::mean) ending.clear();
        }
        if (!known(name)) {
            std::vector<std::string> names;
            for (const Column& column : all) names.push_back(column.name);
            refuse("--metrics " + word, fmt::format("there is no such metric\n{}", known_names_hint(name, names)));
        }
        for (const Column& column : all) {
            if (!is_named(column, name)) continue;
            const SweepOutput output{place_of(column), *statistic, column.name + ending};
            const auto same = [&](const SweepOutput& other) { return other.name == output.name; };
            if (std::none_of(chosen.outputs.begin(), chosen.outputs.end(), same)) chosen.outputs.push_back(output);
        }
    }
    return chosen;
}

std::vector<Factor> factors_of(const SweepArguments& arguments, const Scenario& scenario) {
    std::vector<Factor> factors;
    for (const std::string& argument : arguments.vary) factors.push_back(parse_factor(argument));
    std::vector<std::string> taken = names_in_sweep_files();
    for (const Column& column : world_columns(scenario, {})) taken.push_back(column.name);
    name_factors(factors, taken);
    if (arguments.sample == SweepSample::saltelli && 2 * factors.size() > max_sobol_factors)
        refuse("--sample saltelli", fmt::format("at most {} factors", max_sobol_factors / 2));
    return factors;
}

std::size_t rows_of(const SweepArguments& arguments) {
    const bool drawn = arguments.sample == SweepSample::latin || arguments.sample == SweepSample::saltelli;
    if (drawn && !arguments.points)
        refuse("--sample " + sample_name(arguments.sample),
               "needs --points\nof a Latin hypercube the number of points; of Saltelli's design the number of rows, "
               "which take factors + 2 points each, best a power of two");
    if (!drawn && arguments.points)
        refuse(fmt::format("--points {}", *arguments.points),
               fmt::format("--sample {} has the points that its values make\nlatin and saltelli draw them",
                           sample_name(arguments.sample)));
    return arguments.points.value_or(0);
}

// Values in memory and in the file, and a point's name and estimates.
double results_bytes(double points, double worlds, double columns, double factors) {
    constexpr double estimates = 10.0;
    constexpr double text_per_factor = 64.0;
    constexpr double per_point = 512.0;
    return 2.0 * sizeof(double) * columns * (points + 1.0) * (worlds + estimates) +
           points * (per_point + text_per_factor * factors);
}

void check_fits(const SweepArguments& arguments, const std::string& path, double results, double markets) {
    const double allowed = arguments.memory_limit.empty() ? default_memory_limit() : parse_size(arguments.memory_limit);
    if (results + markets <= allowed) return;
    refuse(path, fmt::format("the sweep would need about {}, more than the limit of {}\nresults {}, accounts and paths "
                             "{}; take fewer points, --worlds or --metrics, or raise --memory-limit",
                             format_bytes(results + markets), format_bytes(allowed), format_bytes(results),
                             format_bytes(markets)));
}

// Threads are at so many points at a time, the most demanding ones at worst.
double markets_bytes(const std::vector<PointInfo>& points, unsigned threads) {
    std::vector<double> bytes;
    for (const PointInfo& point : points) bytes.push_back(point.memory_bytes);
    std::sort(bytes.rbegin(), bytes.rend());
    double sum = 0.0;
    for (std::size_t i = 0; i < bytes.size() && i < threads; ++i) sum += bytes[i];
    return sum;
}

SweepText text_of(const SweepPlan& plan, const std::vector<bool>& paired, const Scenario& scenario,
                  const SweepArguments& arguments) {
    SweepText text;
    text.title = scenario.header.name;
    text.sample = sample_name(plan.sample);
    text.seed = scenario.run.seed;
    for (const Factor& factor : plan.factors) {
        text.factors.push_back(factor.name);
        text.keys.push_back(factor.keys);
    }
    text.values = plan.values;
    text.paired = paired;
    text.metrics_chosen = !arguments.metrics.empty();
    text.left_out = left_out_of_intervals(scenario).value_or("");
    return text;
}

int sweep(const SweepArguments& arguments) {
    const LoadedScenario base = load_named_scenario(arguments.scenario, arguments.overrides());
    const Scenario& scenario = base.scenario;
    const unsigned threads = thread_count(arguments.threads);
    Chosen chosen = chosen_outputs(scenario, arguments.metrics);
    std::vector<Factor> factors = factors_of(arguments, scenario);
    const std::size_t rows = rows_of(arguments);
    const double results = results_bytes(
        count_points(factors, arguments.sample, rows), static_cast<double>(scenario.run.worlds),
        static_cast<double>(chosen.columns.size()), static_cast<double>(factors.size()));
    check_fits(arguments, base.path, results, 0.0); // before the points are written down
    const SweepPlan plan = make_plan(std::move(factors), arguments.sample, rows, scenario.run.seed);
    check_result_path(arguments.output, arguments.force);
    // Overrides of a point stand where `plunge run` would have them: after --set, before --worlds and --seed.
    const PointReader reader(base, arguments.set, arguments.last_overrides());
    const std::vector<PointInfo> points = check_points(plan, reader, base, threads);
    if (const auto why = why_worlds_are_equal(scenario);
        why && scenario.run.worlds > 1 &&
        std::none_of(points.begin(), points.end(), [](const PointInfo& point) { return point.draws; })) {
        refuse(base.path, fmt::format("every world of a point would be the same: {}\nuse --worlds 1", *why));
    }
    check_fits(arguments, base.path, results, markets_bytes(points, threads));
    if (!arguments.quiet) tell_of_inputs(base);
    const CreationTime created;

    InterruptFlag interrupt;
    SweepResult result;
    {
        ProgressBar bar((1 + plan.points) * scenario.run.worlds, arguments.quiet);
        result = run_sweep(1 + plan.points, scenario.run.worlds, std::move(chosen.columns),
                           [&](std::uint64_t number) {
                               return number == 0 ? scenario : reader.read(plan.overrides(number - 1)).scenario;
                           },
                           {threads, &interrupt.flag(), [&bar](std::uint64_t done) { bar.update(done); }});
    }
    if (result.interrupted) {
        const std::uint64_t done = result.worlds_done / scenario.run.worlds;
        print_to_stderr(fmt::format("plunge: interrupted after {} of {} points; nothing written\n",
                                    done > 0 ? done - 1 : 0, plan.points));
        return exit_interrupted;
    }
    std::vector<bool> paired;
    for (const PointInfo& point : points) paired.push_back(point.same_paths);
    SweepSettings settings{scenario.run.worlds, dependence_of(scenario.run), arguments.confidence, scenario.run.seed,
                           0};
    if (plan.sample == SweepSample::saltelli) settings.saltelli_factors = plan.factors.size();
    const std::vector<SweepMetric> metrics = summarize_sweep(result.columns, paired, settings, chosen.outputs);
    const ResultInfo info{std::string(version()), std::string(git_commit()), command_line(), created.text(), base};
    const std::vector<InputFile> inputs = reader.inputs();
    const std::string digest = write_sweep(
        arguments.output, {info, inputs, plan, points, result.columns, metrics, settings, !arguments.metrics.empty()},
        arguments.force, arguments.compress ? Storage::compressed : Storage::contiguous);
    const SweepText text = text_of(plan, paired, scenario, arguments);
    std::string printed;
    if (arguments.json) {
        printed = sweep_json(text, metrics, settings, provenance_of(base, digest)) + "\n";
    } else if (!arguments.quiet) {
        const auto worlds = static_cast<double>(result.worlds_done);
        printed = fmt::format("{}\n{} worlds in {:.3g} s ({:.4g} worlds/s); results in {}\n",
                              format_sweep(text, metrics, settings, stdout_in_colour()), result.worlds_done,
                              result.seconds, worlds / result.seconds, arguments.output);
    }
    std::fputs(printed.c_str(), stdout); // whether it could be written is asked once, at the program's end
    return exit_done;
}

} // namespace

void add_sweep_command(CommandLine& line) {
    static const std::map<std::string, SweepSample> samples{{"grid", SweepSample::grid},
                                                            {"latin", SweepSample::latin},
                                                            {"saltelli", SweepSample::saltelli},
                                                            {"one-at-a-time", SweepSample::one_at_a_time}};
    auto arguments = std::make_shared<SweepArguments>();
    const Command command = line.command("sweep", "Vary keys of a scenario: grids, samples, Sobol indices");
    add_scenario_arguments(command, *arguments, "of every point, instead of run.worlds",
                           "of every point and of the sample, instead of run.seed");
    command.option("--memory-limit", arguments->memory_limit, "refuse what would need more, e.g. 8GB")
        .takes("SIZE")
        .otherwise("80 % of the memory there is");
    command.group("What is varied");
    command
        .option("--vary", arguments->vary,
                "key as in --set; repeatable. Values: 1,2,4 or full,partial; lin(a,b,n), log(a,b,n); for samples "
                "uniform(a,b), loguniform(a,b). key,key=values: both take the same value")
        .takes("KEY=VALUES")
        .required()
        .repeatable();
    command.choice("--sample", arguments->sample, samples, "grid|one-at-a-time|latin|saltelli",
                   "grid: every value with every other; one-at-a-time: every value alone; latin: Latin hypercube; "
                   "saltelli: for Sobol indices");
    command
        .option("--points", arguments->points,
                "latin: number of points; saltelli: number of rows, each of factors + 2 points")
        .within(std::uint64_t{1}, std::uint64_t{1'000'000'000});
    add_confidence_option(command, arguments->confidence, 0.999999);
    command.group("Output");
    command.option("-o,--output", arguments->output, "result file (HDF5)").takes("FILE").required();
    command
        .option("--metrics", arguments->metrics,
                "keep and print these only, e.g. shortfall,min_price; with .share (of worlds above zero) or a quantile "
                "behind it: adl_notional.share,shortfall.q99")
        .takes("NAMES")
        .separated_by(',')
        .repeatable();
    add_compress_option(command, arguments->compress);
    command.flag("--force", arguments->force, "replace an existing result file");
    command.flag("--json", arguments->json, "every point as JSON on stdout");
    command.flag("--quiet", arguments->quiet, "no progress bar and no table");
    command.examples({"plunge sweep mine.toml --vary 'venue.liquidation.fee=0.002,0.01' \\",
                      "    --vary 'cohort.0.accounts=lin(500,2000,4)' -o sweep.h5",
                      "plunge sweep mine.toml --vary 'cohort.0.accounts=uniform(500,2000)' \\",
                      "    --sample latin --points 20 --metrics shortfall,uncovered -o sweep.h5"});
    command.action([arguments] { return sweep(*arguments); });
}

} // namespace plunge
