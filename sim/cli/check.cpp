// plunge check: a result file held against a baseline; or, with --update, the baseline made from it.
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "output/errors.hpp"
#include "output/reader.hpp"
#include "output/summary_input.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/output_path.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/section_digests.hpp"
#include "sim/stats/regression.hpp"
#include "sim/stats/text.hpp"

namespace plunge {
namespace {

struct CheckArguments {
    std::string result;
    std::string baseline;
    std::string junit;
    std::optional<double> family_error;
    std::optional<double> tolerance;
    bool update = false;
    bool allow_scenario_change = false;
    bool json = false;
};

struct Result {
    RunIdentity run;
    std::vector<Column> columns;
    bool seed_draws_population = false;
};

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
    throw OutputError(path, reason, Fault::request);
}

Result read_result(const std::string& path) {
    const Reader reader(path);
    if (reader.worlds() < reader.count("worlds_requested"))
        refuse(path, fmt::format("holds {} of {} worlds of an interrupted run; run it to its end",
                                 with_separators(reader.worlds()), with_separators(reader.count("worlds_requested"))));
    Result result;
    const std::string effective = reader.text("scenario_effective");
    try {
        result.run = {reader.text("title"),          reader.text("plunge_version"),
                      reader.text("git_commit"),     reader.text("created"),
                      reader.count("seed"),          reader.worlds(),
                      reader.dependence(),           reader.text("scenario_sha256"),
                      reader.text("results_sha256"), section_digests(effective, reader.inputs())};
        result.seed_draws_population = seed_draws_population(effective);
    } catch (const SyntaxError& error) {
        refuse(path, fmt::format("the scenario in it cannot be read: {}", error.what()));
    }
    result.columns = summary_input(reader).columns;
    return result;
}

// Nothing where there is no such file; `-` is standard input.
std::optional<std::string> read_text(const std::string& path) {
    if (path == "-") return std::string{std::istreambuf_iterator<char>(std::cin), {}};
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) refuse(path, "is a folder, not a baseline");
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file && errno == ENOENT) return std::nullopt;
    if (!file) refuse(path, fmt::format("cannot be read: {}", std::strerror(errno)));
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) throw OutputError(path, "cannot be read to its end", Fault::system);
    constexpr std::string_view hdf5_magic = "\x89HDF";
    if (text.starts_with(hdf5_magic)) refuse(path, "is a result file, not a baseline: the result comes first");
    return text;
}

// Sections that differ, in words; empty where the scenarios are the same model.
std::vector<std::string> changed_sections(const RunIdentity& a, const RunIdentity& b) {
    std::vector<std::string> changed;
    const auto add_missing = [&](const RunIdentity& from, const RunIdentity& to) {
        for (const SectionDigest& section : from.sections) {
            const std::string name = "[" + section.section + "]";
            if (std::find(to.sections.begin(), to.sections.end(), section) == to.sections.end() &&
                std::find(changed.begin(), changed.end(), name) == changed.end())
                changed.push_back(name);
        }
    };
    add_missing(a, b);
    add_missing(b, a);
    return changed;
}

// A commit that says which program it was: not one with changes of its own, and not none.
bool names_a_program(const std::string& commit) { return commit != "unknown" && !commit.ends_with("-dirty"); }

