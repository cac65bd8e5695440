#include "output/result_image.hpp"

#include <cstdint>
#include <new>
#include <span>

#include "output/atomic_file.hpp"
#include "output/errors.hpp"
#include "output/trailer.hpp"
#include "sim/sha256.hpp"

namespace plunge {

void write_inputs(hid_t root, const std::vector<InputFile>& inputs) {
    const hdf5::Handle group = hdf5::create_group(root, "inputs");
    std::size_t number = 0;
    for (const InputFile& input : inputs) {
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(input.text.data()), input.text.size());
        const hdf5::Handle dataset = hdf5::write_scale(group.get(), "input_" + std::to_string(number++), bytes, "",
                                                       "bytes of a file that the scenario names");
        hdf5::write_attribute(dataset.get(), "path", input.path);
        hdf5::write_attribute(dataset.get(), "sha256", sha256_hex(input.text.data(), input.text.size()));
    }
}

void write_result_file(const std::string& path, bool overwrite, const std::function<void(hid_t root)>& fill) {
    const hdf5::Quiet quiet;
    try {
        hdf5::MemoryFile content;
        fill(content.root());
        const std::span<const std::byte> bytes = content.bytes();
        const std::string trailer = make_trailer(sha256_hex(bytes.data(), bytes.size()));
        AtomicFile file(path, overwrite);
        file.write(bytes.data(), bytes.size());
        file.write(trailer.data(), trailer.size());
        file.commit();
    } catch (const hdf5::Error& error) {
        throw OutputError(path, error.what(), Fault::system);
    } catch (const std::bad_alloc&) {
        throw OutputError(path, "not enough memory to make the file", Fault::system);
    }
}

} // namespace plunge
