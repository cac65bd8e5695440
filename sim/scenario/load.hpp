// Reading a scenario file: TOML in, a checked Scenario out, or every mistake of the file at once.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace plunge {

/// One mistake in a scenario or in a file that it names.
struct Diagnostic {
    std::string file;    ///< as the user named it; "--set key=value" for an override
    int line = 0;        ///< from 1; 0 where there is no line (a missing file, an override)
    int column = 0;      ///< from 1, in characters
    std::string key;     ///< full path, `venue.impact.depth.BTC`, `cohort[1].accounts`; empty for errors of syntax
    std::string value;   ///< as written; empty where there is none
    std::string message; ///< the rule that is broken; further lines say what would be accepted

    /// `scenarios/x.toml:41:9: error: venue.liquidation.policy = "parital": unknown policy` and its remedy below.
    std::string format() const;
};

/// The user's input is wrong. what() is all diagnostics, formatted, and a closing line that counts them.
class ScenarioError : public std::runtime_error {
  public:
    explicit ScenarioError(std::vector<Diagnostic> diagnostics);

    const std::vector<Diagnostic>& diagnostics() const { return *diagnostics_; }

  private:
    std::shared_ptr<const std::vector<Diagnostic>> diagnostics_; // shared: copying an exception must not throw
};

struct LoadedScenario {
    Scenario scenario;
    std::string source;    ///< the TOML, verbatim
    std::string effective; ///< the TOML with presets and overrides applied; equal to `source` where there are none
    std::vector<InputFile> inputs; ///< every file that the scenario names, once, in order of first use
    std::string sha256;            ///< hexadecimal digest over `effective` and `inputs`
    std::string path;              ///< of the scenario, as the user named it
};

/// Gives the text of a file that a scenario names, by the path written there; throws std::exception where it cannot.
using InputReader = std::function<std::string(const std::string& path)>;

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

/// JSON Schema (draft 2020-12) of scenario files, as the JSON that TOML maps to.
std::string json_schema();

/// Markdown: every model of every family with equation, source and parameters. The text of models/README.md.
std::string model_catalogue();

/// Markdown: every key of a scenario file with unit, range, default and meaning. Part of scenarios/README.md.
std::string scenario_reference();

/// Short list of models per family, for a terminal.
std::string model_list();

} // namespace plunge
