// plunge presets: the published rules that a venue can start from.
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "sim/cli/commands.hpp"
#include "sim/scenario/presets.hpp"

namespace plunge {

void add_presets_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("presets", "List the venue presets with dates and sources, or print one");
    const auto name = std::make_shared<std::string>();
    command->add_option("preset", *name, "print the file of this preset")->check(CLI::IsMember(preset_names()));
    command->callback([name, &exit_code] {
        std::string text = name->empty() ? preset_list() : "";
        for (const PresetFile& file : preset_files()) {
            if (file.name == *name) text = file.text;
        }
        std::fputs(text.c_str(), stdout);
        exit_code = exit_done;
    });
}

} // namespace plunge
