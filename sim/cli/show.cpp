// plunge show: the summary of a run again, from its result file.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "output/reader.hpp"
#include "output/summary_input.hpp"
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

void add_show_command(CLI::App& app, int& exit_code) {
    const auto arguments = std::make_shared<ShowArguments>();
    CLI::App* command = app.add_subcommand("show", "Print the summary of a result file");
    command->add_option("file", arguments->file, "result file")->required();
    command->add_flag("--json", arguments->json, "summary as JSON on stdout");
    command->callback([arguments, &exit_code] {
        show(*arguments);
        exit_code = exit_done;
    });
}

} // namespace plunge
