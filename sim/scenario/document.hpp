// A TOML document as a plain tree, with the place of every key and value. The only view of TOML that the reader has.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace plunge {

/// Where something stands: in the scenario file, or in the n-th `--set`. What a preset gives stands where the preset is
/// named.
struct Place {
    int line = 0;
    int column = 0;
    int override_index = -1; ///< -1: in the file
    int preset_index = -1;   ///< -1: not from a preset
};

struct Member;

struct Node {
    enum class Kind { table, array, text, integer, real, boolean, date };

    Kind kind = Kind::table;
    Place place;
    std::string literal; ///< as written; empty for what headers open
    std::string text;    ///< of a string
    std::int64_t integer = 0;
    double real = 0.0;
    bool boolean = false;
    bool is_inline = false; ///< a table or array written in braces or brackets
    std::vector<Member> members;
    std::vector<Node> items;

    const Node* find(std::string_view key) const;
    Node* find(std::string_view key);
    bool is_table() const { return kind == Kind::table; }
    bool is_array() const { return kind == Kind::array; }
    bool is_text() const { return kind == Kind::text; }
    bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
};

struct Member {
    std::string key;
    Place place;
    Node value;
};

/// A mistake that keeps a text from being a document at all.
class SyntaxError : public std::runtime_error {
  public:
    SyntaxError(int at_line, int at_column, const std::string& message)
        : std::runtime_error(message), line{at_line}, column{at_column} {}

    int line;
    int column;
};

/// Lets a node and everything in it stand at `place`.
void set_place(Node& node, const Place& place);

/// Parses TOML. A byte-order mark is skipped.
/// \throws SyntaxError
Node parse_document(std::string_view text);

/// Refuses what the TOML parser must not see: wrong encoding, NUL, nesting and dotted keys without end. The parser is
/// recursive, so that some kilobytes of brackets would exhaust the stack.
/// \throws SyntaxError
void check_before_parsing(std::string_view text);

/// TOML text that parses to the same tree. Comments are lost.
std::string write_document(const Node& root);

/// A key as it must be written: bare where TOML allows it, else quoted.
std::string written_key(std::string_view key);
std::string quoted(std::string_view text);

} // namespace plunge
