// Derived deductions against the maintenance amounts that Binance publishes, for every USD-M contract in a data file.

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/margin/tiers.hpp"

namespace plunge {
namespace {

// The data are not part of the project; the build says where they are, if anywhere.
std::optional<std::filesystem::path> data_folder() {
    const char* given = std::getenv("PLUNGE_SHARED_DATA");
    if (given == nullptr || *given == '\0') return std::nullopt;
    return given;
}

std::string unpack(const std::filesystem::path& file) {
    const std::string command = "gzip -cd '" + file.string() + "'";
    const auto close = [](std::FILE* pipe) { pclose(pipe); };
    const std::unique_ptr<std::FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
    std::string text;
    std::array<char, 4096> buffer{};
    while (pipe != nullptr) {
        const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
        if (count == 0) break;
        text.append(buffer.data(), count);
    }
    return text;
}

struct Published {
    std::vector<Bracket> brackets;          // as read: no deductions
    std::vector<double> maintenance_amount; // the column `cum`
};

// Rows: symbol,tier,min_notional,max_notional,mmr,max_leverage,cum.
std::map<std::string, Published> read_tables(const std::string& text) {
    std::map<std::string, Published> tables;
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line); // column names
    while (std::getline(lines, line)) {
        std::vector<std::string> cell;
        std::istringstream cells(line);
        for (std::string c; std::getline(cells, c, ',');) cell.push_back(c);
        REQUIRE(cell.size() == 7);
        Published& table = tables[cell[0]];
        table.brackets.push_back({.from_notional = std::stod(cell[2]), .rate = std::stod(cell[4])});
        table.maintenance_amount.push_back(std::stod(cell[6]));
    }
    return tables;
}

} // namespace

TEST_CASE("tiers: derived deductions equal the maintenance amounts that Binance publishes") {
    const auto folder = data_folder();
    if (!folder) {
        MESSAGE("skipped: PLUNGE_SHARED_DATA names no folder of market data");
        return;
    }
    const std::filesystem::path file = *folder / "leverage" / "binance_leverage_tiers_2025-07.csv.gz";
    if (!std::filesystem::exists(file)) {
        MESSAGE("skipped: no leverage/binance_leverage_tiers_2025-07.csv.gz in the folder of PLUNGE_SHARED_DATA");
        return;
    }
    const auto tables = read_tables(unpack(file));
    CHECK(tables.size() == 528);
    std::size_t brackets = 0;
    for (const auto& [symbol, table] : tables) {
        const TieredMargin rule({.tiers = {{table.brackets}}}, {.assets = 1});
        for (std::size_t j = 0; j < table.brackets.size(); ++j) {
            ++brackets;
            CAPTURE(symbol);
            CAPTURE(j);
            // Published to a cent at most.
            CHECK(std::fabs(rule.brackets(0)[j].deduction - table.maintenance_amount[j]) <=
                  0.01 + 1e-12 * table.maintenance_amount[j]);
            if (j > 0) CHECK(table.brackets[j].rate > table.brackets[j - 1].rate); // M is convex
        }
    }
    CHECK(brackets == 4839);
}

} // namespace plunge
