#include "sim/cli/command_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <system_error>
#include <type_traits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/cli/command_help.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/numbers.hpp"
#include "sim/cli/terminal.hpp"
#include "sim/scenario/read_context.hpp"

namespace plunge {
namespace {

template <class Value> struct Inner { using type = Value; };
template <class Value> struct Inner<std::optional<Value>> { using type = Value; };

// A rule without a text in help.
CLI::Validator rule(const std::function<std::string(std::string&)>& check) { return CLI::Validator(check, "", ""); }

// Writes a number in the only way that the library reads, or says why it is none.
template <class Number> std::string plain_number(std::string& text) {
    if constexpr (std::is_integral_v<Number>) {
        const std::optional<std::string> digits = whole_number(text);
        if (!digits) return fmt::format("\"{}\" is not a whole number, such as 10000, 10_000 or 1e4", text);
        if (std::is_unsigned_v<Number> && digits->starts_with('-'))
            return fmt::format("\"{}\" must not be negative", text);
        Number number{};
        const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), number);
        if (error != std::errc{}) return fmt::format("\"{}\" is too large", text);
        text = *digits;
    } else {
        const std::optional<double> number = finite_number(text);
        if (!number) return fmt::format("\"{}\" is not a number", text);
        text = fmt::format("{}", *number);
    }
    return {};
}

template <class Number> std::string shown(Number number) { return fmt::format("{}", number); }

// The library's words where they are for programmers.
std::string message_of(const CLI::ParseError& error) {
    std::string text = error.what();
    const std::string name = text.substr(0, text.find_first_of(": "));
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
        if (text.find("At Most") != std::string::npos) return name + " is given more than once";
        if (text.find("flag override") != std::string::npos) return "--" + name + " takes no value";
        return name + " needs a value";
    }
    if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr)
        return CLI::detail::find_and_replace(text, " excludes ", " cannot stand beside ");
    return text;
}

} // namespace

Option Option::required() const { return Option(option_->required()); }

Option Option::repeatable() const { return Option(option_->take_all()->allow_extra_args(false)); }

Option Option::separated_by(char delimiter) const { return Option(option_->delimiter(delimiter)); }

Option Option::excludes(const Option& other) const { return Option(option_->excludes(other.option_)); }

template <class Number> Option Option::within(Number lowest, Number highest) const {
    return Option(option_->check(rule([lowest, highest](const std::string& text) {
        const std::optional<double> value = finite_number(text);
        const bool inside = value && *value >= static_cast<double>(lowest) && *value <= static_cast<double>(highest);
        return inside ? std::string() : fmt::format("{} must be between {} and {}", text, lowest, highest);
    })));
}
template Option Option::within(int, int) const;
template Option Option::within(unsigned, unsigned) const;
template Option Option::within(std::uint64_t, std::uint64_t) const;
template Option Option::within(double, double) const;

Option Option::not_negative() const {
    return Option(option_->check(rule([](const std::string& text) {
        return finite_number(text).value_or(-1.0) >= 0.0 ? std::string() : fmt::format("{} must not be negative", text);
    })));
}

Option Option::share() const {
    return Option(option_->check(rule([](const std::string& text) {
        const double value = finite_number(text).value_or(0.0);
        return value > 0.0 && value < 1.0 ? std::string()
                                          : fmt::format("{} must lie between 0 and 1, both excluded", text);
    })));
}

Option Option::one_of(const std::vector<std::string>& words) const {
    return Option(option_->check(rule([words](const std::string& text) {
        return std::find(words.begin(), words.end(), text) != words.end()
                   ? std::string()
                   : fmt::format("there is no \"{}\" ({})", text, known_names_hint(text, words));
    })));
}

Option Option::takes(const std::string& placeholder) const { return Option(option_->type_name(placeholder)); }

Option Option::otherwise(const std::string& words) const { return Option(option_->option_text(words)); }

const Command& Command::group(const std::string& heading) const {
    app_->option_defaults()->group(heading);
    return *this;
}

template <class Value> Option Command::option(const std::string& names, Value& value, const std::string& help) const {
    using Number = typename Inner<Value>::type;
    CLI::Option* option = app_->add_option(names, value, help);
    if constexpr (std::is_arithmetic_v<Number>) {
        option->type_name("N")->transform(rule(plain_number<Number>));
        if constexpr (std::is_same_v<Value, Number>) {
            if (value != Number{}) option->option_text(shown(value));
        }
    } else {
        option->type_name("TEXT");
    }
    return Option(option);
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
    return Option(app_->add_flag(names, value, help)->disable_flag_override());
}

