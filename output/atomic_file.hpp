// A file that appears under its name only when it is whole and on the disk.
#pragma once

#include <cstddef>
#include <string>

namespace plunge {

/// Writes to a hidden temporary beside `path` and renames it into place on `commit`. Whatever goes wrong before, the
/// temporary is removed and a file that stood at `path` still stands there. A link stays, and what it leads to is
/// written; only regular files are ever replaced.
class AtomicFile {
  public:
    /// \throws OutputError if the temporary cannot be created, or if `path` exists and `overwrite` is false.
    AtomicFile(std::string path, bool overwrite);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Appends. Short writes are continued. \throws OutputError with the system's reason (no space, I/O error, ...).
    void write(const void* data, std::size_t size);

    /// Brings the data to the disk, then the name. \throws OutputError, also if `path` was created meanwhile by someone
    /// else and `overwrite` is false.
    void commit();

  private:
    void fail(const char* action, int error) const;

    std::string path_;   ///< as given
    std::string target_; ///< where links lead
    std::string folder_; ///< of the target
    std::string temporary_;
    bool overwrite_;
    int descriptor_ = -1;
};

/// Checks, before a long run, that `path` can be written: it is not a folder, a device or a pipe, does not exist unless
/// `overwrite`, and a file can be created in its folder (one is, and removed).
/// \throws OutputError saying what is wrong and what to do.
void check_output_path(const std::string& path, bool overwrite);

} // namespace plunge
