#include "sim/scenario/document.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace plunge {
// toml++ 3.3.0 asserts on some malformed input ("[" and a newline) and assumes under NDEBUG what it asserts; both would
// end in a crash. Its assertions throw here, in every build type.
struct TomlAssertion : std::logic_error {
    using std::logic_error::logic_error;
};
[[noreturn]] static void refuse_toml(const char* condition) { throw TomlAssertion(condition); }
} // namespace plunge

#ifdef NDEBUG
#undef NDEBUG
#endif
#define TOML_ASSERT(condition)                                                                                         \
    do {                                                                                                               \
        if (!(condition)) ::plunge::refuse_toml(#condition);                                                           \
    } while (false)
#ifdef TOML_HEADER_ONLY
#undef TOML_HEADER_ONLY
#endif
#ifdef TOML_SHARED_LIB
#undef TOML_SHARED_LIB
#endif
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace plunge {
namespace {

// Finds the bytes of a source region; columns count code points.
class SourceText {
  public:
    explicit SourceText(std::string_view text) : text_{text} {
        line_starts_.push_back(0);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n') line_starts_.push_back(i + 1);
        }
    }

    std::string slice(const toml::source_region& region) const {
        const std::size_t begin = offset(region.begin);
        const std::size_t end = std::max(begin, offset(region.end));
        return std::string(text_.substr(begin, end - begin));
    }

  private:
    std::size_t offset(const toml::source_position& position) const {
        const auto line = static_cast<std::size_t>(position.line);
        if (line == 0 || line > line_starts_.size()) return text_.size();
        std::size_t at = line_starts_[line - 1];
        for (auto column = position.column; column > 1 && at < text_.size(); --column) {
            ++at;
            while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80U) ++at;
        }
        return at;
    }

    std::string_view text_;
    std::vector<std::size_t> line_starts_;
};

Place place_of(const toml::source_region& region) {
    return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column), -1};
}

bool before(const Place& a, const Place& b) { return std::pair{a.line, a.column} < std::pair{b.line, b.column}; }

Node convert(const toml::node& source, const SourceText& text) {
    Node node;
    node.place = place_of(source.source());
    if (const auto* table = source.as_table()) {
        node.kind = Node::Kind::table;
        node.is_inline = table->is_inline();
        if (node.is_inline) node.literal = text.slice(source.source());
        for (const auto& [key, value] : *table) {
            node.members.push_back({std::string(key.str()), place_of(key.source()), convert(value, text)});
        }
        // toml++ sorts keys by name; the file's order is what a reader of messages expects.
        std::stable_sort(node.members.begin(), node.members.end(),
                         [](const Member& a, const Member& b) { return before(a.place, b.place); });
    } else if (const auto* array = source.as_array()) {
        node.kind = Node::Kind::array;
        for (const auto& item : *array) node.items.push_back(convert(item, text));
        const bool of_headers = std::any_of(node.items.begin(), node.items.end(),
                                            [](const Node& item) { return item.is_table() && !item.is_inline; });
        node.is_inline = !of_headers;
        if (node.is_inline) node.literal = text.slice(source.source());
    } else {
        node.literal = text.slice(source.source());
        if (const auto* value = source.as_string()) {
            node.kind = Node::Kind::text;
            node.text = value->get();
        } else if (const auto* whole = source.as_integer()) {
            node.kind = Node::Kind::integer;
            node.integer = whole->get();
        } else if (const auto* real = source.as_floating_point()) {
            node.kind = Node::Kind::real;
            node.real = real->get();
        } else if (const auto* truth = source.as_boolean()) {
            node.kind = Node::Kind::boolean;
            node.boolean = truth->get();
        } else {
            node.kind = Node::Kind::date;
            node.text = node.literal;
        }
    }
    return node;
}

template <class Tree> auto* find_member(Tree& tree, std::string_view key) {
    for (auto& member : tree.members) {
        if (member.key == key) return &member.value;
    }
    return static_cast<decltype(&tree.members.front().value)>(nullptr);
}

} // namespace

const Node* Node::find(std::string_view key) const { return find_member(*this, key); }
Node* Node::find(std::string_view key) { return find_member(*this, key); }

Node parse_document(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    check_before_parsing(text);
    try {
        const toml::table table = toml::parse(text, std::string_view{});
        return convert(table, SourceText(text));
    } catch (const toml::parse_error& error) {
        const auto& at = error.source().begin;
        throw SyntaxError(static_cast<int>(at.line), static_cast<int>(at.column), std::string(error.description()));
    } catch (const TomlAssertion&) {
        throw SyntaxError(1, 1, "this is not TOML (https://toml.io)");
    }
}

} // namespace plunge
