#include "output/open_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include <sys/stat.h>

#include "output/result_info.hpp"
#include "output/trailer.hpp"
#include "sim/sha256.hpp"

namespace plunge {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
    throw OutputError(path, reason, Fault::request);
}

constexpr std::string_view magic{"\x89HDF\r\n\x1a\n", 8};
constexpr std::uint64_t smallest_file = 1024; ///< less cannot hold the groups that every result has

/// Streams the file through the digest that its last line states. \return the file's size in bytes.
std::uint64_t verify_bytes(const std::string& path) {
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) fail(path, std::strerror(errno));
    if (!S_ISREG(status.st_mode)) fail(path, "is not a regular file"); // to open a pipe would be to wait for it
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
    if (!file) fail(path, std::strerror(errno));
    if (::fstat(::fileno(file.get()), &status) != 0) fail(path, std::strerror(errno));
    const auto size = static_cast<std::uint64_t>(status.st_size);

    std::vector<char> buffer(std::size_t{1} << 20U);
    const auto fill = [&](std::uint64_t wanted) {
        const auto chunk = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, buffer.size()));
        if (std::fread(buffer.data(), 1, chunk, file.get()) != chunk)
            throw OutputError(path, "cannot be read: " + std::string(std::strerror(errno)), Fault::system);
        return std::string_view(buffer.data(), chunk);
    };
    if (size < magic.size() || fill(magic.size()) != magic) fail(path, "is not a result file of Plunge (not HDF5)");
    if (size < smallest_file + trailer_size) fail(path, "is cut short");
    std::rewind(file.get());
    Sha256 hash;
    for (std::uint64_t left = size - trailer_size; left > 0;) {
        const std::string_view piece = fill(left);
        hash.update(piece.data(), piece.size());
        left -= piece.size();
    }
    const std::string_view trailer = fill(trailer_size);
    if (!trailer.starts_with(trailer_label))
        fail(path, "is not a result file of Plunge, or was cut short or changed after it was written "
                   "(its last line is not a digest)");
    if (trailer != make_trailer(hash.hex()))
        fail(path, "is damaged: its content does not match the digest in its last line");
    return size;
}

} // namespace

OpenFile open_result_file(const std::string& path) {
    OpenFile file{path, {}, "run"};
    const std::uint64_t size = verify_bytes(path);
    guarded(path, [&] {
        file.handle = hdf5::open_file(path);
        hdf5::refuse_unsafe(file.root(), size);
        const std::uint64_t version = hdf5::read_count(file.root(), "format_version");
        if (version != result_format_version)
            fail(path, "has format version " + std::to_string(version) + "; this program reads version " +
                           std::to_string(result_format_version));
        if (hdf5::has_attribute(file.root(), "content")) file.content = hdf5::read_text(file.root(), "content");
    });
    return file;
}

Provenance read_provenance(const OpenFile& file) {
    return {hdf5::read_text(file.root(), "plunge_version"), hdf5::read_text(file.root(), "git_commit"),
            hdf5::read_count(file.root(), "seed"), hdf5::read_text(file.root(), "scenario_sha256"),
            hdf5::read_text(file.root(), "results_sha256")};
}

Dependence read_dependence(const OpenFile& file) {
    if (hdf5::read_count(file.root(), "replications") > 0) return Dependence::replications;
    return hdf5::read_count(file.root(), "antithetic") != 0 ? Dependence::pairs : Dependence::none;
}

std::vector<InputFile> read_inputs(const OpenFile& file) {
    std::vector<InputFile> files;
    const hdf5::Handle group = hdf5::open_group(file.root(), "inputs");
    for (const std::string& name : hdf5::names(group.get())) {
        const hdf5::Handle dataset = hdf5::open_dataset(group.get(), name);
        files.push_back({hdf5::read_text(dataset.get(), "path"), hdf5::read_bytes(dataset.get())});
    }
    return files;
}

} // namespace plunge
