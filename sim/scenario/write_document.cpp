#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "sim/scenario/document.hpp"

namespace plunge {
namespace {

bool is_bare(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

bool opens_header(const Node& node) {
    return (node.is_table() && !node.is_inline) || (node.is_array() && !node.is_inline && !node.items.empty());
}

std::string written_real(double value) {
    std::string text = fmt::format("{}", value); // shortest text that reads back to the same bits
    if (text.find_first_of(".enai") == std::string::npos) text += ".0";
    return text;
}

std::string written_value(const Node& node) {
    std::string text;
    switch (node.kind) {
    case Node::Kind::table:
        for (const Member& member : node.members) {
            text += (text.empty() ? " " : ", ") + written_key(member.key) + " = " + written_value(member.value);
        }
        return "{" + text + " }";
    case Node::Kind::array:
        for (const Node& item : node.items) text += (text.empty() ? "" : ", ") + written_value(item);
        return "[" + text + "]";
    case Node::Kind::text:
        return quoted(node.text);
    case Node::Kind::integer:
        return fmt::format("{}", node.integer);
    case Node::Kind::real:
        return written_real(node.real);
    case Node::Kind::boolean:
        return node.boolean ? "true" : "false";
    case Node::Kind::date:
        return node.text;
    }
    return text;
}

void write_table(const Node& table, const std::string& path, std::string& out) {
    for (const Member& member : table.members) {
        if (!opens_header(member.value)) {
            out += written_key(member.key) + " = " + written_value(member.value) + "\n";
        }
    }
    for (const Member& member : table.members) {
        if (!opens_header(member.value)) continue;
        const std::string inner = path.empty() ? written_key(member.key) : path + "." + written_key(member.key);
        if (member.value.is_table()) {
            out += "\n[" + inner + "]\n";
            write_table(member.value, inner, out);
        } else {
            for (const Node& item : member.value.items) {
                out += "\n[[" + inner + "]]\n";
                write_table(item, inner, out);
            }
        }
    }
}

} // namespace

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\r':
            out += "\\r";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
                out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
            } else {
                out += c;
            }
        }
    }
    return out + "\"";
}

std::string written_key(std::string_view key) { return is_bare(key) ? std::string(key) : quoted(key); }

std::string write_document(const Node& root) {
    std::string out;
    write_table(root, "", out);
    out.erase(0, out.find_first_not_of('\n')); // the first section needs no blank line before it
    return out;
}

} // namespace plunge
