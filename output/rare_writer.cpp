#include "output/rare_writer.hpp"

#include <span>
#include <string_view>

#include <fmt/format.h>

#include "output/hdf5.hpp"
#include "output/result_image.hpp"
#include "output/world_columns.hpp"
#include "sim/sha256.hpp"

namespace plunge {
namespace {

// Calls `visit(name, values, units, comment)` for every dataset over the worlds.
template <class Visitor>
void for_each_dataset(const std::vector<Column>& columns, const WorldWeights& weights, const Visitor& visit) {
    visit("weight", std::span(weights.weight), "1", "probability that the world stands for; they sum to the event's");
    visit("draw", std::span(weights.draw), "1",
          "independent draw that the world is of: itself, or the repetition of splitting");
    for (const Column& column : columns) visit(column.name, std::span(column.values), column.units, column.long_name);
}

void write_content(hid_t root, const RareContent& content) {
    write_identity(root, content.info, "rare event");
    hdf5::write_attribute(root, "event", content.event);
    hdf5::write_attribute(root, "method", content.method);
    hdf5::write_attribute(root, "how", content.how);
    hdf5::write_attribute(root, "remarks", fmt::format("{}", fmt::join(content.remarks, "\n")));
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
    for_each_dataset(content.columns, content.weights,
                     [&](const std::string& name, auto values, std::string_view units, std::string_view comment) {
                         hdf5::write_dataset(group.get(), name, values, {&world}, units, comment);
                     });
    write_inputs(root, content.info.scenario.inputs);
    hdf5::write_attribute(root, "results_sha256", rare_digest(content.columns, content.weights));
}

} // namespace

std::string rare_digest(const std::vector<Column>& columns, const WorldWeights& weights) {
    Sha256 hash;
    for_each_dataset(columns, weights, [&](const std::string& name, auto values, std::string_view, std::string_view) {
        hash_dataset(hash, "/worlds/" + name, values.data(), values.size_bytes());
    });
    return hash.hex();
}

void write_rare(const std::string& path, const RareContent& content, bool overwrite, Storage storage) {
    write_result_file(path, overwrite, storage, [&](hid_t root) { write_content(root, content); });
}

} // namespace plunge
