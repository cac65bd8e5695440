// What every part of the scenario reader shares: where mistakes are collected, and what names may be referred to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/common/check.hpp"
#include "models/common/field.hpp"
#include "models/common/text.hpp"
#include "sim/scenario/diagnostic.hpp"
#include "sim/scenario/document.hpp"

namespace plunge {

/// One row of a field table without its member: what a value reader needs to know.
struct FieldInfo {
    std::string_view key;
    Unit unit = Unit::none;
    Range range;
    std::string_view meaning;
    bool required = false;
    bool missing_asset_is_zero = false; ///< a table by symbol need not name every asset
};

/// Keys that a table may have, or names that a value may be.
using KnownKeys = std::vector<std::string_view>;

class ReadContext {
  public:
    ReadContext(std::string file, std::vector<std::string> overrides, InputReader read_input);

    /// Records a mistake. `hint` says what would be accepted; it may be empty.
    void error(const Place& place, const std::string& key, const std::string& value, const std::string& message,
               const std::string& hint = {});
    /// The same about a value of the file, which is quoted.
    void error(const Node& node, const std::string& key, const std::string& message, const std::string& hint = {});
    /// Remembers a preset that a venue names. \return what Place::preset_index says of its values.
    int add_preset(const std::string& name);

    /// The preset that a table, or some row of it, comes from; null where it is the scenario's own.
    const std::string* preset_of(const Node& table) const;

    /// A mistake in an input file.
    void error_in_input(Diagnostic diagnostic);

    /// A key that must be there is not.
    void missing(const Node& table, const std::string& path, std::string_view key, std::string_view meaning);

    /// What a model may know when its parameters, which stand in `table`, are checked.
    CheckContext check_context(const Node& table) const;

    /// Records what a model says of its parameters.
    void report(const Node& table, const std::string& path, const Findings& findings);

    /// Reports every key of `table` that is not known. `elsewhere` are keys that other models of the family have.
    void check_keys(const Node& table, const std::string& path, const KnownKeys& known, const KnownKeys& elsewhere = {},
                    const std::string& choice = {});

    /// Reads a file that the scenario names; false, and an error at `node`, where that fails.
    bool read_input(const Node& node, const std::string& path, InputFile& out);

    /// How messages name an input file: beside the scenario, as it is on disk.
    std::string input_name(const std::string& path) const;

    /// Something that whoever runs the scenario should know of it, in one line; once.
    void tell(std::string line);

    std::size_t error_count() const { return diagnostics_.size(); }
    const std::vector<InputFile>& inputs() const { return inputs_; }
    const std::vector<std::string>& told() const { return told_; }

    /// All mistakes: the scenario's in the order of lines, then overrides, then inputs.
    std::vector<Diagnostic> sorted_diagnostics() const;

    std::vector<std::string> symbols;           ///< of the assets, in order; empty string where the symbol is wrong
    std::vector<std::string> wrapped;           ///< symbols that [prices] leaves out, while it is read
    std::vector<std::string> venue_names;       ///< like `symbols`, of the venues
    std::vector<std::string> institution_names; ///< and of the institutions

  private:
    std::string file_;
    std::vector<std::string> overrides_;
    InputReader read_input_;
    std::vector<InputFile> inputs_;
    std::vector<std::string> told_;
    std::vector<std::string> presets_;
    std::vector<Diagnostic> diagnostics_;
};

/// `path.key`; the key alone where the path is empty. Keys that TOML would quote are quoted.
std::string join_path(const std::string& path, std::string_view key);

/// `cohort[1]`; `cohort` alone where it is the only one.
std::string item_path(const std::string& path, std::size_t index, std::size_t count);

/// The known name nearest to `name`; empty where none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

/// "known: full, partial; did you mean "partial"?", or without the second part where nothing is near.
std::string known_names_hint(std::string_view name, const std::vector<std::string>& known);
std::string known_names_hint(std::string_view name, const KnownKeys& known);

/// "> 0", ">= 0", "in [0, 1)".
std::string range_text(const Range& range);

/// The place of `key` in `table`, or of the table where the key is not written.
const Node& node_or_table(const Node& table, std::string_view key);

} // namespace plunge
