#include "output/sweep_writer.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "output/hdf5.hpp"
#include "output/result_image.hpp"
#include "output/world_columns.hpp"
#include "sim/sha256.hpp"

namespace plunge {
namespace {

using hdf5::Handle;

// The dimensions of the points in one group: a factor each, or one with the factors' values along it.
struct PointScales {
    std::vector<Handle> owned;
    std::string coordinates; // names of what is no scale, as CF has it

    hdf5::Scales scales() const {
        hdf5::Scales pointers;
        for (const Handle& handle : owned) pointers.push_back(&handle);
        return pointers;
    }
};

class SweepFile {
  public:
    SweepFile(hid_t root, const SweepContent& content) : root_{root}, content_{content}, plan_{content.plan} {
        write_attributes();
        write_factors();
        write_metrics();
        write_indices();
        write_points();
        write_worlds();
        write_inputs(root_, content_.inputs);
        digest_ = hash_.hex();
        hdf5::write_attribute(root_, "results_sha256", digest_);
    }

    const std::string& digest() const { return digest_; }

  private:
    void write_attributes() {
        write_identity(root_, content_.info, "sweep");
        hdf5::write_attribute(root_, "sample", sample_name(plan_.sample));
        hdf5::write_attribute(root_, "points", std::uint64_t{plan_.points});
        hdf5::write_attribute(root_, "worlds", std::uint64_t{content_.settings.worlds});
        hdf5::write_attribute(root_, "confidence", content_.settings.confidence);
        hdf5::write_attribute(root_, "metrics_chosen", std::uint64_t{content_.metrics_chosen ? 1U : 0U});
    }

    // Numbers where all values are; text where not, or where a point leaves the key as the scenario has it.
    Handle write_coordinate(hid_t group, const Factor& factor, const std::vector<std::string>& values,
                            const Handle* along) const {
        const std::string meaning = fmt::format("value of {}", fmt::join(factor.keys, ", "));
        Handle written;
        if (factor.is_numeric()) {
            std::vector<double> numbers;
            for (const std::string& value : values)
                numbers.push_back(value.empty() ? std::numeric_limits<double>::quiet_NaN() : number_of(value));
            const std::span<const double> span(numbers);
            written = along == nullptr ? hdf5::write_scale(group, factor.name, span, "", meaning)
                                       : hdf5::write_dataset(group, factor.name, span, {along}, "", meaning);
        } else {
            written = along == nullptr ? hdf5::write_scale(group, factor.name, values, meaning)
                                       : hdf5::write_dataset(group, factor.name, values, {along}, meaning);
        }
        hdf5::write_attribute(written.get(), "key", fmt::format("{}", fmt::join(factor.keys, ",")));
        return written;
    }

    PointScales point_scales(hid_t group) const {
        PointScales scales;
        if (plan_.sample == SweepSample::grid) {
            for (const Factor& factor : plan_.factors)
                scales.owned.push_back(write_coordinate(group, factor, factor.values, nullptr));
            return scales;
        }
        const std::vector<std::uint64_t> numbers = count_up(plan_.points);
        scales.owned.push_back(hdf5::write_scale(group, "point", std::span(numbers), "", "point of the sample"));
        for (std::size_t f = 0; f < plan_.factors.size(); ++f) {
            std::vector<std::string> values;
            for (const auto& point : plan_.values) values.push_back(point[f]);
            write_coordinate(group, plan_.factors[f], values, &scales.owned.front());
            scales.coordinates += (f == 0 ? "" : " ") + plan_.factors[f].name;
        }
        return scales;
    }

    template <class T>
    void write_over_points(hid_t group, const std::string& name, const std::vector<T>& values,
                           const PointScales& scales, std::string_view units, std::string_view long_name) const {
        const Handle dataset = hdf5::write_dataset(group, name, std::span<const T>(values), scales.scales(), units,
                                                   long_name);
        if (!scales.coordinates.empty()) hdf5::write_attribute(dataset.get(), "coordinates", scales.coordinates);
    }

