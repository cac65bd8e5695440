// plunge variance: how much less a scenario's means vary by antithetic pairs, quasi-random paths and control variates.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/limits.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/scenario_arguments.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/driver/parallel_blocks.hpp"
#include "sim/driver/variance_study.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/stats/json.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {
namespace {

struct VarianceArguments : ScenarioArguments {
    std::vector<std::string> metrics;
    std::uint64_t repetitions = 4;
    std::uint64_t control_worlds = 2;
    double confidence = 0.95;
    bool json = false;
    bool quiet = false;
};

LoadedScenario load(const VarianceArguments& arguments) {
    LoadedScenario loaded = load_named_scenario(arguments.scenario, arguments.overrides());
    if (!arguments.quiet) tell_of_inputs(loaded);
    if (!is_drawn(loaded.scenario.prices))
        refuse(loaded.path, "prices.model = \"replay\": the same path in every world leaves nothing to draw otherwise");
    constexpr std::uint64_t fewest_worlds = 64; // four of every replication
    if (loaded.scenario.run.worlds < fewest_worlds)
        refuse(loaded.path, fmt::format("run.worlds = {}: at least {} are needed to estimate variances",
                                        loaded.scenario.run.worlds, fewest_worlds));
    loaded.scenario.run.antithetic = false;
    loaded.scenario.run.paths = PathSampling::pseudo;
    loaded.scenario.record.traces.clear();
    return loaded;
}

// Only the metrics asked for; a metric per asset by its name alone, too.
void keep_metrics(const std::vector<std::string>& wanted, const Scenario& scenario, VarianceStudy& study) {
    if (wanted.empty()) return;
    const auto matches = [](const std::string& metric, const std::string& name) {
        return metric == name || metric.starts_with(name + ".");
    };
    std::vector<std::string> known;
    for (const Column& column : world_columns(scenario, {})) known.push_back(column.name);
    for (const std::string& name : wanted) {
        if (std::any_of(known.begin(), known.end(), [&](const std::string& metric) { return matches(metric, name); }))
            continue;
        refuse("--metric " + name, fmt::format("there is no such metric\n{}", known_names_hint(name, known)));
    }
    std::erase_if(study.metrics, [&](const MetricVariance& metric) {
        return std::none_of(wanted.begin(), wanted.end(),
                            [&](const std::string& name) { return matches(metric.name, name); });
    });
}

double time_ratio(const VarianceStudy& study, std::size_t way) { return study.seconds[way] / study.seconds[0]; }

// "0.42 x1.50": the interval goes from 1.5 times less to 1.5 times more; the larger factor where the two differ.
std::string ratio_text(const VarianceRatio& variance) {
    if (std::isnan(variance.ratio)) return "-";
    const double factor = std::max(variance.interval.high / variance.ratio, variance.ratio / variance.interval.low);
    return fmt::format("{:.2g} x{:.{}f}", variance.ratio, factor, factor < 10.0 ? 2 : 0);
}

std::string table(const VarianceStudy& study, const VarianceArguments& arguments, const Scenario& scenario) {
    constexpr int name_width = 26;
    constexpr int error_width = 6;
    std::string text = fmt::format(
        "{}\n{} worlds, {} {}. Variance of the mean over that of as many\n"
        "independent worlds, and the factor by which its {:g} % interval goes up and down:\n\n",
        scenario.header.name, scenario.run.worlds, arguments.repetitions,
        arguments.repetitions == 1 ? "repetition" : "repetitions", 100.0 * arguments.confidence);
    text += fmt::format("{:<{}}{:>{}}{:>12}{:>12}{:>12}{:>12}\n", "", name_width, "s.e.", error_width, "antithetic",
                        "sobol", "controls", "both");
    for (const MetricVariance& metric : study.metrics) {
        const MetricVariance::Of& plain = metric.by[0];
        const double relative = plain.mean != 0.0 ? 100.0 * plain.standard_error / std::fabs(plain.mean) : NAN;
        text += fmt::format("{:<{}}{:>{}}", metric.name, name_width,
                            std::isnan(relative) ? "-" : fmt::format("{:.{}f} %", relative, relative < 10.0 ? 2 : 0),
                            error_width);
        for (std::size_t way = 1; way < estimators; ++way)
            text += fmt::format("{:>12}", ratio_text(metric.by[way].variance));
        text += "\n";
    }
    text += fmt::format("\n{:<{}}", "time over plain worlds'", name_width + error_width);
    for (std::size_t way = 1; way < estimators; ++way) text += fmt::format("{:>12.2f}", time_ratio(study, way));
    return text + "\n\ns.e.: of the mean of independent worlds, over its size. The gain is one over\n"
                  "(ratio times time). Controls: regression on every asset's log return, lowest\n"
                  "and highest price and drawdown; both: the same with Sobol points.\n";
}

std::string json(const VarianceStudy& study, const VarianceArguments& arguments, const LoadedScenario& loaded) {
    const Scenario& scenario = loaded.scenario;
    std::vector<double> numbers;
    nlohmann::ordered_json metrics = nlohmann::ordered_json::array();
    for (const MetricVariance& metric : study.metrics) {
        nlohmann::ordered_json ways;
        for (std::size_t way = 0; way < estimators; ++way) {
            const MetricVariance::Of& of = metric.by[way];
            numbers.insert(numbers.end(), {of.mean, of.standard_error, of.variance.ratio});
            ways[std::string(EnumNames<Estimator>::value[way])] = {
                {"mean", json_number(of.mean)},
                {"standard_error", json_number(of.standard_error)},
                {"variance_ratio", json_number(of.variance.ratio)},
                {"low", json_number(of.variance.interval.low)},
                {"high", json_number(of.variance.interval.high)},
                {"efficiency", json_number(1.0 / (of.variance.ratio * time_ratio(study, way)))}};
        }
        metrics.push_back({{"metric", metric.name}, {"units", metric.units}, {"estimators", ways}});
    }
    nlohmann::ordered_json seconds;
    for (std::size_t way = 0; way < estimators; ++way)
        seconds[std::string(EnumNames<Estimator>::value[way])] = study.seconds[way];
    const nlohmann::ordered_json document{{"title", scenario.header.name},
                                          {"worlds", scenario.run.worlds},
                                          {"repetitions", arguments.repetitions},
                                          {"control_worlds", arguments.control_worlds},
                                          {"confidence", arguments.confidence},
                                          {"seconds", seconds},
                                          {"metrics", metrics}};
    return json_text(document, provenance_of(loaded, digest_of(numbers))) + "\n";
}

int variance(const VarianceArguments& arguments) {
    const LoadedScenario loaded = load(arguments);
    check_memory(loaded, thread_count(arguments.threads), "");
    VarianceStudy nothing;
    keep_metrics(arguments.metrics, loaded.scenario, nothing); // wrong names are found before anything runs
    InterruptFlag interrupt;
    VarianceStudy study;
    {
        ProgressBar bar(3 * arguments.repetitions * loaded.scenario.run.worlds, arguments.quiet);
        study = study_variance(loaded.scenario, {.repetitions = arguments.repetitions,
                                                 .control_worlds = arguments.control_worlds,
                                                 .confidence = arguments.confidence,
                                                 .threads = arguments.threads,
                                                 .stop = &interrupt.flag(),
                                                 .progress = [&bar](std::uint64_t done) { bar.update(done); }});
    }
    if (study.interrupted) {
        print_to_stderr("plunge: interrupted\n");
        return exit_interrupted;
    }
    keep_metrics(arguments.metrics, loaded.scenario, study);
    const std::string text = arguments.json ? json(study, arguments, loaded) : table(study, arguments, loaded.scenario);
    std::fputs(text.c_str(), stdout);
    return exit_done;
}

} // namespace

void add_variance_command(CommandLine& line) {
    auto arguments = std::make_shared<VarianceArguments>();
    const Command command = line.command(
        "variance", "Measure how much antithetic pairs, quasi-random paths and control variates help a scenario");
    add_scenario_arguments(command, *arguments, "instead of run.worlds, for every way of drawing them",
                           "instead of run.seed; further repetitions have the seeds after it");
    command.option("--repetitions", arguments->repetitions, "how often all of it is done").within(1, 1000);
    command
        .option("--control-worlds", arguments->control_worlds,
                "worlds whose paths alone give the controls' means, over worlds")
        .within(1, 1000);
    add_confidence_option(command, arguments->confidence, 0.9999);
    command.group("Output");
    command.option("--metric", arguments->metrics, "only this metric; repeatable").takes("NAME").repeatable();
    command.flag("--json", arguments->json, "as JSON on stdout");
    command.flag("--quiet", arguments->quiet, "no progress bar");
    command.examples({"plunge variance scenarios/quickstart.toml --metric liquidated_notional"});
    command.action([arguments] { return variance(*arguments); });
}

} // namespace plunge
