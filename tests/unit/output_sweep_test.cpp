// The file of a sweep: whole, the same for the same content, and not mistaken for a run's.
#include "output/sweep_writer.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "output/errors.hpp"
#include "output/hdf5.hpp"
#include "output/reader.hpp"
#include "tests/unit/output_support.hpp"

using namespace plunge;
using namespace plunge::test;

namespace {

// A grid of two by two, or the same factors in a sample, with three worlds each.
struct MadeUpSweep {
    explicit MadeUpSweep(SweepSample sample) {
        std::vector<Factor> factors{parse_factor("venue.impact.depth=1e6,2e6"), parse_factor("a.policy=full,partial")};
        name_factors(factors, names_in_sweep_files());
        plan = make_plan(std::move(factors), sample, 2, 1);
        points.assign(plan.points, {std::string(64, 'b'), true, 1.0});
        for (std::size_t i = 0; i < 3 * (1 + plan.points); ++i) column.values.push_back(static_cast<double>(i));
        settings.worlds = 3;
        settings.saltelli_factors = sample == SweepSample::saltelli ? 2 : 0;
        metrics = summarize_sweep({column}, std::vector<bool>(plan.points, true), settings);
    }

    void write(const std::string& path, bool overwrite = false) const {
        write_sweep(path, {made_up_info(scenario), scenario.inputs, plan, points, {column}, metrics, settings},
                    overwrite);
    }

    LoadedScenario scenario = made_up_scenario();
    SweepPlan plan;
    std::vector<PointInfo> points;
    Column column{"shortfall", "USD", "shortfall", {}};
    SweepSettings settings;
    std::vector<SweepMetric> metrics;
};

std::vector<double> numbers(const std::string& path, const std::string& name) {
    const hdf5::Handle file = hdf5::open_file(path);
    const hdf5::Handle dataset = hdf5::open_dataset(file.get(), name);
    return hdf5::read_doubles(dataset.get());
}

std::vector<std::string> texts(const std::string& path, const std::string& name) {
    const hdf5::Handle file = hdf5::open_file(path);
    const hdf5::Handle dataset = hdf5::open_dataset(file.get(), name);
    return hdf5::read_strings(dataset.get());
}

} // namespace

TEST_CASE("write_sweep: a grid is a dimension per factor, numbers and text") {
    const TemporaryFolder folder;
    const std::string path = folder.file("grid.h5");
    MadeUpSweep(SweepSample::grid).write(path);
    CHECK(numbers(path, "metrics/shortfall/depth") == std::vector<double>{1e6, 2e6});
    CHECK(texts(path, "metrics/shortfall/policy") == std::vector<std::string>{"full", "partial"});
    CHECK(numbers(path, "metrics/shortfall/mean") == std::vector<double>{4.0, 7.0, 10.0, 13.0});
    CHECK(numbers(path, "metrics/shortfall/difference") == std::vector<double>{3.0, 6.0, 9.0, 12.0});
    CHECK(numbers(path, "base/shortfall") == std::vector<double>{0.0, 1.0, 2.0});
    const hdf5::Handle file = hdf5::open_file(path);
    const hdf5::Handle worlds = hdf5::open_dataset(file.get(), "worlds/shortfall");
    CHECK(hdf5::shape(worlds.get()) == std::vector<hsize_t>{2, 2, 3});
    CHECK(hdf5::read_text(worlds.get(), "units") == "USD");
    const hdf5::Handle overrides = hdf5::open_dataset(file.get(), "points/overrides");
    CHECK(hdf5::shape(overrides.get()) == std::vector<hsize_t>{2, 2});
    CHECK(hdf5::read_text(file.get(), "content") == "sweep");
    CHECK_FALSE(hdf5::exists(file.get(), "indices"));
}

TEST_CASE("write_sweep: a sample is one dimension with the factors' values along it") {
    const TemporaryFolder folder;
    const std::string path = folder.file("saltelli.h5");
    MadeUpSweep(SweepSample::saltelli).write(path);
    CHECK(numbers(path, "metrics/shortfall/depth").size() == 8);
    CHECK(texts(path, "points/matrix")[3] == "A_B policy");
    CHECK(texts(path, "indices/shortfall/factor") == std::vector<std::string>{"depth", "policy"});
    const hdf5::Handle file = hdf5::open_file(path);
    const hdf5::Handle mean = hdf5::open_dataset(file.get(), "metrics/shortfall/mean");
    CHECK(hdf5::read_text(mean.get(), "coordinates") == "depth policy");
}

TEST_CASE("write_sweep: equal content gives equal bytes, and a file that stands there is kept") {
    const TemporaryFolder folder;
    const MadeUpSweep sweep(SweepSample::grid);
    sweep.write(folder.file("a.h5"));
    sweep.write(folder.file("b.h5"));
    CHECK(read_file(folder.file("a.h5")) == read_file(folder.file("b.h5")));
    CHECK_THROWS_AS(sweep.write(folder.file("a.h5")), OutputError);
    CHECK_NOTHROW(sweep.write(folder.file("a.h5"), true));
    CHECK(folder.size() == 2);
}

TEST_CASE("the reader of runs refuses a sweep and says what it is") {
    const TemporaryFolder folder;
    const std::string path = folder.file("sweep.h5");
    MadeUpSweep(SweepSample::grid).write(path);
    CHECK_THROWS_WITH_AS(Reader{path}, doctest::Contains("holds a sweep and not one run"), OutputError);
}
