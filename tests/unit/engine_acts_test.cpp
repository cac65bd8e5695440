// The list of acts is the order of a step that sim/README.md promises.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/acts/list.hpp"

namespace {

std::string contract_page() {
    std::ifstream file(std::string(std::getenv("PLUNGE_SOURCE_DIR")) + "/sim/README.md");
    return {std::istreambuf_iterator<char>(file), {}};
}

template <class... Listed> std::vector<std::string_view> names(const std::tuple<Listed...>*) {
    return {Listed::name...};
}

} // namespace

TEST_CASE("acts: the table of the contract page lists them in the order in which they act") {
    const std::string page = contract_page();
    REQUIRE(!page.empty());
    std::size_t place = page.find("| act |");
    REQUIRE(place != std::string::npos);
    const std::size_t end = page.find("\n\n", place);
    std::vector<std::string> listed;
    while ((place = page.find("\n| ", place)) < end) {
        place += 3;
        const std::string cell = page.substr(place, page.find(" |", place) - place);
        if (cell.find("---") == std::string::npos) listed.push_back(cell);
    }
    std::vector<std::string> registered;
    for (const std::string_view name : names(static_cast<const plunge::Acts*>(nullptr))) registered.emplace_back(name);
    CHECK(listed == registered);
}
