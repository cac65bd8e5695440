// plunge show: the summary of a run again, from its result file.
#include <memory>
#include <string>

#include <fmt/core.h>

#include "output/reader.hpp"
#include "output/summary_input.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/stats/summary.hpp"

namespace plunge {
namespace {

struct ShowArguments {
    std::string file;
    bool json = false;
};

void show(const ShowArguments& arguments) {
    const Reader reader(arguments.file);
    const Summary summary = summarize(summary_input(reader));
    if (arguments.json) {
        fmt::print("{}\n", summary_json(summary));
        return;
    }
    fmt::print("{}\n{}\n  plunge {}, seed {}, {}; results {:.12}\n", format_summary(summary, stdout_in_colour()),
               arguments.file, reader.text("plunge_version"), reader.count("seed"), reader.text("created"),
               reader.text("results_sha256"));
}

} // namespace

void add_show_command(CommandLine& line) {
    const auto arguments = std::make_shared<ShowArguments>();
    const Command command = line.command("show", "Print the summary of a result file");
    command.option("file", arguments->file, "result file").required();
    command.flag("--json", arguments->json, "summary as JSON on stdout");
    command.action([arguments] {
        show(*arguments);
        return exit_done;
    });
}

} // namespace plunge