    void write_factors() const {
        const Handle group = hdf5::create_group(root_, "factors");
        std::vector<std::string> names;
        std::vector<std::string> keys;
        std::vector<std::string> arguments;
        for (const Factor& factor : plan_.factors) {
            names.push_back(factor.name);
            keys.push_back(fmt::format("{}", fmt::join(factor.keys, ",")));
            arguments.push_back(factor.argument);
        }
        const Handle scale = hdf5::write_scale(group.get(), "factor", names, "name of the factor");
        hdf5::write_dataset(group.get(), "key", keys, {&scale}, "keys of the scenario that take its values");
        hdf5::write_dataset(group.get(), "argument", arguments, {&scale}, "as given to --vary");
    }

    void write_metrics() const {
        const Handle all = hdf5::create_group(root_, "metrics");
        for (const SweepMetric& metric : content_.metrics) {
            const Handle group = hdf5::create_group(all.get(), metric.name);
            hdf5::write_attribute(group.get(), "units", metric.units);
            hdf5::write_attribute(group.get(), "long_name", hdf5::axis_label(metric.name));
            hdf5::write_attribute(group.get(), "comment", metric.long_name);
            hdf5::write_attribute(group.get(), "base_count", metric.base_count);
            hdf5::write_attribute(group.get(), "base_mean", metric.base.mean);
            hdf5::write_attribute(group.get(), "base_standard_error", metric.base.standard_error);
            const PointScales scales = point_scales(group.get());
            const auto write = [&](const std::string& name, const std::string& meaning, const auto& value) {
                std::vector<double> values;
                for (const PointEstimate& point : metric.points) values.push_back(value(point));
                write_over_points(group.get(), name, values, scales, metric.units, meaning);
            };
            using P = PointEstimate;
            write("mean", metric.name + " at each point: mean over worlds, or the share or quantile that it is",
                  [](const P& p) { return p.mean; });
            write("standard_error", "standard error of the mean, or of the share or quantile",
                  [](const P& p) { return p.standard_error; });
            write("difference", "less that of the scenario itself", [](const P& p) { return p.difference; });
            write("difference_standard_error", "standard error of the difference",
                  [](const P& p) { return p.difference_standard_error; });
            write("difference_low", "lower end of the difference's interval",
                  [](const P& p) { return p.difference_interval.low; });
            write("difference_high", "upper end of the difference's interval",
                  [](const P& p) { return p.difference_interval.high; });
            std::vector<std::uint64_t> counts;
            for (const PointEstimate& point : metric.points) counts.push_back(point.count);
            write_over_points(group.get(), "count", counts, scales, "1", "worlds that have a value");
        }
    }

    void write_indices() const {
        if (content_.settings.saltelli_factors == 0) return;
        const Handle all = hdf5::create_group(root_, "indices");
        std::vector<std::string> names;
        for (const Factor& factor : plan_.factors) names.push_back(factor.name);
        for (const SweepMetric& metric : content_.metrics) {
            const Handle group = hdf5::create_group(all.get(), metric.name);
            const Handle scale = hdf5::write_scale(group.get(), "factor", names, "name of the factor");
            const auto write = [&](const std::string& name, const std::string& meaning, const auto& value) {
                std::vector<double> values;
                for (const SobolIndex& index : metric.indices) values.push_back(value(index));
                hdf5::write_dataset(group.get(), name, std::span<const double>(values), {&scale}, "1", meaning);
            };
            write("first_order", "share of the variance that the factor explains alone",
                  [](const SobolIndex& i) { return i.first_order.point; });
            write("first_order_low", "lower end of its interval",
                  [](const SobolIndex& i) { return i.first_order.low; });
            write("first_order_high", "upper end of its interval",
                  [](const SobolIndex& i) { return i.first_order.high; });
            write("total", "share of the variance that the factor has a part in",
                  [](const SobolIndex& i) { return i.total.point; });
            write("total_low", "lower end of its interval", [](const SobolIndex& i) { return i.total.low; });
            write("total_high", "upper end of its interval", [](const SobolIndex& i) { return i.total.high; });
        }
    }

