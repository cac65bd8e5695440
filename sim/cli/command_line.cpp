#include "sim/cli/command_line.hpp"

#include <cstdint>
#include <cstdlib>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "sim/cli/commands.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/read_context.hpp"

namespace plunge {

Option Option::required() const { return Option(option_->required()); }

Option Option::repeatable() const { return Option(option_->take_all()->allow_extra_args(false)); }

Option Option::separated_by(char delimiter) const { return Option(option_->delimiter(delimiter)); }

Option Option::excludes(const Option& other) const { return Option(option_->excludes(other.option_)); }

template <class Number> Option Option::within(Number lowest, Number highest) const {
    return Option(option_->check(CLI::Range(lowest, highest)));
}
template Option Option::within(int, int) const;
template Option Option::within(unsigned, unsigned) const;
template Option Option::within(std::uint64_t, std::uint64_t) const;
template Option Option::within(double, double) const;

Option Option::not_negative() const { return Option(option_->check(CLI::NonNegativeNumber)); }

Option Option::share() const {
    return Option(option_->check(CLI::Validator(
        [](const std::string& text) {
            const double value = std::strtod(text.c_str(), nullptr);
            return value > 0.0 && value < 1.0 ? std::string() : "must lie between 0 and 1, both excluded";
        },
        "(0,1)")));
}

Option Option::one_of(const std::vector<std::string>& words) const {
    return Option(option_->check(CLI::IsMember(words)));
}

template <class Value> Option Command::option(const std::string& names, Value& value, const std::string& help) const {
    return Option(app_->add_option(names, value, help));
}
template Option Command::option(const std::string&, std::string&, const std::string&) const;
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&) const;
template Option Command::option(const std::string&, unsigned&, const std::string&) const;
template Option Command::option(const std::string&, std::int64_t&, const std::string&) const;
template Option Command::option(const std::string&, std::uint64_t&, const std::string&) const;
template Option Command::option(const std::string&, double&, const std::string&) const;
template Option Command::option(const std::string&, std::optional<std::int64_t>&, const std::string&) const;
template Option Command::option(const std::string&, std::optional<std::uint64_t>&, const std::string&) const;
template Option Command::option(const std::string&, std::optional<double>&, const std::string&) const;

Option Command::flag(const std::string& names, bool& value, const std::string& help) const {
    return Option(app_->add_flag(names, value, help));
}

Option Command::choice_of_number(const std::string& names, const std::map<std::string, int>& words,
                                 const std::string& shown, const std::string& help,
                                 const std::function<void(int)>& choose) const {
    return Option(app_->add_option_function<int>(names, choose, help)
                      ->transform(CLI::CheckedTransformer(words, CLI::ignore_case))
                      ->type_name(shown));
}

void Command::action(const std::function<int()>& run) const {
    app_->callback([run, exit_code = exit_code_] { *exit_code = run(); });
}

CommandLine::CommandLine(const std::string& description, const std::string& name, const std::string& version,
                         const std::string& footer)
    : app_(std::make_unique<CLI::App>(description, name)) {
    app_->set_version_flag("--version", version);
    app_->require_subcommand(1);
    app_->footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::command(const std::string& name, const std::string& help) {
    return {*app_->add_subcommand(name, help), exit_code_};
}

int CommandLine::run(int argc, char** argv) {
    exit_code_ = exit_done;
    try {
        app_->parse(argc, argv);
    } catch (const CLI::Success& success) { // --help, --version
        return app_->exit(success);
    } catch (const CLI::ParseError& error) {
        if (argc > 1 && argv[1][0] != '-' && app_->get_subcommands().empty()) {
            std::vector<std::string> names;
            for (const CLI::App* command : app_->get_subcommands({})) names.push_back(command->get_name());
            print_to_stderr(fmt::format("plunge: error: there is no command \"{}\" ({})\n", shown(argv[1]),
                                        known_names_hint(argv[1], names)));
        } else {
            app_->exit(error);
        }
        return exit_bad_input;
    }
    return exit_code_;
}

} // namespace plunge
