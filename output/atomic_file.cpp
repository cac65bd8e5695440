#include "output/atomic_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/errors.hpp"

namespace plunge {

namespace {

constexpr std::size_t largest_write = std::size_t{1} << 30U; // Linux writes at most 2 GiB - 4 KiB at once

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// Disk and hardware are the system's fault; a wrong or forbidden path is the request's.
Fault fault_of(int error) {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case EACCES:
    case EPERM:
    case EEXIST:
    case EISDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EROFS:
        return Fault::request;
    default:
        return Fault::system;
    }
}

// What a path stands for once links are followed, also one to a file that is not there yet.
std::string target_of(std::string path) {
    constexpr int most_links = 40; // as the system has it
    for (int i = 0; i < most_links; ++i) {
        struct stat status {};
        if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return path;
        std::string link(4096, '\0');
        const ssize_t size = ::readlink(path.c_str(), link.data(), link.size());
        if (size < 0) throw OutputError(path, std::strerror(errno), fault_of(errno));
        link.resize(static_cast<std::size_t>(size));
        if (!link.starts_with('/')) link = folder_of(path).append("/").append(link);
        path = std::move(link);
    }
    throw OutputError(path, std::strerror(ELOOP), Fault::request);
}

const char* kind_of(mode_t mode) {
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
    if (S_ISFIFO(mode)) return "a pipe";
    return S_ISSOCK(mode) ? "a socket" : "not a regular file";
}

// `path` as the user gave it; a link counts as what it leads to.
void refuse_unsuitable_target(const std::string& path, bool overwrite) {
    if (path.empty()) throw OutputError("output", "the path is empty", Fault::request);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return;
        const int error = errno;
        throw OutputError(path, std::strerror(error), fault_of(error));
    }
    if (S_ISDIR(status.st_mode)) throw OutputError(path, "is a folder; name a file in it", Fault::request);
    if (!S_ISREG(status.st_mode))
        throw OutputError(path,
                          fmt::format("is {}; only regular files are written and replaced", kind_of(status.st_mode)),
                          Fault::request);
    if (!overwrite) throw OutputError(path, "already exists; --force replaces it", Fault::request);
}

} // namespace

AtomicFile::AtomicFile(std::string path, bool overwrite) : path_(std::move(path)), overwrite_(overwrite) {
    refuse_unsuitable_target(path_, overwrite_);
    target_ = target_of(path_);
    folder_ = folder_of(target_);
    const std::string name = target_.substr(target_.rfind('/') + 1);
    // A number makes the name free even where a killed process of the same id has left its temporary behind.
    for (int attempt = 0; descriptor_ < 0; ++attempt) {
        temporary_ = folder_ + "/." + name + "." + std::to_string(::getpid()) + "-" + std::to_string(attempt) + ".tmp";
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor_ < 0 && (errno != EEXIST || attempt > 1000)) {
            const int error = errno;
            temporary_.clear();
            fail("cannot create a file in its folder", error);
        }
    }
}

AtomicFile::~AtomicFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::fail(const char* action, int error) const {
    throw OutputError(path_, std::string(action) + ": " + std::strerror(error), fault_of(error));
}

void AtomicFile::write(const void* data, std::size_t size) {
    const char* next = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::write(descriptor_, next, std::min(size, largest_write));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail("cannot write", written == 0 ? EIO : errno);
        next += written;
        size -= static_cast<std::size_t>(written);
    }
}

void AtomicFile::commit() {
    if (::fsync(descriptor_) != 0) fail("cannot bring the file to the disk", errno);
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) != 0 && errno != EINTR) fail("cannot close", errno);

    if (overwrite_) {
        if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot rename into place", errno);
    } else if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) != 0) {
        if (errno == EEXIST) throw OutputError(path_, "was created meanwhile; --force replaces it", Fault::request);
        if (errno != EINVAL && errno != ENOSYS) fail("cannot rename into place", errno);
        // Some network file systems know only plain rename.
        refuse_unsuitable_target(path_, overwrite_);
        if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot rename into place", errno);
    }
    temporary_.clear();

    // The new name is durable only once its folder is; some file systems do not offer that (EINVAL).
    const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return; // a folder may be writable but not readable; the name is there all the same
    const int error = ::fsync(folder) == 0 ? 0 : errno;
    ::close(folder);
    if (error != 0 && error != EINVAL && error != ENOTSUP) fail("cannot bring its folder to the disk", error);
}

void check_output_path(const std::string& path, bool overwrite) {
    refuse_unsuitable_target(path, overwrite);
    struct stat status {};
    const std::string folder = folder_of(target_of(path));
    if (::stat(folder.c_str(), &status) != 0 && errno == ENOENT)
        throw OutputError(path, "the folder " + folder + " does not exist", Fault::request);
    const AtomicFile probe(path, overwrite);
}

} // namespace plunge
