#include "sim/scenario/read_context.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <limits>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace plunge {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Insertions, deletions, substitutions and swaps of neighbours; case does not count.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                                 lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

// Without repetitions: several models of a family may share a key.
std::vector<std::string> as_strings(const KnownKeys& keys) {
    std::vector<std::string> names;
    for (const std::string_view key : keys) {
        if (std::find(names.begin(), names.end(), key) == names.end()) names.emplace_back(key);
    }
    return names;
}

} // namespace

ReadContext::ReadContext(std::string file, std::vector<std::string> overrides, InputReader read_input)
    : file_{std::move(file)}, overrides_{std::move(overrides)}, read_input_{std::move(read_input)} {}

void ReadContext::error(const Place& place, const std::string& key, const std::string& value,
                        const std::string& message, const std::string& hint) {
    Diagnostic diagnostic{file_, place.line, place.column, key, shown(value), message};
    if (place.override_index >= 0) {
        diagnostic.file = "--set " + shown(overrides_[static_cast<std::size_t>(place.override_index)]);
        diagnostic.line = diagnostic.column = 0;
    }
    if (place.preset_index >= 0) {
        diagnostic.message += fmt::format(" (from preset \"{}\")",
                                          presets_[static_cast<std::size_t>(place.preset_index)]);
    }
    if (!hint.empty()) diagnostic.message += "\n" + hint;
    diagnostics_.push_back(std::move(diagnostic));
}

void ReadContext::error(const Node& node, const std::string& key, const std::string& message, const std::string& hint) {
    error(node.place, key, node.literal, message, hint);
}

int ReadContext::add_preset(const std::string& name) {
    presets_.push_back(name);
    return static_cast<int>(presets_.size()) - 1;
}

const std::string* ReadContext::preset_of(const Node& table) const {
    int index = table.place.preset_index;
    for (const Member& member : table.members) index = std::max(index, member.place.preset_index);
    return index < 0 ? nullptr : &presets_[static_cast<std::size_t>(index)];
}

void ReadContext::error_in_input(Diagnostic diagnostic) { diagnostics_.push_back(std::move(diagnostic)); }

void ReadContext::missing(const Node& table, const std::string& path, std::string_view key, std::string_view meaning) {
    error(table.place, join_path(path, key), "", "must be given", std::string(meaning));
}

CheckContext ReadContext::check_context(const Node& table) const {
    return {.given = [&table](std::string_view key) { return table.find(key) != nullptr; },
            .assets = symbols,
            .institutions = institution_names.size()};
}

void ReadContext::report(const Node& table, const std::string& path, const Findings& findings) {
    for (const Finding& finding : findings) {
        if (finding.missing) {
            missing(table, path, finding.key, finding.remedy);
        } else if (finding.key.empty()) {
            error(table, path, finding.rule, finding.remedy);
        } else {
            const Node& node = node_or_table(table, finding.key);
            const std::string key = join_path(path, finding.key);
            if (finding.item)
                error(node.items[*finding.item], fmt::format("{}[{}]", key, *finding.item), finding.rule,
                      finding.remedy);
            else
                error(node, key, finding.rule, finding.remedy);
        }
    }
}

