// The one error of this folder: a file that cannot be written or read.
#pragma once

#include <stdexcept>
#include <string>

#include "sim/scenario/diagnostic.hpp"

namespace plunge {

/// Whose fault a failure is; the command line turns it into an exit code.
enum class Fault {
    request, ///< the path or the file given is wrong: exit code 2
    system,  ///< the disk is full, an I/O error, no memory: exit code 3
};

/// A result file could not be written or read. `what()` starts with the path.
class OutputError : public std::runtime_error {
  public:
    OutputError(const std::string& path, const std::string& reason, Fault fault)
        : std::runtime_error(printable(path) + ": " + reason), path_(path), fault_(fault) {}

    const std::string& path() const { return path_; }
    Fault fault() const { return fault_; }

  private:
    std::string path_;
    Fault fault_;
};

} // namespace plunge
