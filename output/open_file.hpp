// Opening a result file of any kind, after every check. Not installed: it shows HDF5.
#pragma once

#include <new>
#include <string>
#include <vector>

#include "models/common/values.hpp"
#include "output/errors.hpp"
#include "output/hdf5.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/provenance.hpp"

namespace plunge {

/// Runs `read` with HDF5 silent and its errors turned into ours, naming the file.
template <class Read> auto guarded(const std::string& path, const Read& read) {
    const hdf5::Quiet quiet;
    try {
        return read();
    } catch (const OutputError&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw OutputError(path, "not enough memory to read it", Fault::system);
    } catch (const std::exception& error) {
        throw OutputError(path, std::string("is not as Plunge writes it: ") + error.what(), Fault::request);
    }
}

struct OpenFile {
    std::string path;
    hdf5::Handle handle;
    std::string content; ///< "run", "sweep" or "rare event"

    hid_t root() const { return handle.get(); }
};

/// Checks size, magic, the trailer's digest over the whole file, format version, no links to elsewhere and no data kept
/// elsewhere. HDF5 sees the file only once its digest is right. \throws OutputError
OpenFile open_result_file(const std::string& path);

/// What the files of all contents say alike. \throws hdf5::Error, for guarded()
Provenance read_provenance(const OpenFile& file);
Dependence read_dependence(const OpenFile& file);
std::vector<InputFile> read_inputs(const OpenFile& file);

} // namespace plunge
