#include "output/result_image.hpp"

#include <cstdint>
#include <new>
#include <numeric>
#include <span>

#include <fmt/core.h>

#include "models/price/quasi_path.hpp"
#include "output/atomic_file.hpp"
#include "output/errors.hpp"
#include "output/trailer.hpp"
#include "sim/scenario/randomness.hpp"
#include "sim/sha256.hpp"

namespace plunge {

void write_identity(hid_t root, const ResultInfo& info, const std::string& content) {
    const Scenario& scenario = info.scenario.scenario;
    hdf5::write_attribute(root, "Conventions", fmt::format("Plunge-{}", result_format_version));
    hdf5::write_attribute(root, "title", scenario.header.name);
    if (!content.empty()) hdf5::write_attribute(root, "content", content);
    hdf5::write_attribute(root, "plunge_version", info.plunge_version);
    hdf5::write_attribute(root, "format_version", std::uint64_t{result_format_version});
    hdf5::write_attribute(root, "git_commit", info.git_commit);
    hdf5::write_attribute(root, "created", info.created);
    hdf5::write_attribute(root, "command", info.command);
    hdf5::write_attribute(root, "scenario_sha256", info.scenario.sha256);
    hdf5::write_attribute(root, "scenario", info.scenario.source);
    hdf5::write_attribute(root, "scenario_effective", info.scenario.effective);
    hdf5::write_attribute(root, "seed", std::uint64_t{scenario.run.seed});
    hdf5::write_attribute(root, "antithetic", std::uint64_t{scenario.run.antithetic ? 1U : 0U});
    const std::uint64_t replications = scenario.run.paths == PathSampling::sobol ? QuasiPaths::replications : 0;
    hdf5::write_attribute(root, "replications", replications);
    hdf5::write_attribute(root, "deterministic", std::uint64_t{why_worlds_are_equal(scenario) ? 1U : 0U});
    hdf5::write_attribute(root, "intervals_leave_out", left_out_of_intervals(scenario).value_or(""));
}

std::vector<std::uint64_t> count_up(std::size_t n) {
    std::vector<std::uint64_t> values(n);
    std::iota(values.begin(), values.end(), std::uint64_t{0});
    return values;
}

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

void write_result_file(const std::string& path, bool overwrite, Storage storage,
                       const std::function<void(hid_t root)>& fill) {
    const hdf5::Quiet quiet;
    const hdf5::StoredAs stored(storage);
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