// How the two are related decides what is compared; refuses what should not be.
CheckReport check_result(const CheckArguments& arguments, const Baseline& baseline, const Result& result,
                         std::string& relation) {
    const RunIdentity& then = baseline.run;
    const RunIdentity& now = result.run;
    const std::vector<std::string> changed = changed_sections(then, now);
    const bool same_program = then.plunge_version == now.plunge_version && then.git_commit == now.git_commit;
    const bool same_worlds = then.seed == now.seed && then.worlds == now.worlds;
    const auto tested = [&](const std::string& sentence) {
        relation = sentence;
        return check_statistics(baseline, result.columns, now.dependence, same_worlds);
    };
    if (!changed.empty()) {
        if (!arguments.allow_scenario_change)
            refuse(
                arguments.result,
                fmt::format("is of another scenario than {}: {} changed. Renew the baseline with --update, or compare "
                            "all the same with --allow-scenario-change",
                            arguments.baseline, joined(changed)));
        return tested(fmt::format("Another scenario, as allowed: {} changed.", joined(changed)));
    }
    if (then.seed != now.seed) {
        if (result.seed_draws_population && !arguments.allow_scenario_change)
            refuse(
                arguments.result,
                fmt::format("has seed {}, {} has {}: another seed draws other accounts in all worlds, which no number "
                            "of worlds averages out. Run with the baseline's seed, set run.population = "
                            "\"resampled\", or compare all the same with --allow-scenario-change",
                            now.seed, arguments.baseline, then.seed));
        return tested("The same scenario with another seed.");
    }
    if (then.worlds != now.worlds) return tested("The same scenario and seed with another number of worlds.");
    if (then.results_sha256 == now.results_sha256) {
        relation = "The same scenario, seed and worlds, and the same results.";
        CheckReport report = check_statistics(baseline, result.columns, now.dependence);
        report.mode = CheckMode::same_results;
        return report;
    }
    if (same_program && names_a_program(now.git_commit)) {
        relation = "The same program, scenario, seed and worlds: results should be the same, bit for bit, and are not.";
        return check_exactly(baseline, result.columns, now.dependence);
    }
    return tested(
        "Another version of the program on the same worlds; results differ. Means are compared block by "
        "block of the same worlds, all else as if the worlds were others: that finds less, and nothing that is not "
        "there.");
}

// What an update did to the statistics.
std::string describe_update(const std::optional<Baseline>& before, const Baseline& after) {
    if (!before) return fmt::format("written: {} metrics\n", after.metrics.size());
    std::string text;
    for (const std::string& section : changed_sections(before->run, after.run))
        text += fmt::format("  scenario: {} changed\n", section);
    std::size_t equal = 0;
    std::vector<std::string> fresh;
    for (const MetricBaseline& metric : after.metrics) {
        const auto old = std::find_if(before->metrics.begin(), before->metrics.end(),
                                      [&](const MetricBaseline& m) { return m.name == metric.name; });
        if (old == before->metrics.end()) {
            fresh.push_back(metric.name);
        } else if (*old == metric) {
            ++equal;
        } else {
            const double from = old->constant.value_or(old->mean);
            const double to = metric.constant.value_or(metric.mean);
            text += fmt::format("  {:<32} mean {:.6g} -> {:.6g} ({})\n", metric.name, from, to,
                                from == to ? "the same mean" : format_change((to - from) / std::fabs(from)));
        }
    }
    std::vector<std::string> gone;
    for (const MetricBaseline& metric : before->metrics)
        if (std::none_of(after.metrics.begin(), after.metrics.end(),
                         [&](const MetricBaseline& m) { return m.name == metric.name; }))
            gone.push_back(metric.name);
    if (!fresh.empty()) text += wrap("new:", fresh);
    if (!gone.empty()) text += wrap("gone:", gone);
    return text + fmt::format("renewed: {} of {} metrics changed, {} new, {} gone\n",
                              after.metrics.size() - equal - fresh.size(), after.metrics.size(), fresh.size(),
                              gone.size());
}

void apply_settings(const CheckArguments& arguments, BaselineSettings& settings) {
    if (arguments.family_error) settings.family_error = *arguments.family_error;
    if (arguments.tolerance) settings.tolerance = *arguments.tolerance;
}

int update(const CheckArguments& arguments, const std::optional<Baseline>& before) {
    Result result = read_result(arguments.result);
    BaselineSettings settings = before ? before->settings : BaselineSettings{};
    apply_settings(arguments, settings);
    Baseline after = make_baseline(std::move(result.run), settings, result.columns);
    if (before) {
        for (MetricBaseline& metric : after.metrics)
            for (const MetricBaseline& old : before->metrics)
                if (old.name == metric.name) metric.tolerance = old.tolerance;
    }
    write_text(arguments.baseline, write_baseline(after), true);
    if (is_stdout(arguments.baseline)) return exit_done; // nothing else is printed
    // Held against itself: as many tests as a check will make, with the errors that it will have.
    const CheckReport power = check_statistics(after, result.columns, after.run.dependence);
    const std::string paired =
        power.power.empty()
            ? ""
            : wrap_sentence("Runs of the same worlds, as after a change of the program, see far smaller shifts.") +
                  "\n";
    fmt::print("{}{}{}: {}", format_power(power, after.run.worlds, stdout_in_colour()), paired, arguments.baseline,
               describe_update(before, after));
    return exit_done;
}

