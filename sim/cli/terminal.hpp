// What the terminal is and wants.
#pragma once

#include <string>

namespace plunge {

/// Whether text on stdout may be coloured: on a terminal, unless NO_COLOR says otherwise (no-color.org).
bool stdout_in_colour();

/// Whether stdout is a pipe that nobody reads any more.
bool stdout_reader_left();

/// Prints to stderr. Where that cannot be done, on a terminal that has been closed for one, nothing happens: a message
/// is never worth a result.
void print_to_stderr(const std::string& text);

} // namespace plunge
