// The commands of `plunge`, one file each.
#pragma once

#include <string>

namespace plunge {

class CommandLine;

/// Documented exit codes of every command.
enum ExitCode : int {
    exit_done = 0,
    exit_check_failed = 1,
    exit_bad_input = 2,
    exit_system_failed = 3,
    exit_interrupted = 130,
    exit_reader_left = 141, ///< as a shell calls the end by SIGPIPE
};

/// Each adds one command, with what runs when it is chosen.
void add_run_command(CommandLine& line);
void add_rare_command(CommandLine& line);
void add_size_command(CommandLine& line);
void add_tail_command(CommandLine& line);
void add_sweep_command(CommandLine& line);
void add_variance_command(CommandLine& line);
void add_replay_command(CommandLine& line);
void add_validate_command(CommandLine& line);
void add_show_command(CommandLine& line);
void add_schema_command(CommandLine& line);
void add_metrics_command(CommandLine& line);
void add_models_command(CommandLine& line);
void add_presets_command(CommandLine& line);
void add_compare_command(CommandLine& line);
void add_check_command(CommandLine& line);

/// The command line for the result file, quoted so that a shell reads it back as typed.
const std::string& command_line();

} // namespace plunge
