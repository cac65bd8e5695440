#include "sim/cli/terminal.hpp"

#include <cstdio>
#include <cstdlib>

#include <poll.h>
#include <unistd.h>

namespace plunge {

bool stdout_in_colour() {
    const char* no_colour = std::getenv("NO_COLOR");
    return (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

bool stdout_reader_left() {
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

void print_to_stderr(const std::string& text) {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

} // namespace plunge
