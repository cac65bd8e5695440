// The help of the program and of its commands.
#pragma once

#include <string>

namespace CLI { // NOLINT(readability-identifier-naming): the library's
class App;
class Option;
} // namespace CLI

namespace plunge {

/// For a terminal of 80 columns: usage, what it does, options under their headings with defaults, examples.
std::string command_help(const CLI::App& command);

/// The same of the program: its commands under their headings.
std::string program_help(const CLI::App& program);

/// "plunge run SCENARIO -o FILE [options]"
std::string usage_of(const CLI::App& command);

/// An argument's name as it stands in help: SCENARIO.
std::string argument_name(const CLI::Option& argument);

} // namespace plunge
