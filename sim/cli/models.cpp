// plunge models: the catalogue of models.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "sim/cli/commands.hpp"
#include "sim/scenario/load.hpp"

namespace plunge {

void add_models_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("models", "List every model with its equation and source");
    const auto markdown = std::make_shared<bool>(false);
    command->add_flag("--markdown", *markdown, "Print the catalogue with all parameters, as in models/README.md");
    command->callback([markdown, &exit_code] {
        const std::string text = *markdown ? model_catalogue() : model_list();
        std::fputs(text.c_str(), stdout);
        exit_code = exit_done;
    });
}

} // namespace plunge
