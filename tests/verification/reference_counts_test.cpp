// The reference population on the shared normals: the same counts as the NumPy, Numba and brute-force C++ versions.
//
// The population and the normals come from the benchmark's own generator, mkpop.py; the test is skipped with a message
// where it is not beside the project. Counts from its README: 30,877 liquidations in 200 base worlds; 161,935 in
// stress, with bad debt 2,909.7 measured at the mark that triggered the round. Plunge measures losses at the round's
// average price.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "sim/engine/world.hpp"
#include "sim/scenario/load.hpp"

using namespace plunge;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t worlds = 200;
constexpr std::size_t steps = 1440;
constexpr std::size_t assets = 3;

fs::path bench_folder() {
    if (const char* given = std::getenv("PLUNGE_SHARED_BENCH")) return given;
    const char* source = std::getenv("PLUNGE_SOURCE_DIR");
    return fs::path(source != nullptr ? source : ".") / ".." / "shared" / "bench";
}

// Runs mkpop.py in a folder of its own; empty where it cannot be run.
fs::path generated() {
    const fs::path script = bench_folder() / "mkpop.py";
    if (!fs::exists(script)) return {};
    const fs::path folder = fs::temp_directory_path() / fmt::format("plunge_reference_{}", std::rand());
    fs::create_directories(folder);
    fs::copy_file(script, folder / "mkpop.py");
    const std::string command = fmt::format("cd '{}' && /usr/bin/python3 mkpop.py > /dev/null 2>&1", folder.string());
    return std::system(command.c_str()) == 0 ? folder : fs::path{};
}

Scenario reference(const std::string& accounts, double volatility_factor, double impact_factor) {
    // Depth as the generator prints it for the base population: the whole gross position moves log p by 0.1.
    const double depth[] = {1274902.1441248562, 1342513.2233903732, 1255333.8073508202};
    const std::string text = fmt::format(R"(
[scenario]
name = "reference"
[run]
worlds = 1
step = "1min"
horizon = "1d"
[[asset]]
symbol = "BTC"
price = 60_000
[[asset]]
symbol = "ETH"
price = 3_000
[[asset]]
symbol = "SOL"
price = 150
[prices]
model = "gbm"
volatility = [{}, {}, {}]
[[venue]]
name = "perp"
mark = "last"
max_rounds = 100_000
[venue.impact]
shape = "linear"
depth = {{ BTC = {}, ETH = {}, SOL = {} }}
permanent = 1.0
[venue.margin]
rule = "flat"
rate = 0.02
[venue.liquidation]
policy = "full"
[[cohort]]
name = "reference"
venue = "perp"
accounts_from = "accounts.csv"
)",
                                         0.6 * volatility_factor, 0.8 * volatility_factor, 1.2 * volatility_factor,
                                         depth[0] / impact_factor, depth[1] / impact_factor, depth[2] / impact_factor);
    return parse_scenario(text, "reference.toml", {}, [&](const std::string&) { return accounts; }).scenario;
}

struct Counts {
    std::uint64_t liquidations = 0;
    double shortfall = 0.0;
};

Counts run_on_normals(const Scenario& scenario, const std::vector<double>& z, double volatility_factor) {
    const double corr[3][3] = {{1, .75, .6}, {.75, 1, .65}, {.6, .65, 1.0}};
    const double sigma_year[3] = {0.6, 0.8, 1.2};
    double factor[3][3] = {};
    for (int i = 0; i < 3; ++i) {
        for (int j = 0; j <= i; ++j) {
            double sum = corr[i][j];
            for (int k = 0; k < j; ++k) sum -= factor[i][k] * factor[j][k];
            factor[i][j] = i == j ? std::sqrt(sum) : sum / factor[j][j];
        }
    }
    const Market market(scenario);
    WorldEngine engine(market);
    Counts counts;
    for (std::size_t w = 0; w < worlds; ++w) {
        std::vector<double> x((steps + 1) * assets, 0.0);
        for (std::size_t t = 0; t < steps; ++t) {
            for (std::size_t a = 0; a < assets; ++a) {
                const double sigma = volatility_factor * sigma_year[a] * std::sqrt(1.0 / (365.0 * 1440.0));
                double move = -0.5 * sigma * sigma;
                for (std::size_t b = 0; b <= a; ++b) move += sigma * factor[a][b] * z[(w * steps + t) * assets + b];
                x[a * (steps + 1) + t + 1] = x[a * (steps + 1) + t] + move;
            }
        }
        IndexPath path;
        path.assign(x, market.initial_price());
        WorldResult result;
        engine.run_on_path(Lineage(w), path, result);
        counts.liquidations += result.venues[0].liquidations;
        counts.shortfall += result.venues[0].shortfall;
    }
    return counts;
}

} // namespace

TEST_CASE("reference population on the shared normals: liquidations as counted by three other engines") {
    const fs::path folder = generated();
    if (folder.empty()) {
        MESSAGE("skipped: no mkpop.py at ", bench_folder().string(), " (or Python's numpy is missing)");
        return;
    }
    std::vector<double> z(worlds * steps * assets);
    std::ifstream(folder / "z200.bin", std::ios::binary)
        .read(reinterpret_cast<char*>(z.data()), static_cast<std::streamsize>(z.size() * sizeof(double)));
    std::ifstream csv(folder / "accounts_base.csv");
    const std::string accounts{std::istreambuf_iterator<char>(csv), {}};
    REQUIRE(accounts.size() > 1000);

    const Counts base = run_on_normals(reference(accounts, 1.0, 1.0), z, 1.0);
    CHECK(base.liquidations == 30'877);
    const Counts stress = run_on_normals(reference(accounts, 5.0, 2.0), z, 5.0);
    CHECK(stress.liquidations == 161'935);
    CHECK(stress.shortfall > 2'909.7);
    fs::remove_all(folder);
}