// A report that cannot be written, or that would replace what it is about, is refused before anything is read.
void check_junit_path(const CheckArguments& arguments) {
    if (arguments.junit.empty()) return;
    check_text_path(arguments.junit, true);
    std::error_code missing; // most often there is no such file yet
    for (const std::string& input : {arguments.result, arguments.baseline})
        if (std::filesystem::equivalent(arguments.junit, input, missing))
            refuse(arguments.junit, "is what is checked; name another file for the report");
}

int check_file(const CheckArguments& arguments) {
    check_junit_path(arguments);
    const bool made_anew = arguments.update && is_stdout(arguments.baseline);
    const std::optional<std::string> text = made_anew ? std::nullopt : read_text(arguments.baseline);
    std::optional<Baseline> baseline;
    if (text) baseline = read_baseline(*text, arguments.baseline);
    if (arguments.update) return update(arguments, baseline);
    if (!baseline) refuse(arguments.baseline, "does not exist; --update writes it from this result");
    apply_settings(arguments, baseline->settings);
    const Result result = read_result(arguments.result);
    CheckNote note{arguments.result, arguments.baseline, result.run, ""};
    const CheckReport report = check_result(arguments, *baseline, result, note.relation);
    if (!arguments.junit.empty()) write_text(arguments.junit, check_junit(report, *baseline, note), true);
    if (!is_stdout(arguments.junit)) // where it is, nothing else is printed
        fmt::print("{}", arguments.json ? check_json(report, *baseline, note) + "\n"
                                        : format_check(report, *baseline, note, stdout_in_colour()));
    return report.passed() ? exit_done : exit_check_failed;
}

// A baseline's mistakes are reported like a scenario's; nothing is run here that could have been.
int check(const CheckArguments& arguments) {
    try {
        return check_file(arguments);
    } catch (const ScenarioError& error) {
        std::string text;
        for (const Diagnostic& diagnostic : error.diagnostics()) text += diagnostic.format() + "\n";
        print_to_stderr(text + "plunge: error: the baseline cannot be used; nothing was checked or written\n");
        return exit_bad_input;
    }
}

} // namespace

void add_check_command(CommandLine& line) {
    const auto arguments = std::make_shared<CheckArguments>();
    const Command command = line.command("check", "Hold a result file against a baseline: exit code 1 if it moved");
    command.group("Input");
    command.option("result", arguments->result, "result file").required();
    command
        .option("baseline", arguments->baseline,
                "baseline file (TOML), or - for standard input; with --update for standard output")
        .required();
    const Option update = command.flag("--update", arguments->update,
                                       "write the baseline from the result; its settings are kept");
    command.group("Test");
    command.option("--family-error", arguments->family_error, "instead of settings.family_error").within(1e-300, 0.5);
    command.option("--tolerance", arguments->tolerance, "instead of settings.tolerance").within(0.0, 1e6);
    command
        .flag("--allow-scenario-change", arguments->allow_scenario_change,
              "compare also where the scenario, or the seed that draws its accounts, is another")
        .excludes(update);
    command.group("Output");
    command
        .option("--junit", arguments->junit,
                "write the outcome as JUnit XML, replacing the file, or - for standard output and nothing else there")
        .takes("FILE")
        .excludes(update);
    command.flag("--json", arguments->json, "the outcome as JSON on stdout").excludes(update);
    command.examples(
        {"plunge check run.h5 baseline.toml --update", "plunge check run.h5 baseline.toml --junit check.xml"});
    command.action([arguments] { return check(*arguments); });
}

} // namespace plunge
