#include "sim/scenario/load.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/document.hpp"
#include "sim/scenario/overrides.hpp"
#include "sim/scenario/presets.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/scenario/read_sections.hpp"
#include "sim/scenario/repaired_correlation.hpp"
#include "sim/sha256.hpp"

namespace plunge {
namespace {

// The whole text of a file of at most `most` bytes. Throws std::runtime_error saying what is wrong.
std::string read_text(const std::filesystem::path& path, std::size_t most) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) throw std::runtime_error("this is a folder, not a file");
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        const int reason = errno != 0 ? errno : EIO;
        throw std::runtime_error("cannot be read: " + std::generic_category().message(reason));
    }
    std::string text;
    std::array<char, 1 << 16> block{};
    while (file.read(block.data(), block.size()), file.gcount() > 0) {
        text.append(block.data(), static_cast<std::size_t>(file.gcount()));
        if (text.size() > most)
            throw std::runtime_error(fmt::format("larger than {} MiB, the most that is read", most >> 20U));
    }
    if (file.bad()) throw std::runtime_error("cannot be read: " + std::generic_category().message(EIO));
    return text;
}

// Lengths go in too, so that no two lists of parts have the same bytes.
void add_part(Sha256& digest, const std::string& part) {
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
        length[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(part.size()) >> (8 * i));
    }
    digest.update(length.data(), length.size());
    digest.update(part.data(), part.size());
}

// Over everything that results follow from.
std::string digest_of(const LoadedScenario& loaded) {
    Sha256 digest;
    add_part(digest, loaded.effective);
    for (const InputFile& input : loaded.inputs) {
        add_part(digest, input.path);
        add_part(digest, input.text);
    }
    return digest.hex();
}

// Changes the text as `--set` would have, and the digest with it; the struct is the caller's.
void change(LoadedScenario& loaded, const std::vector<std::string>& overrides) {
    ReadContext context(loaded.path, overrides, {});
    Node document = parse_document(loaded.effective);
    apply_overrides(context, overrides, OverrideStage::after_presets, document);
    loaded.effective = write_document(document);
    loaded.sha256 = digest_of(loaded);
}

} // namespace

LoadedScenario parse_scenario(const std::string& text, const std::string& display_path,
                              const std::vector<std::string>& overrides, const InputReader& read_input) {
    ReadContext context(display_path, overrides, read_input);
    LoadedScenario loaded;
    loaded.source = text;
    loaded.path = display_path;
    Node document;
    try {
        if (text.size() > max_scenario_bytes) {
            throw SyntaxError(
                0, 0, fmt::format("larger than {} MiB, the most that a scenario may be", max_scenario_bytes >> 20U));
        }
        document = parse_document(text);
    } catch (const SyntaxError& syntax) {
        throw ScenarioError({{display_path, syntax.line, syntax.column, "", "", syntax.what()}});
    }
    apply_overrides(context, overrides, OverrideStage::before_presets, document);
    const std::vector<ExpandedPreset> presets = expand_presets(context, document);
    apply_overrides(context, overrides, OverrideStage::after_presets, document);
    check_open_keys(context, document, presets);
    loaded.effective = overrides.empty() && presets.empty() ? text : write_document(document);
    loaded.scenario = read_scenario(context, document);
    if (context.error_count() > 0) throw ScenarioError(context.sorted_diagnostics());
    loaded.inputs = context.inputs();
    loaded.told = context.told();
    if (const auto repaired = repaired_correlation(loaded.scenario)) loaded.told.push_back(repaired->line());
    loaded.sha256 = digest_of(loaded);
    return loaded;
}

LoadedScenario load_scenario(const std::string& path, const std::vector<std::string>& overrides) {
    std::string text;
    try {
        text = read_text(path, max_scenario_bytes);
    } catch (const std::exception& failure) {
        throw ScenarioError({{path, 0, 0, "", "", failure.what()}});
    }
    return parse_scenario(text, path, overrides,
                          [&](const std::string& input) { return read_input_beside(path, input); });
}

LoadedScenario with_worlds(LoadedScenario loaded, std::uint64_t worlds) {
    change(loaded, {fmt::format("run.worlds={}", worlds)});
    loaded.scenario.run.worlds = worlds;
    return loaded;
}

LoadedScenario with_one_world(LoadedScenario loaded) {
    Scenario& scenario = loaded.scenario;
    std::vector<std::string> overrides{"run.worlds=1"};
    scenario.run.worlds = 1;
    if (scenario.run.antithetic) overrides.emplace_back("run.antithetic=false");
    scenario.run.antithetic = false;
    if (scenario.run.paths != PathSampling::pseudo) overrides.emplace_back("run.paths=\"pseudo\"");
    scenario.run.paths = PathSampling::pseudo;
    if (!scenario.record.traces.empty()) {
        overrides.emplace_back("record.traces=[0]");
        scenario.record.traces = {0};
    }
    change(loaded, overrides);
    return loaded;
}

std::string read_input_beside(const std::string& scenario_path, const std::string& input) {
    return read_text(std::filesystem::path(scenario_path).parent_path() / input, max_input_bytes);
}

} // namespace plunge
