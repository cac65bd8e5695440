#include "sim/cli/command_help.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/stats/text.hpp"

namespace plunge {
namespace {

constexpr std::size_t help_column = 26;

// Fills `text` into lines that begin at `column`; the first goes on where `line` ends.
std::string filled(std::string line, std::size_t column, const std::string& text) {
    std::string all;
    if (!line.empty() && line.size() + 2 > column) {
        all = line + "\n";
        line.clear();
    }
    line.resize(column, ' ');
    std::size_t room = column;
    for (const std::string& word : CLI::detail::split(text, ' ')) {
        if (room != column && line.size() + 1 + word.size() > line_width) {
            all += line + "\n";
            line.assign(column, ' ');
            room = column;
        }
        if (room != column) line += ' ';
        line += word;
        room = line.size();
    }
    return all + line + "\n";
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string names_of(const CLI::Option& option) {
    if (option.get_positional()) return "  " + argument_name(option);
    const std::vector<std::string>& shorts = option.get_snames();
    std::string names = shorts.empty() ? "      " : "  -" + shorts.front() + ", ";
    if (!option.get_lnames().empty()) names += "--" + option.get_lnames().front();
    if (option.get_type_size() != 0 && option.get_items_expected_max() != 0) names += " " + option.get_type_name();
    return names;
}

std::string text_of(const CLI::Option& option) {
    std::string text = option.get_description();
    if (!option.get_option_text().empty()) text += fmt::format(" [{}]", option.get_option_text());
    std::vector<std::string> others;
    for (const CLI::Option* other : option.get_excludes()) others.push_back(other->get_name());
    std::sort(others.begin(), others.end()); // the library keeps them by address
    return others.empty() ? text : fmt::format("{} (not with {})", text, fmt::join(others, ", "));
}

std::vector<std::string> headings_of(const CLI::App& command) {
    std::vector<std::string> headings;
    for (const CLI::Option* option : command.get_options()) {
        const bool known = std::find(headings.begin(), headings.end(), option->get_group()) != headings.end();
        if (!known && option != command.get_help_ptr()) headings.push_back(option->get_group());
    }
    return headings;
}

} // namespace

std::string argument_name(const CLI::Option& argument) { return upper(argument.get_name(true)); }

std::string usage_of(const CLI::App& command) {
    std::string usage = fmt::format("plunge {}", command.get_name());
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_positional())
            usage += option->get_required() ? " " + argument_name(*option)
                                            : fmt::format(" [{}]", argument_name(*option));
    }
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_positional() || !option->get_required()) continue;
        usage += option->get_snames().empty() ? " --" + option->get_lnames().front()
                                              : " -" + option->get_snames().front();
        // Of a choice the words stand below.
        const bool choice = option->get_type_name().find('|') != std::string::npos;
        usage += " " + (choice ? upper(option->get_lnames().front()) : option->get_type_name());
    }
    return usage + " [options]";
}

std::string command_help(const CLI::App& command) {
    std::string text = "usage: " + usage_of(command) + "\n\n" + filled("", 0, command.get_description());
    for (const std::string& heading : headings_of(command)) {
        text += "\n" + heading + "\n";
        for (const CLI::Option* option : command.get_options()) {
            if (option->get_group() == heading && option != command.get_help_ptr())
                text += filled(names_of(*option), help_column, text_of(*option));
        }
    }
    if (!command.get_footer().empty()) text += "\nExamples\n" + command.get_footer();
    return text;
}

std::string program_help(const CLI::App& program) {
    std::string text = "usage: plunge COMMAND ...\n\n" + filled("", 0, program.get_description());
    std::string heading;
    constexpr std::size_t column = 14;
    for (const CLI::App* command : program.get_subcommands({})) {
        if (command->get_group() != heading) text += "\n" + (heading = command->get_group()) + "\n";
        text += filled("  " + command->get_name(), column, command->get_description());
    }
    return text + "\n" +
           filled("", 0, "plunge COMMAND --help says what it takes; plunge --version which plunge it is.") +
           filled("", 0, program.get_footer());
}

} // namespace plunge
