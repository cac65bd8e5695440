// The files of scenarios/presets: the program holds them and reads no file of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plunge {

/// A file of scenarios/presets, as it was when the program was built.
struct PresetFile {
    std::string_view name; ///< of the file, without `.toml`
    std::string_view text;
};

/// All presets, by name.
const std::vector<PresetFile>& preset_files();

std::vector<std::string> preset_names();

} // namespace plunge
