// plunge: the command line. Chooses a command; turns what went wrong into a message and an exit code.
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/core.h>

#include "output/errors.hpp"
#include "sim/cli/command_line.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"
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
    CommandLine line("Monte Carlo simulator of liquidation cascades in leveraged markets.", "plunge",
                     fmt::format("plunge {} ({})", version(), git_commit()),
                     "Exit codes: 0 done; 1 a check failed; 2 wrong input; 3 the system failed; 130 interrupted; 141 "
                     "nobody reads the output any more.");
    line.group("Simulate");
    add_run_command(line);
    add_size_command(line);
    add_tail_command(line);
    add_rare_command(line);
    add_sweep_command(line);
    add_variance_command(line);
    line.group("Look at results");
    add_show_command(line);
    add_compare_command(line);
    add_check_command(line);
    add_replay_command(line);
    line.group("Write scenarios");
    add_validate_command(line);
    add_schema_command(line);
    add_metrics_command(line);
    add_models_command(line);
    add_presets_command(line);
    return line.run(argc, argv);
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
    } catch (const std::system_error& error) { // what cannot be printed
        if (stdout_reader_left()) return exit_reader_left;
        print_to_stderr(fmt::format("plunge: error: {}\n", error.what()));
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
    // Data that could not be written (a full disk behind a redirection) is a failure too. Whoever closed the pipe, as
    // `head` does, has seen enough and needs no message.
    if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && code == plunge::exit_done) {
        if (plunge::stdout_reader_left()) return plunge::exit_reader_left;
        std::fputs("plunge: error: not everything could be written to standard output\n", stderr);
        return plunge::exit_system_failed;
    }
    return code;
}
