#include "sim/scenario/presets.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/describe.hpp"
#include "sim/scenario/read_values.hpp"

namespace plunge {
namespace {

const Node& member_of(const PresetFile& file, const Node& table, std::string_view key) {
    if (const Node* node = table.find(key)) return *node;
    throw std::runtime_error(fmt::format("preset {}: no {}", file.name, key));
}

// ---- which keys a merge has to know something about, from the tables of fields -------------------------------------

struct VenueKeys {
    std::set<std::string> per_asset; // tables by symbol
    std::set<std::string> family;    // keys that choose a model, `margin.rule`
    std::set<std::string> shared;    // keys of such a section whatever the model, `margin.warning`
};

void collect_per_asset(const std::vector<KeyShape>& keys, const std::string& path, VenueKeys& out) {
    for (const KeyShape& key : keys) {
        const std::string here = join_path(path, key.key);
        if (key.kind == ValueKind::per_asset || key.kind == ValueKind::tiers) out.per_asset.insert(here);
        collect_per_asset(key.keys, here, out);
    }
}

VenueKeys venue_keys() {
    VenueKeys out;
    for (const SectionShape& section : describe_scenario()) {
        if (section.key != "venue") continue;
        collect_per_asset(section.keys, "", out);
        for (const SectionShape& inner : section.sections) {
            collect_per_asset(inner.keys, inner.key, out);
            for (const ModelShape& model : inner.models) collect_per_asset(model.keys, inner.key, out);
            if (inner.choice_key.empty()) continue;
            out.family.insert(join_path(inner.key, inner.choice_key));
            for (const KeyShape& key : inner.keys) out.shared.insert(join_path(inner.key, key.key));
        }
    }
    return out;
}

class Merge {
  public:
    explicit Merge(const Node& root) {
        const Node* assets = root.find("asset");
        for (std::size_t a = 0; assets != nullptr && a < assets->items.size(); ++a) {
            const Node* symbol = assets->items[a].find("symbol");
            if (symbol != nullptr && symbol->is_text()) symbols_.insert(symbol->text);
        }
    }

    // Puts the members of `preset` below those of `own`.
    void put_below(Node& own, const Node& preset, const std::string& path) const {
        const bool other_model = chooses_another_model(own, preset, path);
        for (const Member& member : preset.members) {
            const std::string key = join_path(path, member.key);
            if (other_model && !keys_.shared.contains(key)) continue;
            if (keys_.per_asset.contains(path) && !symbols_.contains(member.key)) continue;
            Node* mine = own.find(member.key);
            if (mine == nullptr) {
                own.members.push_back(member);
                mine = &own.members.back().value;
                if (!mine->is_table()) continue;
                mine->members.clear(); // refilled below, so that what does not concern the scenario stays out
            }
            if (mine->is_table() && member.value.is_table()) put_below(*mine, member.value, key);
        }
    }

  private:
    bool chooses_another_model(const Node& own, const Node& preset, const std::string& path) const {
        return std::any_of(preset.members.begin(), preset.members.end(), [&](const Member& member) {
            const Node* mine = own.find(member.key);
            return mine != nullptr && mine->text != member.value.text &&
                   keys_.family.contains(join_path(path, member.key));
        });
    }

