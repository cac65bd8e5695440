#include "sim/scenario/overrides.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace plunge {
namespace {

// Splits at dots outside quotes; nothing where a quote is not closed or a part is empty.
std::optional<std::vector<std::string>> split_key(std::string_view key) {
    std::vector<std::string> parts(1);
    char quote = '\0';
    for (const char c : key) {
        if (quote != '\0') {
            if (c == quote) {
                quote = '\0';
            } else {
                parts.back() += c;
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '.') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    constexpr std::size_t deepest = 16; // far deeper than any section
    if (quote != '\0' || parts.size() > deepest) return std::nullopt;
    for (const std::string& part : parts) {
        if (part.empty()) return std::nullopt;
    }
    return parts;
}

// What opens a quote or bracket, and what is made like a number, if only one too large.
bool is_meant_as_toml(std::string_view text) {
    if (std::string_view("\"'[{").find(text.front()) != std::string_view::npos) return true;
    const bool begins_as_number = std::string_view("+-.0123456789").find(text.front()) != std::string_view::npos;
    return begins_as_number && text.find_first_not_of("+-.0123456789_eE") == std::string_view::npos;
}

Node parse_value(std::string_view text, const Place& place) {
    Node node;
    try {
        Node document = parse_document("value = " + std::string(text));
        if (document.members.size() != 1 || text.find('\n') != std::string_view::npos)
            throw SyntaxError(1, 1, "one value is expected");
        node = std::move(document.members.front().value);
    } catch (const SyntaxError&) {
        if (text.empty() || is_meant_as_toml(text)) throw;
        node.kind = Node::Kind::text;
        node.text = std::string(text);
        node.literal = quoted(text);
    }
    set_place(node, place);
    return node;
}

std::string name_of(const Node& item) {
    for (const std::string_view key : {"name", "symbol", "layer"}) {
        const Node* name = item.find(key);
        if (name != nullptr && name->is_text()) return name->text;
    }
    return {};
}

class Override {
  public:
    Override(ReadContext& context, Place place, std::string key, std::string value)
        : context_{context}, place_{place}, key_{std::move(key)}, value_{std::move(value)} {}

    void apply(Node& root) const {
        const auto parts = split_key(key_);
        if (!parts) return fail("not a key", "parts are joined by dots, as in venue.impact.permanent");
        Node value;
        try {
            value = parse_value(value_, place_);
        } catch (const SyntaxError& syntax) {
            return fail(value_.empty() ? "no value" : std::string("not a TOML value: ") + syntax.what(), "");
        }
        Node* node = &root;
        for (std::size_t i = 0; i < parts->size(); ++i) {
            const std::string& part = (*parts)[i];
            if (node->is_array()) {
                bool took_part = true;
                node = choose_item(*node, part, took_part);
                if (node == nullptr) return;
                if (took_part) continue;
            }
            if (!node->is_table()) return fail(fmt::format("\"{}\" is below something that is not a table", part), "");
            Node* next = node->find(part);
            if (next == nullptr) {
                node->members.push_back({part, place_, Node{}});
                next = &node->members.back().value;
                // Where a whole section comes from overrides it is written as a section.
                next->place = place_;
            }
            node = next;
        }
        *node = std::move(value);
    }

  private:
    void fail(const std::string& message, const std::string& hint) const {
        context_.error(place_, key_, value_, message, hint);
    }

    // The item that `part` names; where there is one only, `part` may already be its key (took_part = false).
    Node* choose_item(Node& list, const std::string& part, bool& took_part) const {
        std::size_t index = 0;
        const char* end = part.data() + part.size();
        const auto [rest, error] = std::from_chars(part.data(), end, index);
        if (error == std::errc{} && rest == end) {
            if (index < list.items.size()) return &list.items[index];
            fail(fmt::format("there is no item {}", index),
                 fmt::format("items are counted from 0; there are {}", list.items.size()));
            return nullptr;
        }
        std::vector<std::string> names;
        for (Node& item : list.items) {
            const std::string name = name_of(item);
            if (name == part && !name.empty()) return &item;
            names.push_back(name);
        }
        if (list.items.size() == 1 && list.items.front().is_table()) {
            took_part = false;
            return &list.items.front();
        }
        fail(fmt::format("there is no \"{}\"", part), known_names_hint(part, names));
        return nullptr;
    }

    ReadContext& context_;
    Place place_;
    std::string key_;
    std::string value_;
};

std::string trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return std::string(text);
}

} // namespace

void apply_overrides(ReadContext& context, const std::vector<std::string>& overrides, OverrideStage stage, Node& root) {
    for (std::size_t i = 0; i < overrides.size(); ++i) {
        const std::string key = trimmed(std::string_view(overrides[i]).substr(0, overrides[i].find('=')));
        const bool comes_first = key.ends_with(".preset") || key.starts_with("asset");
        if (comes_first != (stage == OverrideStage::before_presets)) continue;
        const Place place{0, 0, static_cast<int>(i), -1};
        const std::size_t equals = overrides[i].find('=');
        if (equals == std::string::npos) {
            context.error(place, trimmed(overrides[i]), "", "no value", "write --set key=value");
            continue;
        }
        const std::string_view text = overrides[i];
        Override(context, place, trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1))).apply(root);
    }
}

} // namespace plunge
