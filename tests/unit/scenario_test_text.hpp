// A small good scenario for the reader's tests, and helpers to change it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/load.hpp"

namespace scenario_test {

inline const std::string good = R"([scenario]
name = "small"

[run]
worlds = 10
step = "30s"
horizon = "1h"

[[asset]]
symbol = "BTC"
price = 100_000
daily_volume = 1e9
[[asset]]
symbol = "ETH"
price = 4_000
daily_volume = 5e8

[prices]
model = "gbm"
volatility = 0.6

[[venue]]
name = "perp"
[venue.impact]
shape = "linear"
depth = 1e6
[venue.margin]
rule = "flat"
rate = 0.005
[venue.liquidation]
policy = "full"

[[cohort]]
name = "longs"
accounts = 100
equity = 1_000
leverage = 10
positions = { BTC = 1.0 }
)";

/// The repository: named by the environment, else where the tests are started from.
inline std::filesystem::path source_folder() {
    const char* folder = std::getenv("PLUNGE_SOURCE_DIR");
    return folder != nullptr ? folder : ".";
}

/// `good` with one part replaced. \throws std::logic_error where the part is not there.
inline std::string with(std::string_view part, std::string_view replacement, std::string text = good) {
    const std::size_t at = text.find(part);
    if (at == std::string::npos) throw std::logic_error("no such part: " + std::string(part));
    return text.replace(at, part.size(), replacement);
}

inline std::string no_inputs(const std::string& path) { throw std::runtime_error("no file " + path); }

inline plunge::LoadedScenario parse(const std::string& text, const std::vector<std::string>& overrides = {},
                                    const plunge::InputReader& inputs = no_inputs) {
    return plunge::parse_scenario(text, "test.toml", overrides, inputs);
}

/// The mistakes of a scenario that must have some.
inline std::vector<plunge::Diagnostic> mistakes(const std::string& text, const std::vector<std::string>& overrides = {},
                                                const plunge::InputReader& inputs = no_inputs) {
    try {
        parse(text, overrides, inputs);
    } catch (const plunge::ScenarioError& error) {
        return error.diagnostics();
    }
    return {};
}

} // namespace scenario_test
