#include "sim/cli/scenario_arguments.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

#include <fmt/core.h>

#include "sim/cli/terminal.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/sha256.hpp"
#include "sim/version.hpp"

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

LoadedScenario load_named_scenario(const std::string& path, const std::vector<std::string>& overrides) {
    if (path != "-") return load_scenario(path, overrides);
    const std::string name = "standard input";
    std::string text;
    std::array<char, 1 << 16> block{};
    while (text.size() <= max_scenario_bytes) { // what is larger is refused with its own words
        const std::size_t read = std::fread(block.data(), 1, block.size(), stdin);
        if (read == 0) break;
        text.append(block.data(), read);
    }
    if (std::ferror(stdin) != 0) refuse(name, "cannot be read");
    return parse_scenario(text, name, overrides,
                          [&](const std::string& input) { return read_input_beside(name, input); });
}

Provenance provenance_of(const LoadedScenario& loaded, const std::string& results_sha256) {
    return {std::string(version()), std::string(git_commit()), loaded.scenario.run.seed, loaded.sha256, results_sha256};
}

std::string digest_of(const std::vector<double>& numbers) {
    return sha256_hex(numbers.data(), numbers.size() * sizeof(double));
}

void add_compress_option(const Command& command, bool& compress) {
    command.flag("--compress", compress,
                 "compress the file's numbers (shuffle and deflate): some three times smaller, slower to write");
}

void add_scenario_argument(const Command& command, std::string& scenario) {
    command.option("scenario", scenario, "scenario file (TOML), or - for standard input").required();
}

void add_set_option(const Command& command, std::vector<std::string>& set) {
    command
        .option("--set", set, "changes one key of the scenario, e.g. run.horizon=3d or asset.BTC.price=9e4; repeatable")
        .takes("KEY=VALUE")
        .repeatable();
}

void add_scenario_arguments(const Command& command, ScenarioArguments& arguments, const std::string& worlds_help,
                            const std::string& seed_help) {
    command.group("Scenario");
    add_scenario_argument(command, arguments.scenario);
    add_set_option(command, arguments.set);
    command.option("--worlds", arguments.worlds, worlds_help);
    command.option("--seed", arguments.seed, seed_help);
    command.group("Simulation");
    command.option("--threads", arguments.threads, "does not change any result")
        .within(1U, 4096U)
        .otherwise("all cores");
}

void add_confidence_option(const Command& command, double& confidence, double highest) {
    command.option("--confidence", confidence, "of the intervals").within(0.5, highest);
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
