// plunge schema: what a scenario file may hold.
#include <cstdio>
#include <memory>

#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {

void add_schema_command(CommandLine& line) {
    const Command command = line.command("schema", "Print the JSON Schema of scenario files");
    const auto markdown = std::make_shared<bool>(false);
    command.group("Output");
    command.flag("--markdown", *markdown, "print the reference of all keys instead, as in scenarios/README.md");
    command.examples({"plunge schema > plunge.schema.json"});
    command.action([markdown] {
        const std::string text = *markdown ? scenario_reference() : json_schema();
        std::fputs(text.c_str(), stdout);
        return exit_done;
    });
}

} // namespace plunge
