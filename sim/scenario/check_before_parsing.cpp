#include <cstddef>
#include <string>
#include <string_view>

#include "sim/scenario/document.hpp"

namespace plunge {
namespace {

constexpr int max_nesting = 32;
constexpr int max_dots = 32;

// Walks over the text once, knowing only what strings, comments and brackets are.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_{text} {}

    void run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                while (at_ < text_.size() && text_[at_] != '\n') advance();
            } else if (c == '"' || c == '\'') {
                skip_string(c);
            } else {
                inspect(c);
                advance();
            }
        }
    }

  private:
    [[noreturn]] void fail(const std::string& message) const { throw SyntaxError(line_, column_, message); }

    void inspect(char c) {
        const bool opens = c == '[' || c == '{';
        if (opens && ++nesting_ > max_nesting) {
            fail("brackets are nested more than " + std::to_string(max_nesting) + " deep, or not closed");
        }
        if (c == '[' && line_is_blank_so_far_ && nesting_ == 1) refuse_nameless_header();
        if ((c == ']' || c == '}') && nesting_ > 0) --nesting_;
        if (c == '.') {
            if (++dots_ > max_dots) fail("a key has more than " + std::to_string(max_dots) + " dotted parts");
        } else if (opens || c == ']' || c == '}' || c == '=' || c == ',' || c == '\n') {
            dots_ = 0;
        }
    }

    void refuse_nameless_header() const {
        std::size_t next = at_ + 1;
        if (next < text_.size() && text_[next] == '[') ++next;
        while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t' || text_[next] == '\r')) ++next;
        const char first = next < text_.size() ? text_[next] : '\n';
        const bool named = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
                           (first >= '0' && first <= '9') || first == '_' || first == '-' || first == '"' ||
                           first == '\'';
        if (!named) fail("a table header needs a name, as in [run]");
    }

    void skip_string(char quote) {
        const std::string_view rest = text_.substr(at_);
        const bool multiline = rest.size() >= 3 && rest[1] == quote && rest[2] == quote;
        for (int i = 0; i < (multiline ? 3 : 1); ++i) advance();
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\n' && !multiline) return; // not closed: the parser says so
            if (c == '\\' && quote == '"') {
                advance();
                if (at_ < text_.size()) advance();
                continue;
            }
            if (c == quote && !multiline) {
                advance();
                return;
            }
            if (c == quote && text_.substr(at_, 3) == std::string(3, quote)) {
                // Up to two quotes may stand before the closing three.
                while (at_ < text_.size() && text_[at_] == quote) advance();
                return;
            }
            advance();
        }
    }

    // One code point on, checking that it is UTF-8 and not NUL.
    void advance() {
        const auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte == 0) fail("a NUL byte: scenario files are UTF-8 text");
        std::size_t length = 1;
        unsigned lowest = 0;
        unsigned code = byte;
        if (byte >= 0x80U) {
            if (byte >= 0xC2U && byte <= 0xDFU) {
                length = 2, lowest = 0x80U, code = byte & 0x1FU;
            } else if (byte >= 0xE0U && byte <= 0xEFU) {
                length = 3, lowest = 0x800U, code = byte & 0x0FU;
            } else if (byte >= 0xF0U && byte <= 0xF4U) {
                length = 4, lowest = 0x10000U, code = byte & 0x07U;
            } else {
                fail("not UTF-8: save the file in that encoding");
            }
            for (std::size_t i = 1; i < length; ++i) {
                const auto next = at_ + i < text_.size() ? static_cast<unsigned char>(text_[at_ + i]) : 0U;
                if ((next & 0xC0U) != 0x80U) fail("not UTF-8: save the file in that encoding");
                code = (code << 6U) | (next & 0x3FU);
            }
            const bool surrogate = code >= 0xD800U && code <= 0xDFFFU;
            if (code < lowest || code > 0x10FFFFU || surrogate) fail("not UTF-8: save the file in that encoding");
        }
        at_ += length;
        if (byte == '\n') {
            ++line_;
            column_ = 1;
            line_is_blank_so_far_ = true;
        } else {
            ++column_;
            if (byte != ' ' && byte != '\t') line_is_blank_so_far_ = false;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1;
    int column_ = 1;
    int nesting_ = 0;
    int dots_ = 0;
    bool line_is_blank_so_far_ = true;
};

} // namespace

void check_before_parsing(std::string_view text) { Scanner(text).run(); }

} // namespace plunge
