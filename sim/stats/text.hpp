// Pieces of text that the tables of summaries, comparisons and checks share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace plunge {

inline constexpr std::size_t line_width = 80;

/// 1234567 -> "1,234,567"
std::string with_separators(std::uint64_t n);

/// Words filled into lines of 80 columns, the first with a label, all indented; `separator` follows all but the last.
std::string wrap(const std::string& label, const std::vector<std::string>& words, const std::string& separator = ",");

/// A sentence filled into such lines.
std::string wrap_sentence(const std::string& sentence);

/// In bold, by ANSI escapes, where asked for.
std::string heading(const std::string& text, bool colour);

/// A name cut in the middle where it is longer than `width`, which is at least 7.
std::string shorten(const std::string& name, std::size_t width);

/// A share with its sign in at most eight characters: 0.0123 -> "+1.23 %"; NaN is "-".
std::string format_change(double share);

/// A probability in two digits; NaN is "-".
std::string format_probability(double p);

} // namespace plunge
