// Venue presets: the rules of an exchange as published at a date, which `[[venue]] preset = "..."` starts from.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/preset_files.hpp"
#include "sim/scenario/read_context.hpp"

namespace plunge {

/// What a preset cannot give, because it is no published rule or could not be verified: the scenario must.
struct OpenKey {
    std::string key; ///< below the venue, `liquidation.fee`
    std::string why;
};

struct Preset {
    std::string name;
    std::string title;
    std::string as_of; ///< date of the rules as far as it is known, `2025-07` or `2025`
    std::vector<std::string> sources;
    std::vector<std::string> approximates; ///< where the rules here are not the venue's own, one each
    std::vector<OpenKey> open;
    Node venue; ///< keys of [[venue]]
};

/// \throws SyntaxError, or std::runtime_error naming what the file lacks; tests read every preset.
Preset read_preset(const PresetFile& file);

/// A venue whose preset has been put in.
struct ExpandedPreset {
    std::size_t venue = 0;
    Place place; ///< where the preset is named
    Preset preset;
};

/// Puts the rules of the presets that venues name below what the scenario itself says: tables key by key, everything
/// else as a whole. Rows of symbols that the scenario does not have are left out, and so are the parameters of a model
/// where the scenario chooses another. `preset` becomes `expanded_from`, so that the document is complete and means the
/// same to a later version.
std::vector<ExpandedPreset> expand_presets(ReadContext& context, Node& root);

/// Reports what presets leave open and the scenario, overrides included, does not give.
void check_open_keys(ReadContext& context, const Node& root, const std::vector<ExpandedPreset>& presets);

/// For a terminal: every preset with its date, contents and sources.
std::string preset_list();

/// The same as Markdown, for scenarios/README.md.
std::string preset_reference();

} // namespace plunge
