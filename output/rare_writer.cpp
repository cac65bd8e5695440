#include "output/rare_writer.hpp"

#include <span>

#include "output/hdf5.hpp"
#include "output/result_image.hpp"
#include "output/world_columns.hpp"
#include "sim/sha256.hpp"

namespace plunge {
namespace {

void write_content(hid_t root, const RareContent& content) {
    write_identity(root, content.info, "rare event");
    hdf5::write_attribute(root, "event", content.event);
    hdf5::write_attribute(root, "method", content.method);
    hdf5::write_attribute(root, "probability", content.probability.point);
    hdf5::write_attribute(root, "probability_low", content.probability.low);
    hdf5::write_attribute(root, "probability_high", content.probability.high);
    hdf5::write_attribute(root, "confidence", content.confidence);
    hdf5::write_attribute(root, "relative_error", content.relative_error);
    hdf5::write_attribute(root, "worlds_simulated", content.worlds_simulated);

    const hdf5::Handle group = hdf5::create_group(root, "worlds");
    const std::vector<std::uint64_t> numbers = count_up(content.weights.weight.size());
    const hdf5::Handle world = hdf5::write_scale(group.get(), "world", std::span(numbers), "",
                                                 "number of the world among those in the event");
    Sha256 digest;
    const auto write = [&](const std::string& name, const auto& values, std::string_view units,
                           std::string_view long_name) {
        const std::span all(values);
        hash_dataset(digest, "/worlds/" + name, all.data(), all.size_bytes());
        hdf5::write_dataset(group.get(), name, all, {&world}, units, long_name);
    };
    write("weight", content.weights.weight, "1", "probability that the world stands for; they sum to the event's");
    write("draw", content.weights.draw, "1",
          "independent draw that the world is of: itself, or the repetition of splitting");
    for (const Column& column : content.columns) write(column.name, column.values, column.units, column.long_name);
    write_inputs(root, content.info.scenario.inputs);
    hdf5::write_attribute(root, "results_sha256", digest.hex());
}

} // namespace

void write_rare(const std::string& path, const RareContent& content, bool overwrite) {
    write_result_file(path, overwrite, [&](hid_t root) { write_content(root, content); });
}

} // namespace plunge
