// Result files: what goes in comes out, equal runs give equal bytes, and damaged files are refused.
#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "output/errors.hpp"
#include "output/hdf5.hpp"
#include "output/reader.hpp"
#include "output/summary_input.hpp"
#include "output/trailer.hpp"
#include "output/world_columns.hpp"
#include "output/writer.hpp"
#include "sim/sha256.hpp"
#include "tests/unit/output_support.hpp"

using namespace plunge;
using test::TemporaryFolder;

namespace {

template <class Number> bool same(Number a, Number b) {
    if constexpr (std::is_same_v<Number, double>) {
        if (std::isnan(a) && std::isnan(b)) return true; // written with one bit pattern
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    } else {
        return a == b;
    }
}

template <class Table, class Owner> void check_members(const Table& table, const Owner& a, const Owner& b) {
    for_each_column(table, [&](const auto& row) { CHECK_MESSAGE(same(a.*row.member, b.*row.member), row.name); });
}

struct MadeUpFile {
    explicit MadeUpFile(const LoadedScenario& loaded = test::made_up_scenario()) : scenario(loaded) {
        write_results(path, test::made_up_info(scenario), result, false);
    }
    TemporaryFolder folder;
    LoadedScenario scenario;
    RunResult result = test::made_up_result();
    std::string path = folder.file("run.h5");
};

std::string refusal(const std::string& path) {
    try {
        const Reader reader(path);
        return "";
    } catch (const OutputError& error) {
        return error.what();
    }
}

/// Puts the right digest under content of any kind, as someone with bad intentions would.
std::string with_trailer(const std::string& content) {
    return content + make_trailer(sha256_hex(content.data(), content.size()));
}

std::string content_of(hdf5::MemoryFile& file) {
    const auto bytes = file.bytes();
    std::string content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    content.resize(std::max<std::size_t>(content.size(), 4096)); // not refused for its size alone
    return with_trailer(content);
}

} // namespace

