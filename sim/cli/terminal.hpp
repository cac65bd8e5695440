// What the terminal is and wants.
#pragma once

namespace plunge {

/// Whether text on stdout may be coloured: on a terminal, unless NO_COLOR says otherwise (no-color.org).
bool stdout_in_colour();

} // namespace plunge