    VenueKeys keys_ = venue_keys();
    std::set<std::string> symbols_;
};

// A node by its dotted path; null where there is none.
const Node* find_below(const Node& table, std::string_view path) {
    const Node* node = &table;
    while (node != nullptr && !path.empty()) {
        const std::size_t dot = path.find('.');
        node = node->find(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    return node;
}

std::string joined_keys(const Preset& preset) {
    std::vector<std::string> keys;
    for (const Member& member : preset.venue.members) keys.push_back(member.key);
    return joined(keys);
}

// Assets that a table by symbol of the preset names, in order of first mention.
std::string joined_symbols(const Preset& preset) {
    const VenueKeys keys = venue_keys();
    std::vector<std::string> symbols;
    for (const std::string& path : keys.per_asset) {
        const Node* table = find_below(preset.venue, path);
        for (std::size_t i = 0; table != nullptr && i < table->members.size(); ++i) {
            const std::string& symbol = table->members[i].key;
            if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end()) symbols.push_back(symbol);
        }
    }
    return symbols.empty() ? "every asset alike" : joined(symbols);
}

} // namespace

Preset read_preset(const PresetFile& file) {
    const Node root = parse_document(file.text);
    const Node& about = member_of(file, root, "preset");
    Preset preset;
    preset.name = file.name;
    preset.title = member_of(file, about, "title").text;
    preset.as_of = member_of(file, about, "as_of").text;
    for (const Node& source : member_of(file, about, "sources").items) preset.sources.push_back(source.text);
    for (const Node& rule : member_of(file, about, "approximates").items) preset.approximates.push_back(rule.text);
    if (const Node* open = about.find("open")) {
        for (const Member& member : open->members) preset.open.push_back({member.key, member.value.text});
    }
    preset.venue = member_of(file, root, "venue");
    return preset;
}

std::vector<ExpandedPreset> expand_presets(ReadContext& context, Node& root) {
    std::vector<ExpandedPreset> expanded;
    Node* venues = root.find("venue");
    if (venues == nullptr || !venues->is_array()) return expanded;
    const std::vector<std::string> names = preset_names();
    for (std::size_t v = 0; v < venues->items.size(); ++v) {
        Node& venue = venues->items[v];
        const auto member = std::find_if(venue.members.begin(), venue.members.end(),
                                         [](const Member& m) { return m.key == "preset"; });
        if (member == venue.members.end()) continue;
        const std::string path = join_path(item_path("venue", v, venues->items.size()), "preset");
        const auto choice = read_choice(context, member->value, path, KnownKeys(names.begin(), names.end()), "preset");
        if (!choice) continue;
        if (const Node* before = venue.find("expanded_from")) {
            context.error(*before, item_path("venue", v, venues->items.size()) + ".expanded_from",
                          "does not go with preset", "it says that the rules of a preset are written out already");
            continue;
        }
        Preset preset = read_preset(preset_files()[*choice]);
        const Place place = member->value.place;
        member->key = "expanded_from";
        member->value.text = fmt::format("{} {}", preset.name, preset.as_of);
        Place inside = place;
        inside.preset_index = context.add_preset(preset.name);
        set_place(preset.venue, inside);
        Merge(root).put_below(venue, preset.venue, "");
        expanded.push_back({v, place, std::move(preset)});
    }
    return expanded;
}

void check_open_keys(ReadContext& context, const Node& root, const std::vector<ExpandedPreset>& presets) {
    const Node* venues = root.find("venue");
    for (const ExpandedPreset& expanded : presets) {
        const std::string path = item_path("venue", expanded.venue, venues->items.size());
        for (const OpenKey& open : expanded.preset.open) {
            if (find_below(venues->items[expanded.venue], open.key) != nullptr) continue;
            context.error(expanded.place, path + "." + open.key, "", "must be given",
                          fmt::format("preset \"{}\" leaves it open: {}", expanded.preset.name, open.why));
        }
    }
}

std::string preset_list() {
    std::string text;
    for (const PresetFile& file : preset_files()) {
        const Preset preset = read_preset(file);
        text += fmt::format("{}{}, {}\n  {}\n  gives     {}\n  for       {}\n", text.empty() ? "" : "\n", preset.name,
                            preset.as_of, preset.title, joined_keys(preset), joined_symbols(preset));
        for (const OpenKey& open : preset.open) text += fmt::format("  open      {}: {}\n", open.key, open.why);
        for (const std::string& rule : preset.approximates) text += fmt::format("  approx.   {}\n", rule);
        for (const std::string& source : preset.sources) text += fmt::format("  source    {}\n", source);
    }
    return text;
}

std::string preset_reference() {
    std::string text = "| preset | as of | venue | gives | for | the scenario must give |\n|---|---|---|---|---|---|\n";
    for (const PresetFile& file : preset_files()) {
        const Preset preset = read_preset(file);
        std::vector<std::string> open{"`impact`"};
        for (const OpenKey& key : preset.open) open.push_back("`" + key.key + "`");
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", preset.name, preset.as_of, preset.title,
                            joined_keys(preset), joined_symbols(preset), joined(open));
    }
    text += "\nWhat is approximated in each:\n\n";
    for (const PresetFile& file : preset_files()) {
        const Preset preset = read_preset(file);
        for (const std::string& rule : preset.approximates) text += fmt::format("- `{}`: {}\n", preset.name, rule);
    }
    return text;
}

} // namespace plunge
