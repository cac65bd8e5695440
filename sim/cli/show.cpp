// plunge show: the summary of a run, a sweep or a rare event again, from its file.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "output/open_file.hpp"
#include "output/reader.hpp"
#include "output/study_reader.hpp"
#include "output/summary_input.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/rare_report.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/stats/summary.hpp"
#include "sim/stats/sweep_summary.hpp"

namespace plunge {
namespace {

struct ShowArguments {
    std::string file;
    bool json = false;
};

std::string sweep_text(const OpenFile& file, const Provenance& from, bool json) {
    const SweepRecord record = read_sweep(file);
    const std::vector<SweepMetric> metrics = summarize_sweep(record.columns, record.text.paired, record.settings,
                                                             record.outputs);
    return json ? sweep_json(record.text, metrics, record.settings, from)
                : format_sweep(record.text, metrics, record.settings, stdout_in_colour());
}

// What the file keeps: the worlds in the event, not those that say how likely less would have been.
std::string rare_text(const OpenFile& file, const Provenance& from, bool json) {
    RareRecord record = read_rare(file);
    RareQuestion question;
    question.event = record.event;
    question.method = method_of(record.method);
    question.confidence = record.confidence;
    RareAnswer answer;
    answer.probability = record.probability;
    answer.relative_error = record.relative_error;
    answer.worlds = record.worlds_simulated;
    answer.how = record.how;
    answer.remarks = record.remarks;
    answer.in_event.weights = std::move(record.weights);
    return json ? rare_json(question, answer, record.columns, from)
                : format_rare(question, answer, record.columns, stdout_in_colour());
}

std::string run_text(OpenFile file, const Provenance& from, bool json) {
    const Summary summary = summarize(summary_input(Reader(std::move(file))));
    return json ? summary_json(summary, from) : format_summary(summary, stdout_in_colour());
}

void show(const ShowArguments& arguments) {
    OpenFile file = open_result_file(arguments.file);
    const auto [from, created] = guarded(file.path, [&] {
        return std::pair{read_provenance(file), hdf5::read_text(file.root(), "created")};
    });
    std::string text;
    if (file.content == "sweep") {
        text = sweep_text(file, from, arguments.json);
    } else if (file.content == "rare event") {
        text = rare_text(file, from, arguments.json);
    } else {
        text = run_text(std::move(file), from, arguments.json); // refuses what it does not know
    }
    fmt::print("{}\n", text);
    if (!arguments.json)
        fmt::print("{}\n  plunge {}, seed {}, {}; results {:.12}\n", arguments.file, from.plunge_version, from.seed,
                   created, from.results_sha256);
}

} // namespace

void add_show_command(CommandLine& line) {
    const auto arguments = std::make_shared<ShowArguments>();
    const Command command = line.command("show", "Print the summary of a result file");
    command.group("Input");
    command.option("file", arguments->file, "result file of run, sweep or rare").required();
    command.group("Output");
    command.flag("--json", arguments->json, "summary as JSON on stdout");
    command.examples({"plunge show run.h5", "plunge show run.h5 --json"});
    command.action([arguments] {
        show(*arguments);
        return exit_done;
    });
}

} // namespace plunge