    // What makes each point a run of its own.
    void write_points() const {
        const Handle group = hdf5::create_group(root_, "points");
        const PointScales scales = point_scales(group.get());
        std::vector<std::string> overrides;
        std::vector<std::string> digests;
        std::vector<std::uint64_t> paired;
        for (std::size_t point = 0; point < plan_.points; ++point) {
            overrides.push_back(fmt::format("{}", fmt::join(plan_.overrides(point), "\n")));
            digests.push_back(content_.points[point].sha256);
            paired.push_back(content_.points[point].same_paths ? 1 : 0);
        }
        hdf5::write_dataset(group.get(), "overrides", overrides, scales.scales(),
                            "what --set would be given, one per line");
        hdf5::write_dataset(group.get(), "scenario_sha256", digests, scales.scales(),
                            "digest of the point's scenario and inputs");
        write_over_points(group.get(), "paired", paired, scales, "1",
                          "1: same index paths as the scenario itself, differences are paired");
        if (plan_.sample != SweepSample::saltelli) return;
        std::vector<std::uint64_t> rows;
        std::vector<std::string> matrices;
        for (std::size_t point = 0; point < plan_.points; ++point) {
            const std::size_t place = point % (plan_.factors.size() + 2);
            rows.push_back(point / (plan_.factors.size() + 2));
            matrices.push_back(place == 0 ? "A" : place == 1 ? "B" : "A_B " + plan_.factors[place - 2].name);
        }
        write_over_points(group.get(), "row", rows, scales, "1", "row of the design");
        hdf5::write_dataset(group.get(), "matrix", matrices, scales.scales(),
                            "A, B, or A with the column of a factor from B");
    }

    // Every metric of every world of every point, and of the scenario itself.
    void write_worlds() {
        const std::uint64_t worlds = content_.settings.worlds;
        const std::vector<std::uint64_t> numbers = count_up(worlds);
        const auto write = [&](const std::string& name, const auto& part, bool over_points) {
            const Handle group = hdf5::create_group(root_, name);
            const PointScales points = over_points ? point_scales(group.get()) : PointScales();
            const Handle world = hdf5::write_scale(group.get(), "world", std::span(numbers), "",
                                                   "index of the simulated world");
            hdf5::Scales scales = points.scales();
            scales.push_back(&world);
            for (const Column& column : content_.columns) {
                const std::span<const double> values = part(column);
                hash_dataset(hash_, "/" + name + "/" + column.name, values.data(), values.size_bytes());
                const Handle dataset = hdf5::write_dataset(group.get(), column.name, values, scales, column.units,
                                                           column.long_name);
                if (!points.coordinates.empty())
                    hdf5::write_attribute(dataset.get(), "coordinates", points.coordinates);
            }
        };
        const auto all = [](const Column& column) { return std::span<const double>(column.values); };
        write(
            "base", [&](const Column& column) { return all(column).first(worlds); }, false);
        write(
            "worlds", [&](const Column& column) { return all(column).subspan(worlds); }, true);
    }

    hid_t root_;
    const SweepContent& content_;
    const SweepPlan& plan_;
    Sha256 hash_;
    std::string digest_;
};

} // namespace

std::vector<std::string> names_in_sweep_files() {
    return {"world",      "point",           "factor", "statistic",       "mean",   "standard_error",
            "difference", "difference_low",  "count",  "difference_high", "paired", "difference_standard_error",
            "overrides",  "scenario_sha256", "row",    "matrix"};
}

std::string sample_name(SweepSample sample) {
    switch (sample) {
    case SweepSample::grid:
        return "grid";
    case SweepSample::latin:
        return "latin";
    case SweepSample::saltelli:
        return "saltelli";
    case SweepSample::one_at_a_time:
        return "one-at-a-time";
    }
    return {};
}

std::string write_sweep(const std::string& path, const SweepContent& content, bool overwrite, Storage storage) {
    std::string digest;
    write_result_file(path, overwrite, storage, [&](hid_t root) { digest = SweepFile(root, content).digest(); });
    return digest;
}

} // namespace plunge
