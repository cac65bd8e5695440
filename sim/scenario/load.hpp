// Reading a scenario file: TOML in, a checked Scenario out, or every mistake of the file at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/diagnostic.hpp"
#include "sim/scenario/scenario.hpp"

namespace plunge {

struct LoadedScenario {
    Scenario scenario;
    std::string source;    ///< the TOML, verbatim
    std::string effective; ///< the TOML with presets and overrides applied; equal to `source` where there are none
    std::vector<InputFile> inputs; ///< every file that the scenario names, once, in order of first use
    std::string sha256;            ///< hexadecimal digest over `effective` and `inputs`
    std::string path;              ///< of the scenario, as the user named it
    std::vector<std::string> told; ///< what its reader should know of its files and matrices, a line each
};

/// Largest scenario file and largest input file that are read.
inline constexpr std::size_t max_scenario_bytes = std::size_t{1} << 20;
inline constexpr std::size_t max_input_bytes = std::size_t{1} << 28;

/// Reads and checks a scenario file; the files it names are looked up relative to its folder.
/// \param overrides  `key=value` as after `--set`, such as `asset.BTC.price=1`; sim/scenario/overrides.hpp says more.
/// \throws ScenarioError with every mistake found.
LoadedScenario load_scenario(const std::string& path, const std::vector<std::string>& overrides);

/// A file that a scenario names, looked up relative to its folder. \throws std::runtime_error saying what is wrong.
std::string read_input_beside(const std::string& scenario_path, const std::string& input);

/// The same from text, for a scenario that comes out of a result file together with its inputs.
/// \param display_path  what error messages call it.
LoadedScenario parse_scenario(const std::string& text, const std::string& display_path,
                              const std::vector<std::string>& overrides, const InputReader& read_input);

/// The same scenario with so many worlds, its text and digest as `--set run.worlds` would have made them; more than
/// the last world that is to be traced.
LoadedScenario with_worlds(LoadedScenario loaded, std::uint64_t worlds);

/// The same scenario with one world, for worlds that are all equal: neither in pairs nor quasi-random, traced where any
/// world was.
LoadedScenario with_one_world(LoadedScenario loaded);

/// JSON Schema (draft 2020-12) of scenario files, as the JSON that TOML maps to.
std::string json_schema();

/// Markdown: every model of every family with equation, source and parameters. The text of models/README.md.
std::string model_catalogue();

/// Markdown: every key of a scenario file with unit, range, default and meaning. Part of scenarios/README.md.
std::string scenario_reference();

/// Short list of models per family, for a terminal.
std::string model_list();

} // namespace plunge