Option Command::choice_of_word(const std::string& names, const std::vector<std::string>& words,
                               const std::string& standing, const std::string& shown, const std::string& help,
                               const std::function<void(const std::string&)>& choose) const {
    CLI::Option* option = app_->add_option_function<std::string>(names, choose, help);
    option->type_name(shown)->transform(rule([words](std::string& text) {
        const std::string lower = CLI::detail::to_lower(text);
        for (const std::string& word : words) {
            if (CLI::detail::to_lower(word) != lower) continue;
            text = word;
            return std::string();
        }
        return fmt::format("there is no \"{}\" ({})", text, known_names_hint(text, words));
    }));
    return Option(option->option_text(standing));
}

void Command::examples(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += "  " + line + "\n";
    app_->footer(text);
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

void CommandLine::group(const std::string& heading) { group_ = heading; }

Command CommandLine::command(const std::string& name, const std::string& help) {
    CLI::App* command = app_->add_subcommand(name, help);
    command->group(group_);
    command->footer(""); // not the program's
    return {*command, exit_code_};
}

const CLI::App* CommandLine::chosen() const {
    const std::vector<CLI::App*> commands = app_->get_subcommands();
    return commands.empty() ? nullptr : commands.front();
}

std::string CommandLine::hint(const CLI::App* command) const {
    return command == nullptr ? "plunge --help lists the commands"
                              : fmt::format("plunge {} --help lists its options", command->get_name());
}

int CommandLine::refuse(const std::string& message, const CLI::App* command) const {
    print_to_stderr(fmt::format("plunge: error: {}\n{}\n", message, hint(command)));
    return exit_bad_input;
}

// Asked first where anything is wrong: an option misspelt is often a required one missing too.
std::string CommandLine::message_of_leftovers() const {
    const CLI::App* command = chosen();
    const std::vector<std::string> left = (command == nullptr ? app_.get() : command)->remaining();
    const std::string where = command == nullptr ? "plunge" : command->get_name();
    for (const std::string& argument : left) {
        if (argument.size() < 2 || argument.front() != '-') continue;
        const std::string typed = argument.substr(0, argument.find('='));
        std::vector<std::string> known;
        for (const CLI::Option* option : (command == nullptr ? app_.get() : command)->get_options()) {
            for (const std::string& name : option->get_lnames()) known.push_back(name);
        }
        const std::string nearest = nearest_name(typed.substr(std::min(typed.find_first_not_of('-'), typed.size())),
                                                 known);
        return fmt::format("{} has no option {}{}", where, shown(typed),
                           nearest.empty() ? "" : fmt::format("; did you mean --{}?", nearest));
    }
    if (left.empty()) return {};
    return fmt::format("{} has no use for \"{}\"\nusage: {}", where, shown(left.front()),
                       command == nullptr ? "plunge COMMAND ..." : usage_of(*command));
}

int CommandLine::run(int argc, char** argv) {
    exit_code_ = exit_done;
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty()) { // what to do is missing, as git has it
        std::fputs(program_help(*app_).c_str(), stdout);
        return exit_bad_input;
    }
    if (arguments.front() == "help") { // plunge help run
        arguments.erase(arguments.begin());
        arguments.emplace_back("--help");
    }
    std::vector<std::string> names;
    for (const CLI::App* command : app_->get_subcommands({})) names.push_back(command->get_name());
    if (!arguments.front().starts_with('-') &&
        std::find(names.begin(), names.end(), arguments.front()) == names.end()) {
        return refuse(fmt::format("there is no command \"{}\" ({})", shown(arguments.front()),
                                  known_names_hint(arguments.front(), names)),
                      nullptr);
    }
    std::reverse(arguments.begin(), arguments.end()); // as the library wants them
    try {
        app_->parse(arguments);
    } catch (const CLI::CallForHelp&) {
        const CLI::App* command = chosen();
        std::fputs((command == nullptr ? program_help(*app_) : command_help(*command)).c_str(), stdout);
        return exit_done;
    } catch (const CLI::CallForVersion& version) {
        std::fputs(fmt::format("{}\n", version.what()).c_str(), stdout);
        return exit_done;
    } catch (const CLI::ParseError& error) {
        const std::string leftovers = message_of_leftovers();
        return refuse(leftovers.empty() ? message_of(error) : leftovers, chosen());
    }
    return exit_code_;
}

} // namespace plunge
