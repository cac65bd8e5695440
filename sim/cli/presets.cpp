// plunge presets: the published rules that a venue can start from.
#include <cstdio>
#include <memory>
#include <string>

#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/scenario/presets.hpp"

namespace plunge {

void add_presets_command(CommandLine& line) {
    const Command command = line.command("presets", "List the venue presets with dates and sources, or print one");
    const auto name = std::make_shared<std::string>();
    command.group("Input");
    command.option("preset", *name, "print the file of this preset").one_of(preset_names());
    command.examples({"plunge presets", "plunge presets hyperliquid"});
    command.action([name] {
        std::string text = name->empty() ? preset_list() : "";
        for (const PresetFile& file : preset_files()) {
            if (file.name == *name) text = file.text;
        }
        std::fputs(text.c_str(), stdout);
        return exit_done;
    });
}

} // namespace plunge
