#include "sim/cli/scenario_arguments.hpp"

#include <fmt/core.h>

#include "sim/cli/terminal.hpp"
#include "sim/scenario/randomness.hpp"

namespace plunge {

std::vector<std::string> ScenarioArguments::last_overrides() const {
    std::vector<std::string> overrides;
    if (worlds) overrides.push_back(fmt::format("run.worlds={}", *worlds));
    if (seed) overrides.push_back(fmt::format("run.seed={}", *seed));
    return overrides;
}

std::vector<std::string> ScenarioArguments::overrides() const {
    std::vector<std::string> all = set;
    const std::vector<std::string> last = last_overrides();
    all.insert(all.end(), last.begin(), last.end());
    return all;
}

void add_scenario_argument(const Command& command, std::string& scenario) {
    command.option("scenario", scenario, "scenario file (TOML)").required();
}

void add_set_option(const Command& command, std::vector<std::string>& set) {
    command.option("--set", set, "key=value: changes one key of the scenario; repeatable").repeatable();
}

void add_scenario_arguments(const Command& command, ScenarioArguments& arguments, const std::string& worlds_help,
                            const std::string& seed_help) {
    add_scenario_argument(command, arguments.scenario);
    command.option("--worlds", arguments.worlds, worlds_help);
    command.option("--seed", arguments.seed, seed_help);
    command.option("--threads", arguments.threads, "threads; all cores where left out. Does not change any result")
        .within(1U, 4096U);
    add_set_option(command, arguments.set);
}

void add_confidence_option(const Command& command, double& confidence, double highest) {
    command.option("--confidence", confidence, "of the intervals; 0.95 where left out").within(0.5, highest);
}

void tell_of_inputs(const LoadedScenario& loaded) {
    for (const std::string& line : loaded.told) print_to_stderr(fmt::format("plunge: note: {}\n", line));
}

void refuse(const std::string& place, const std::string& message) {
    throw ScenarioError({{place, 0, 0, "", "", message}});
}

void refuse_dependent_worlds(const LoadedScenario& loaded) {
    const auto fail = [&](const char* key, const char* value, const char* instead) {
        throw ScenarioError(
            {{loaded.path, 0, 0, key, value, fmt::format("intervals need independent worlds\nuse --set {}", instead)}});
    };
    if (const auto why = why_worlds_are_equal(loaded.scenario))
        refuse(loaded.path,
               fmt::format("every world would be the same: {}\nthere is no probability in it: `plunge run` "
                           "says what happens in that world",
                           *why));
    if (loaded.scenario.run.antithetic) fail("run.antithetic", "true", "run.antithetic=false");
    if (loaded.scenario.run.paths == PathSampling::sobol) fail("run.paths", "\"sobol\"", "run.paths=pseudo");
}

} // namespace plunge
