// What the commands that simulate a scenario take alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/command_line.hpp"
#include "sim/scenario/load.hpp"
#include "sim/stats/provenance.hpp"

namespace plunge {

struct ScenarioArguments {
    std::string scenario;
    std::vector<std::string> set;
    std::optional<std::int64_t> worlds; ///< signed, so that a minus sign comes as far as the scenario's own check
    std::optional<std::int64_t> seed;
    unsigned threads = 0; ///< 0: all cores

    /// What --worlds and --seed change.
    std::vector<std::string> last_overrides() const;

    /// What --set changes, then those.
    std::vector<std::string> overrides() const;
};

/// Declares the scenario, --worlds, --seed, --threads and --set.
/// \param worlds_help, seed_help  what the two are
void add_scenario_arguments(const Command& command, ScenarioArguments& arguments,
                            const std::string& worlds_help = "instead of run.worlds",
                            const std::string& seed_help = "instead of run.seed");

/// Reads the scenario that is named, or that comes on standard input where that is `-`; files it names are then looked
/// up from where the program is run. \throws ScenarioError
LoadedScenario load_named_scenario(const std::string& path, const std::vector<std::string>& overrides);

/// Of results of this program. \param results_sha256  digest of the values that the answer rests on
Provenance provenance_of(const LoadedScenario& loaded, const std::string& results_sha256);

/// Such a digest, where there is no result file: over the numbers, little endian.
std::string digest_of(const std::vector<double>& numbers);

/// Declares --compress.
void add_compress_option(const Command& command, bool& compress);

/// Declares some of them.
void add_scenario_argument(const Command& command, std::string& scenario);
void add_set_option(const Command& command, std::vector<std::string>& set);

/// From 0.5 to `highest`.
void add_confidence_option(const Command& command, double& confidence, double highest);

/// Tells on stderr what the scenario's files hold and what became of its matrices.
void tell_of_inputs(const LoadedScenario& loaded);

/// \throws ScenarioError always. \param place  the argument as typed, or a file
[[noreturn]] void refuse(const std::string& place, const std::string& message);

/// \throws ScenarioError where worlds are antithetic or quasi-random: intervals would not hold; and where all are
/// equal, so that there is nothing to have an interval.
void refuse_dependent_worlds(const LoadedScenario& loaded);

} // namespace plunge
