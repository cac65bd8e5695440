#include "output/study_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "output/hdf5.hpp"
#include "sim/scenario/factor.hpp"

namespace plunge {
namespace {

using hdf5::Handle;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::vector<std::string> strings(const OpenFile& file, const std::string& name) {
    const Handle dataset = hdf5::open_dataset(file.root(), name);
    return hdf5::read_strings(dataset.get());
}

std::vector<double> doubles(const OpenFile& file, const std::string& name) {
    const Handle dataset = hdf5::open_dataset(file.root(), name);
    return hdf5::read_doubles(dataset.get());
}

std::vector<std::uint64_t> counts(const OpenFile& file, const std::string& name) {
    const Handle dataset = hdf5::open_dataset(file.root(), name);
    return hdf5::read_counts(dataset.get());
}

// The value that a point's overrides give to a key; empty where they leave it alone.
std::string value_in(const std::vector<std::string>& overrides, const std::string& key) {
    for (const std::string& line : overrides) {
        if (line.starts_with(key + "=")) return line.substr(key.size() + 1);
    }
    return {};
}

void require(const OpenFile& file, std::string_view content) {
    if (file.content != content) throw hdf5::Error("it holds a " + file.content + ", not a " + std::string(content));
}

SweepText read_text(const OpenFile& file) {
    SweepText text;
    text.title = hdf5::read_text(file.root(), "title");
    text.sample = hdf5::read_text(file.root(), "sample");
    text.seed = hdf5::read_count(file.root(), "seed");
    text.metrics_chosen = hdf5::read_count(file.root(), "metrics_chosen") != 0;
    text.left_out = hdf5::read_text(file.root(), "intervals_leave_out");
    text.factors = strings(file, "factors/factor");
    for (const std::string& argument : strings(file, "factors/argument"))
        text.keys.push_back(parse_factor(argument).keys);
    for (const std::string& overrides : strings(file, "points/overrides")) {
        const std::vector<std::string> lines = lines_of(overrides);
        std::vector<std::string>& values = text.values.emplace_back();
        for (const std::vector<std::string>& keys : text.keys) values.push_back(value_in(lines, keys.at(0)));
    }
    for (const std::uint64_t paired : counts(file, "points/paired")) text.paired.push_back(paired != 0);
    return text;
}

} // namespace

SweepRecord read_sweep(const OpenFile& file) {
    return guarded(file.path, [&] {
        require(file, "sweep");
        SweepRecord record;
        record.text = read_text(file);
        record.settings.worlds = hdf5::read_count(file.root(), "worlds");
        record.settings.dependence = read_dependence(file);
        record.settings.confidence = hdf5::read_number(file.root(), "confidence");
        record.settings.seed = record.text.seed;
        if (record.text.sample == "saltelli") record.settings.saltelli_factors = record.text.factors.size();
        const Handle base = hdf5::open_group(file.root(), "base");
        for (const std::string& name : hdf5::names(base.get())) {
            if (name == "world") continue;
            const Handle dataset = hdf5::open_dataset(base.get(), name);
            Column column{name, hdf5::read_text(dataset.get(), "units"), hdf5::read_text(dataset.get(), "comment"),
                          hdf5::read_doubles(dataset.get())};
            const std::vector<double> points = doubles(file, "worlds/" + name);
            column.values.insert(column.values.end(), points.begin(), points.end());
            record.columns.push_back(std::move(column));
        }
        record.outputs = outputs_named(record.columns, hdf5::names(hdf5::open_group(file.root(), "metrics").get()));
        return record;
    });
}

RareRecord read_rare(const OpenFile& file) {
    return guarded(file.path, [&] {
        require(file, "rare event");
        RareRecord record;
        record.event = hdf5::read_text(file.root(), "event");
        record.method = hdf5::read_text(file.root(), "method");
        record.how = hdf5::read_text(file.root(), "how");
        record.remarks = lines_of(hdf5::read_text(file.root(), "remarks"));
        record.probability = {hdf5::read_number(file.root(), "probability"),
                              hdf5::read_number(file.root(), "probability_low"),
                              hdf5::read_number(file.root(), "probability_high")};
        record.confidence = hdf5::read_number(file.root(), "confidence");
        record.relative_error = hdf5::read_number(file.root(), "relative_error");
        record.worlds_simulated = hdf5::read_count(file.root(), "worlds_simulated");
        record.weights = {doubles(file, "worlds/weight"), counts(file, "worlds/draw")};
        const Handle worlds = hdf5::open_group(file.root(), "worlds");
        for (const std::string& name : hdf5::names(worlds.get())) {
            if (name == "world" || name == "weight" || name == "draw") continue;
            const Handle dataset = hdf5::open_dataset(worlds.get(), name);
            record.columns.push_back({name, hdf5::read_text(dataset.get(), "units"),
                                      hdf5::read_text(dataset.get(), "comment"), hdf5::read_doubles(dataset.get())});
        }
        return record;
    });
}

} // namespace plunge
