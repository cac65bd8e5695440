// plunge: the command line. Chooses a command; turns what went wrong into a message and an exit code.
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "output/errors.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/read_context.hpp"
#include "sim/version.hpp"

namespace plunge {
namespace {

std::string typed_command;

// An argument so that a shell reads it back as one.
std::string shell_word(const std::string& word) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./:,@%";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

int run_command_line(int argc, char** argv) {
    CLI::App app{"Monte Carlo simulator of liquidation cascades in leveraged markets.", "plunge"};
    app.set_version_flag("--version", fmt::format("plunge {} ({})", version(), git_commit()));
    app.require_subcommand(1);
    app.footer("Exit codes: 0 done; 1 a check failed; 2 wrong input; 3 the system failed; 130 interrupted.");
    int exit_code = exit_done;
    add_run_command(app, exit_code);
    add_show_command(app, exit_code);
    add_size_command(app, exit_code);
    add_validate_command(app, exit_code);
    add_rare_command(app, exit_code);
    add_sweep_command(app, exit_code);
    add_variance_command(app, exit_code);
    add_replay_command(app, exit_code);
    add_compare_command(app, exit_code);
    add_check_command(app, exit_code);
    add_schema_command(app, exit_code);
    add_models_command(app, exit_code);
    add_presets_command(app, exit_code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) { // --help, --version
        return app.exit(success);
    } catch (const CLI::ParseError& error) {
        if (argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty()) {
            std::vector<std::string> names;
            for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
            print_to_stderr(fmt::format("plunge: error: there is no command \"{}\" ({})\n", argv[1],
                                        known_names_hint(argv[1], names)));
        } else {
            app.exit(error);
        }
        return exit_bad_input;
    }
    return exit_code;
}

// One line per failure, with the code that says whose it is.
int guarded(int argc, char** argv) {
    try {
        return run_command_line(argc, argv);
    } catch (const ScenarioError& error) {
        print_to_stderr(fmt::format("{}\n", error.what()));
        return exit_bad_input;
    } catch (const OutputError& error) {
        print_to_stderr(fmt::format("plunge: error: {}\n", error.what()));
        return error.fault() == Fault::request ? exit_bad_input : exit_system_failed;
    } catch (const LedgerError& error) {
        print_to_stderr(fmt::format("plunge: internal error: {}\n", error.what()));
        return exit_system_failed;
    } catch (const std::bad_alloc&) {
        print_to_stderr("plunge: error: out of memory\n");
        return exit_system_failed;
    } catch (const std::exception& error) {
        print_to_stderr(fmt::format("plunge: error: {}\n", error.what()));
        return exit_system_failed;
    }
}

} // namespace

const std::string& command_line() { return typed_command; }

} // namespace plunge

int main(int argc, char** argv) {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        std::fputs("plunge: error: this build needs a processor with AVX2 and FMA (x86-64-v3)\n", stderr);
        return plunge::exit_system_failed;
    }
    plunge::typed_command = "plunge";
    for (int i = 1; i < argc; ++i) plunge::typed_command += " " + plunge::shell_word(argv[i]);
    std::signal(SIGXFSZ, SIG_IGN); // a file-size limit is a failed write, reported like a full disk
    std::signal(SIGPIPE, SIG_IGN);
    const int code = plunge::guarded(argc, argv);
    // Data that could not be written (a closed pipe, a full disk behind a redirection) is a failure too.
    if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && code == plunge::exit_done) {
        std::fputs("plunge: error: not everything could be written to standard output\n", stderr);
        return plunge::exit_system_failed;
    }
    return code;
}
