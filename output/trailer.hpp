// The last line of a result file: the digest of everything before it.
//
// HDF5 ignores what follows the end that a file states for itself. So the file stays ordinary HDF5, and a reader can
// tell whether it is as it was written before it hands the bytes to a library that a damaged file could crash.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plunge {

inline constexpr std::string_view trailer_label = "\nplunge-sha256 ";
inline constexpr std::size_t trailer_size = trailer_label.size() + 64 + 1;

/// The trailer of content with this digest, in hexadecimal.
inline std::string make_trailer(const std::string& digest) { return std::string(trailer_label) + digest + "\n"; }

} // namespace plunge
