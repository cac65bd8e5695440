// plunge models: the catalogue of models.
#include <cstdio>
#include <memory>

#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {

void add_models_command(CommandLine& line) {
    const Command command = line.command("models", "List every model with its equation and source");
    const auto markdown = std::make_shared<bool>(false);
    command.group("Output");
    command.flag("--markdown", *markdown, "print the catalogue with all parameters, as in models/README.md");
    command.examples({"plunge models | less"});
    command.action([markdown] {
        const std::string text = *markdown ? model_catalogue() : model_list();
        std::fputs(text.c_str(), stdout);
        return exit_done;
    });
}

} // namespace plunge
