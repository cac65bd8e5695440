// plunge schema: what a scenario file may hold.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "sim/cli/commands.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {

void add_schema_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("schema", "Print the JSON Schema of scenario files");
    const auto markdown = std::make_shared<bool>(false);
    command->add_flag("--markdown", *markdown, "Print the reference of all keys instead, as in scenarios/README.md");
    command->callback([markdown, &exit_code] {
        const std::string text = *markdown ? scenario_reference() : json_schema();
        std::fputs(text.c_str(), stdout);
        exit_code = exit_done;
    });
}

} // namespace plunge