void ReadContext::check_keys(const Node& table, const std::string& path, const KnownKeys& known,
                             const KnownKeys& elsewhere, const std::string& choice) {
    const auto contains = [](const KnownKeys& keys, const std::string& key) {
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    for (const Member& member : table.members) {
        if (contains(known, member.key)) continue;
        const std::string reason = contains(elsewhere, member.key) ? "does not belong to " + choice
                                                                   : std::string("unknown key");
        error(member.place, join_path(path, member.key), member.value.literal, reason,
              known_names_hint(member.key, known));
    }
}

bool ReadContext::read_input(const Node& node, const std::string& path, InputFile& out) {
    const auto read_before = std::find_if(inputs_.begin(), inputs_.end(),
                                          [&](const InputFile& input) { return input.path == node.text; });
    if (read_before != inputs_.end()) {
        out = *read_before;
        return true;
    }
    try {
        out = {node.text, read_input_(node.text)};
    } catch (const std::exception& failure) {
        error(node, path, failure.what(), "paths are relative to the scenario's folder");
        return false;
    }
    inputs_.push_back(out);
    return true;
}

void ReadContext::tell(std::string line) {
    if (std::find(told_.begin(), told_.end(), line) == told_.end()) told_.push_back(std::move(line));
}

std::string ReadContext::input_name(const std::string& path) const {
    return (std::filesystem::path(file_).parent_path() / path).generic_string();
}

std::vector<Diagnostic> ReadContext::sorted_diagnostics() const {
    std::vector<Diagnostic> sorted = diagnostics_;
    const auto rank = [&](const Diagnostic& d) {
        const int group = d.file == file_ ? 0 : (d.line == 0 ? 1 : 2);
        return std::tuple{group, d.line, d.column};
    };
    // Mistakes within inputs stay in the order found, which is the order of their lines.
    std::stable_sort(sorted.begin(), sorted.end(), [&](const Diagnostic& a, const Diagnostic& b) {
        const auto [group_a, line_a, column_a] = rank(a);
        const auto [group_b, line_b, column_b] = rank(b);
        if (group_a != group_b) return group_a < group_b;
        return group_a == 0 && std::pair{line_a, column_a} < std::pair{line_b, column_b};
    });
    return sorted;
}

std::string join_path(const std::string& path, std::string_view key) {
    return path.empty() ? written_key(key) : path + "." + written_key(key);
}

std::string item_path(const std::string& path, std::size_t index, std::size_t count) {
    return count == 1 ? path : fmt::format("{}[{}]", path, index);
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& known) {
    // Long names need no distance: nobody misspells by so much, and the table would be large.
    constexpr std::size_t longest = 64;
    std::string best;
    std::size_t best_distance = std::numeric_limits<std::size_t>::max();
    if (name.size() > longest) return best;
    for (const std::string& candidate : known) {
        if (candidate.size() > longest) continue;
        // Who writes the beginning of a name, or it and more, means it: "lognorm", "venues".
        const std::size_t common = std::min(name.size(), candidate.size());
        const bool begins_alike = common >= 3 &&
                                  name.substr(0, common) == std::string_view(candidate).substr(0, common);
        const std::size_t distance = begins_alike ? 1 : edit_distance(name, candidate);
        const std::size_t allowed = std::max<std::size_t>(1, (std::max(name.size(), candidate.size()) + 1) / 4);
        if (distance <= allowed && distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    // A one-letter name is near to every other one.
    return best_distance < std::max(name.size(), best.size()) ? best : std::string{};
}

std::string known_names_hint(std::string_view name, const std::vector<std::string>& known) {
    constexpr std::size_t longest = 1200; // characters: hundreds of names help nobody
    std::string hint = known.empty() ? "known: none" : "known: ";
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (hint.size() > longest) {
            hint += fmt::format(" and {} more", known.size() - i);
            break;
        }
        hint += (i == 0 ? "" : ", ") + shown(known[i]);
    }
    const std::string nearest = nearest_name(name, known);
    if (!nearest.empty()) hint += fmt::format("; did you mean \"{}\"?", shown(nearest));
    return hint;
}

std::string known_names_hint(std::string_view name, const KnownKeys& known) {
    return known_names_hint(name, as_strings(known));
}

std::string range_text(const Range& range) {
    const bool low = std::isfinite(range.low);
    const bool high = std::isfinite(range.high);
    if (low && high) {
        return fmt::format("in {}{}, {}{}", range.low_open ? '(' : '[', number_text(range.low), number_text(range.high),
                           range.high_open ? ')' : ']');
    }
    if (low) return (range.low_open ? "> " : ">= ") + number_text(range.low);
    if (high) return (range.high_open ? "< " : "<= ") + number_text(range.high);
    return "";
}

const Node& node_or_table(const Node& table, std::string_view key) {
    const Node* node = table.find(key);
    return node != nullptr ? *node : table;
}

} // namespace plunge
