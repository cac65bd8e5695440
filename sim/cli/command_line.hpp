// How commands declare their options: a face before CLI11, whose headers only command_line.cpp compiles.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace CLI { // NOLINT(readability-identifier-naming): the library's
class App;
class Option;
} // namespace CLI

namespace plunge {

/// An option or argument as declared; further words about it are chained.
class Option {
  public:
    explicit Option(CLI::Option* option) : option_(option) {}

    Option required() const;
    Option repeatable() const;
    Option separated_by(char delimiter) const;
    Option excludes(const Option& other) const;

    /// Between these, both included; for int, unsigned, std::uint64_t and double.
    template <class Number> Option within(Number lowest, Number highest) const;
    Option not_negative() const;
    /// Between 0 and 1, both excluded.
    Option share() const;
    Option one_of(const std::vector<std::string>& words) const;

    /// What stands for its value in help: FILE, KEY=VALUE. Numbers have N.
    Option takes(const std::string& placeholder) const;
    /// What happens where it is left out, in help. Of a number that is not zero, and of a choice, help says it by
    /// itself.
    Option otherwise(const std::string& words) const;

  private:
    CLI::Option* option_;
};

/// One command; what is declared is written into the given variables, which must live as long as the command line.
class Command {
  public:
    Command(CLI::App& app, int& exit_code) : app_(&app), exit_code_(&exit_code) {}

    /// Heading in help of what is declared from here on.
    const Command& group(const std::string& heading) const;

    /// For the types that command_line.cpp lists. Whole numbers may be written 1e4 or 10_000.
    /// \param names  "-o,--output", or "file" for an argument
    template <class Value> Option option(const std::string& names, Value& value, const std::string& help) const;
    Option flag(const std::string& names, bool& value, const std::string& help) const;

    /// One of some words, in upper or lower case; never their numbers. \param shown  what stands for the value in help
    template <class Value, class Choice>
    Option choice(const std::string& names, Value& value, const std::map<std::string, Choice>& words,
                  const std::string& shown, const std::string& help) const {
        std::vector<std::string> known;
        std::string standing;
        for (const auto& [word, meaning] : words) {
            known.push_back(word);
            if constexpr (std::is_same_v<Value, Choice>) {
                if (meaning == value) standing = word;
            }
        }
        return choice_of_word(names, known, standing, shown, help,
                              [&value, &words](const std::string& word) { value = words.at(word); });
    }

    /// Command lines that help shows last.
    void examples(const std::vector<std::string>& lines) const;

    /// What runs when the command is chosen. \param run  gives the program's exit code
    void action(const std::function<int()>& run) const;

  private:
    Option choice_of_word(const std::string& names, const std::vector<std::string>& words, const std::string& standing,
                          const std::string& shown, const std::string& help,
                          const std::function<void(const std::string&)>& choose) const;

    CLI::App* app_;
    int* exit_code_;
};

class CommandLine {
  public:
    CommandLine(const std::string& description, const std::string& name, const std::string& version,
                const std::string& footer);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    /// Heading in help of the commands that follow.
    void group(const std::string& heading);
    Command command(const std::string& name, const std::string& help);

    /// Reads the arguments and runs the command they name. \return its exit code, or that for bad input
    int run(int argc, char** argv);

  private:
    std::string hint(const CLI::App* command) const;
    int refuse(const std::string& message, const CLI::App* command) const;
    const CLI::App* chosen() const;
    std::string message_of_leftovers() const;

    std::unique_ptr<CLI::App> app_;
    std::string group_;
    int exit_code_ = 0;
};

} // namespace plunge
