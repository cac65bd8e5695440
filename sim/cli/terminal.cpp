#include "sim/cli/terminal.hpp"

#include <cstdlib>

#include <unistd.h>

namespace plunge {

bool stdout_in_colour() {
    const char* no_colour = std::getenv("NO_COLOR");
    return (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

} // namespace plunge
