// The commands of `plunge`, one file each.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace plunge {

/// Documented exit codes of every command.
enum ExitCode : int {
    exit_done = 0,
    exit_check_failed = 1,
    exit_bad_input = 2,
    exit_system_failed = 3,
    exit_interrupted = 130,
};

/// Each adds one command to `app`; its callback runs when the command is chosen and leaves its code in `exit_code`.
void add_run_command(CLI::App& app, int& exit_code);
void add_rare_command(CLI::App& app, int& exit_code);
void add_size_command(CLI::App& app, int& exit_code);
void add_sweep_command(CLI::App& app, int& exit_code);
void add_variance_command(CLI::App& app, int& exit_code);
void add_replay_command(CLI::App& app, int& exit_code);
void add_validate_command(CLI::App& app, int& exit_code);
void add_show_command(CLI::App& app, int& exit_code);
void add_schema_command(CLI::App& app, int& exit_code);
void add_models_command(CLI::App& app, int& exit_code);
void add_presets_command(CLI::App& app, int& exit_code);
void add_compare_command(CLI::App& app, int& exit_code);
void add_check_command(CLI::App& app, int& exit_code);

/// The command line for the result file, quoted so that a shell reads it back as typed.
const std::string& command_line();

} // namespace plunge
