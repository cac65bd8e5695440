// What is wrong with the user's input, and the exception that says so.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace plunge {

/// Text of others as it may stand on a terminal: control characters, and what is no UTF-8, are written as \xNN; so are
/// marks that change the direction of what follows.
std::string printable(std::string_view text);

/// The same of a value in a message: one line, cut where it is long.
std::string shown(std::string_view value);

/// One mistake in a scenario or in a file that it names.
struct Diagnostic {
    std::string file;    ///< as the user named it; "--set key=value" for an override
    int line = 0;        ///< from 1; 0 where there is no line (a missing file, an override)
    int column = 0;      ///< from 1, in characters
    std::string key;     ///< full path, `venue.impact.depth.BTC`, `cohort[1].accounts`; empty for errors of syntax
    std::string value;   ///< as written; empty where there is none
    std::string message; ///< the rule that is broken; further lines say what would be accepted

    /// `scenarios/x.toml:41:9: error: venue.liquidation.policy = "parital": unknown policy` and its remedy below.
    /// Whatever stands in the parts, it is printable, and no line of it is longer than a screen holds.
    std::string format() const;
};

/// The user's input is wrong. what() is all diagnostics, formatted, and a closing line that counts them.
class ScenarioError : public std::runtime_error {
  public:
    explicit ScenarioError(std::vector<Diagnostic> diagnostics);

    const std::vector<Diagnostic>& diagnostics() const { return *diagnostics_; }

  private:
    std::shared_ptr<const std::vector<Diagnostic>> diagnostics_; // shared: copying an exception must not throw
};

/// Gives the text of a file that a scenario names, by the path written there; throws std::exception where it cannot.
using InputReader = std::function<std::string(const std::string& path)>;

} // namespace plunge