TEST_CASE("sha256: published vectors") {
    // FIPS 180-4 example "abc", and the empty message.
    CHECK(sha256_hex("abc", 3) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_hex("", 0) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Sha256 pieces;
    pieces.update("a", 1);
    pieces.update("bc", 2);
    CHECK(pieces.hex() == sha256_hex("abc", 3));
}

TEST_CASE("result file: every world comes back bit for bit") {
    const MadeUpFile file;
    const Reader reader(file.path);
    REQUIRE(reader.worlds() == 3);
    for (std::size_t w = 0; w < 3; ++w) {
        const WorldResult& wrote = file.result.worlds[w];
        const WorldResult read = reader.world(w);
        CHECK(same(wrote.amplification, read.amplification));
        REQUIRE(read.venues.size() == 2);
        REQUIRE(read.cohorts.size() == 2);
        REQUIRE(read.assets.size() == 2);
        for (std::size_t i = 0; i < 2; ++i) {
            check_members(venue_metrics(), wrote.venues[i], read.venues[i]);
            check_members(cohort_metrics(), wrote.cohorts[i], read.cohorts[i]);
            check_members(asset_metrics(), wrote.assets[i], read.assets[i]);
        }
        check_members(counterfactual_metrics(), wrote.counterfactual, read.counterfactual);
        CHECK(read.contagion == wrote.contagion);
        const std::vector<double> zero(4, 0.0); // what an empty matrix is in a file
        CHECK(read.counterfactual_contagion ==
              (wrote.counterfactual_contagion.empty() ? zero : wrote.counterfactual_contagion));
        REQUIRE(read.cascades.size() == wrote.cascades.size());
        for (std::size_t c = 0; c < read.cascades.size(); ++c) {
            check_members(cascade_columns(), wrote.cascades[c], read.cascades[c]);
            CHECK(wrote.cascades[c].venue == read.cascades[c].venue);
            CHECK(wrote.cascades[c].price_move == read.cascades[c].price_move);
        }
    }
    CHECK_THROWS_AS(reader.world(3), OutputError);
}

TEST_CASE("result file: columns, names, inputs, traces and bands come back") {
    const MadeUpFile file;
    const Reader reader(file.path);
    CHECK(reader.assets() == std::vector<std::string>{"BTC", "ETH"});
    CHECK(reader.venues() == std::vector<std::string>{"perp", "side-venue"});
    CHECK(reader.cohorts() == std::vector<std::string>{"retail longs", "desks \xc3\xa9\xe2\x82\xac"});
    CHECK(reader.text("scenario") == file.scenario.source);
    CHECK(reader.text("scenario_effective") == file.scenario.effective); // beyond the 64 kB of an attribute
    CHECK(reader.count("seed") == 20251010);
    CHECK(reader.count("steps") == 4);
    CHECK(reader.step_seconds() == 60.0);

    REQUIRE(reader.inputs().size() == 2);
    CHECK(reader.inputs()[0].path == "data/prices.csv");
    CHECK(reader.inputs()[0].text == file.scenario.inputs[0].text);
    CHECK(reader.inputs()[1].text.empty());

    const Column column = reader.venue_column("side-venue", "liquidated_notional");
    CHECK(column.units == "USD");
    CHECK(column.long_name.find("closed by force") != std::string::npos);
    CHECK(column.values[2] == file.result.worlds[2].venues[1].liquidated_notional);
    CHECK(reader.world_column("fund_used").values[1] == combine_venues(file.result.worlds[1].venues).fund_used);
    CHECK(reader.asset_column("min_price", 1).values[2] == file.result.worlds[2].assets[1].min_price);
    CHECK(reader.asset_column("min_price", 1).name == "min_price.ETH");
    CHECK(reader.cohort_column("loss", 0).values[1] == file.result.worlds[1].cohorts[0].loss);
    CHECK(reader.initial_open_interest("side-venue") == std::vector<double>{3e9, 4e9});
    CHECK(reader.initial_fund_balance("perp") == 1e6);
    CHECK_THROWS_AS(reader.world_column("nonsense"), OutputError);
    CHECK_THROWS_AS(reader.venue_column("perp", "../../worlds/nonsense"), OutputError);

    CHECK(reader.trace_worlds() == std::vector<std::uint64_t>{1});
    const WorldTrace trace = reader.trace(1);
    for (const TraceColumn& row : trace_columns()) {
        CHECK_MESSAGE(trace[row.name] == file.result.traces[0].second[row.name], row.name);
    }
    CHECK_THROWS_AS(reader.trace(0), OutputError);
    CHECK(reader.quantiles() == std::vector<double>{0.05, 0.5, 0.95});
    CHECK(reader.bands() == std::vector<std::string>{"price", "fund_balance"});
    CHECK(reader.band("price").values == file.result.bands[0].quantiles);
}

TEST_CASE("result file: the summary is that of the run") {
    const MadeUpFile file;
    const Summary from_run = summarize(summary_input(file.scenario.scenario, file.result));
    const Summary from_file = summarize(summary_input(Reader(file.path)));
    CHECK(format_summary(from_file) == format_summary(from_run));
    const Provenance from = Reader(file.path).provenance();
    CHECK(from.seed == 20251010);
    CHECK(from.results_sha256 == results_digest(file.scenario.scenario, file.result));
    CHECK(summary_json(from_file, from) == summary_json(from_run, from));
}

TEST_CASE("result file: a run without cascades, traces, counterfactual or inputs") {
    LoadedScenario scenario = test::made_up_scenario();
    scenario.scenario.record.counterfactual = false;
    scenario.scenario.record.cascades = false;
    scenario.inputs.clear();
    RunResult result = test::made_up_result();
    result.traces.clear();
    result.bands.clear();
    const TemporaryFolder folder;
    write_results(folder.file("a.h5"), test::made_up_info(scenario), result, false);
    const Reader reader(folder.file("a.h5"));
    CHECK_FALSE(reader.has_counterfactual());
    CHECK(reader.world(2).cascades.empty());
    CHECK(reader.trace_worlds().empty());
    CHECK(reader.inputs().empty());
    // Recording cascades of which there are none gives dimensions of length zero.
    scenario.scenario.record.cascades = true;
    for (WorldResult& world : result.worlds) world.cascades.clear();
    write_results(folder.file("b.h5"), test::made_up_info(scenario), result, false);
    CHECK(Reader(folder.file("b.h5")).world(2).cascades.empty());
}

TEST_CASE("result file: counters are signed, and what no signed number holds is an error") {
    const MadeUpFile file;
    const hdf5::Handle opened = hdf5::open_file(file.path);
    const hdf5::Handle dataset = hdf5::open_dataset(opened.get(), "worlds/liquidations");
    const hdf5::Handle type(H5Dget_type(dataset.get()), H5Tclose, "read a type");
    CHECK(H5Tequal(type.get(), H5T_STD_I64LE) > 0);
    RunResult result = test::made_up_result();
    constexpr std::uint64_t most = 9'223'372'036'854'775'807U;
    result.worlds[1].venues[0].max_rounds = most;
    write_results(file.folder.file("most.h5"), test::made_up_info(file.scenario), result, false);
    CHECK(Reader(file.folder.file("most.h5")).world(1).venues[0].max_rounds == most);
    result.worlds[1].venues[0].max_rounds = most + 1;
    CHECK_THROWS_WITH_AS(write_results(file.folder.file("more.h5"), test::made_up_info(file.scenario), result, false),
                         doctest::Contains("max_rounds holds a number beyond 9223372036854775807"), OutputError);
    CHECK(file.folder.size() == 2);
}

TEST_CASE("result file: an axis has a short name, and the sentence stands in a comment") {
    const MadeUpFile file;
    const hdf5::Handle opened = hdf5::open_file(file.path);
    const hdf5::Handle dataset = hdf5::open_dataset(opened.get(), "worlds/adl_pnl_given_up");
    CHECK(hdf5::read_text(dataset.get(), "long_name") == "ADL profit given up");
    CHECK(hdf5::read_text(dataset.get(), "comment")
              .starts_with("profit at the mark that deleveraged winners did not get"));
    CHECK(hdf5::axis_label("min_price.BTC") == "min price BTC");
    CHECK(hdf5::axis_label("") == "");
}

TEST_CASE("result file: compressed it is smaller, holds the same and has the same digest") {
    MadeUpFile file;
    constexpr std::size_t worlds = 3000;
    while (file.result.worlds.size() < worlds)
        file.result.worlds.push_back(file.result.worlds[file.result.worlds.size() % 3]);
    file.scenario.effective = file.scenario.source;
    const std::string plain = file.folder.file("plain.h5");
    const std::string compressed = file.folder.file("compressed.h5");
    const auto info = test::made_up_info(file.scenario);
    const std::string digest = write_results(plain, info, file.result, false);
    CHECK(write_results(compressed, info, file.result, false, Storage::compressed) == digest);
    CHECK(3 * test::read_file(compressed).size() < test::read_file(plain).size());
    const Reader a(plain);
    const Reader b(compressed);
    CHECK(b.text("results_sha256") == digest);
    CHECK(b.world_column("fund_used").values == a.world_column("fund_used").values);
    CHECK(b.asset_column("min_price", 1).values == a.asset_column("min_price", 1).values);
    for (const std::size_t w : {std::size_t{0}, worlds / 2, worlds - 1}) {
        check_members(venue_metrics(), b.world(w).venues[1], file.result.worlds[w].venues[1]);
        check_members(cohort_metrics(), b.world(w).cohorts[0], file.result.worlds[w].cohorts[0]);
        CHECK(b.world(w).cascades.size() == file.result.worlds[w].cascades.size());
    }
    write_results(file.folder.file("again.h5"), info, file.result, false, Storage::compressed);
    CHECK((test::read_file(file.folder.file("again.h5")) == test::read_file(compressed)));
}

TEST_CASE("result file: equal arguments give equal bytes") {
    const MadeUpFile first;
    const MadeUpFile second;
    const std::string bytes = test::read_file(first.path);
    CHECK(bytes.size() > 10'000);
    CHECK((bytes == test::read_file(second.path)));
}

TEST_CASE("results_sha256: is in the file, ignores a NaN's sign, sees every bit") {
    const LoadedScenario scenario = test::made_up_scenario();
    RunResult result = test::made_up_result();
    const std::string digest = results_digest(scenario.scenario, result);
    const MadeUpFile file;
    CHECK(Reader(file.path).text("results_sha256") == digest);
    result.worlds[0].amplification = not_a_number;
    CHECK(results_digest(scenario.scenario, result) == digest);
    double& value = result.worlds[2].cohorts[1].adl_pnl_given_up;
    value = std::nextafter(value, 1e300);
    CHECK(results_digest(scenario.scenario, result) != digest);
}

TEST_CASE("reader: flipped bits and missing ends are found before HDF5 sees the file") {
    LoadedScenario scenario = test::made_up_scenario();
    scenario.effective = scenario.source;
    const MadeUpFile file(scenario);
    const std::string whole = test::read_file(file.path);
    const std::string path = file.folder.file("damaged.h5");
    constexpr unsigned seed = 7;
    std::mt19937_64 rng(seed);
    for (int flip = 0; flip < 1000; ++flip) {
        std::string damaged = whole;
        const std::size_t bit = rng() % (8 * whole.size());
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        test::write_file(path, damaged);
        CHECK_MESSAGE(!refusal(path).empty(), "bit ", bit, ", seed ", seed);
    }
    for (int cut = 0; cut < 200; ++cut) {
        const std::size_t size = rng() % whole.size();
        test::write_file(path, whole.substr(0, size));
        CHECK_MESSAGE(!refusal(path).empty(), "cut to ", size);
    }
    test::write_file(path, whole);
    CHECK(refusal(path).empty());
}

TEST_CASE("reader: says what is wrong with a file that is no result") {
    const TemporaryFolder folder;
    const std::string path = folder.file("x.h5");
    const auto refused = [&](const std::string& content) {
        test::write_file(path, content);
        return refusal(path);
    };
    CHECK(refusal(folder.file("none.h5")) == folder.file("none.h5") + ": No such file or directory");
    CHECK(refusal(folder.path()).find("not a regular file") != std::string::npos);
    REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    CHECK(refusal(folder.file("pipe")).find("not a regular file") != std::string::npos); // and nobody waited
    CHECK(refused("").find("not HDF5") != std::string::npos);
    CHECK(refused(std::string(5000, 'x')).find("not HDF5") != std::string::npos);
    CHECK(refused("\x89HDF\r\n\x1a\n").find("cut short") != std::string::npos);
    CHECK(refused("\x89HDF\r\n\x1a\n" + std::string(5000, 'x')).find("last line is not a digest") != std::string::npos);
    CHECK(refused(with_trailer("\x89HDF\r\n\x1a\n" + std::string(5000, 'x'))).find("HDF5 cannot") != std::string::npos);
    hdf5::MemoryFile empty;
    CHECK(refused(content_of(empty)).find("format_version is missing") != std::string::npos);
    hdf5::MemoryFile later;
    hdf5::write_attribute(later.root(), "format_version", std::uint64_t{result_format_version + 1});
    CHECK(refused(content_of(later)).find("has format version 2; this program reads version 1") != std::string::npos);
    hdf5::MemoryFile text;
    hdf5::write_attribute(text.root(), "format_version", "one");
    CHECK(refused(content_of(text)).find("wrong type") != std::string::npos);
}

TEST_CASE("reader: refuses links to elsewhere and data that the file does not hold") {
    const TemporaryFolder folder;
    const std::string path = folder.file("x.h5");
    const auto refused = [&](hdf5::MemoryFile& file) {
        hdf5::write_attribute(file.root(), "format_version", std::uint64_t{result_format_version});
        test::write_file(path, content_of(file));
        return refusal(path);
    };
    {
        hdf5::MemoryFile file;
        REQUIRE(H5Lcreate_external("/etc/passwd", "/x", file.root(), "worlds", H5P_DEFAULT, H5P_DEFAULT) >= 0);
        CHECK(refused(file).find("/worlds is a link to elsewhere") != std::string::npos);
    }
    {
        hdf5::MemoryFile file;
        const hdf5::Handle group = hdf5::create_group(file.root(), "deep");
        REQUIRE(H5Lcreate_soft("/nowhere", group.get(), "link", H5P_DEFAULT, H5P_DEFAULT) >= 0);
        CHECK(refused(file).find("/deep/link is a link to elsewhere") != std::string::npos);
    }
    const auto dataset = [](hid_t root, hsize_t size, hid_t properties) {
        const hdf5::Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose, "make a dataspace");
        const hdf5::Handle made(
            H5Dcreate2(root, "data", H5T_IEEE_F64LE, space.get(), H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose,
            "create a dataset");
    };
    const auto list = [] { return hdf5::Handle(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "make properties"); };
    {
        hdf5::MemoryFile file; // never written, so that the file stays small: 80 TB in 5 kB
        dataset(file.root(), 10'000'000'000'000, H5P_DEFAULT);
        CHECK(refused(file).find("claims more data") != std::string::npos);
    }
    {
        hdf5::MemoryFile file;
        const hdf5::Handle external = list();
        REQUIRE(H5Pset_external(external.get(), "/etc/passwd", 0, 80) >= 0);
        dataset(file.root(), 10, external.get());
        CHECK(refused(file).find("in another file") != std::string::npos);
    }
    {
        hdf5::MemoryFile file;
        const hdf5::Handle chunked = list();
        const hsize_t chunk = 10;
        REQUIRE(H5Pset_chunk(chunked.get(), 1, &chunk) >= 0);
        REQUIRE(H5Pset_deflate(chunked.get(), 1) >= 0);
        dataset(file.root(), 10'000'000'000'000, chunked.get()); // no chunk was ever written
        CHECK(refused(file).find("claims more data") != std::string::npos);
    }
    {
        hdf5::MemoryFile file;
        const hdf5::Handle summed = list();
        const hsize_t chunk = 10;
        REQUIRE(H5Pset_chunk(summed.get(), 1, &chunk) >= 0);
        REQUIRE(H5Pset_fletcher32(summed.get()) >= 0);
        dataset(file.root(), 10, summed.get());
        CHECK(refused(file).find("filtered in an unknown way") != std::string::npos);
    }
    {
        hdf5::MemoryFile file;
        const hdf5::Handle twice = list();
        const hsize_t chunk = 10;
        REQUIRE(H5Pset_chunk(twice.get(), 1, &chunk) >= 0);
        REQUIRE(H5Pset_deflate(twice.get(), 1) >= 0);
        REQUIRE(H5Pset_deflate(twice.get(), 1) >= 0);
        dataset(file.root(), 10, twice.get());
        CHECK(refused(file).find("compressed more than once") != std::string::npos);
    }
}
