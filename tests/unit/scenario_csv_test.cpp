// Tables in CSV: what a cell holds and where it stands.
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "sim/scenario/csv.hpp"

using namespace plunge;

namespace {

struct Row {
    std::vector<std::string> texts;
    std::vector<int> columns;
};

// The first row that is one.
Row first_row(std::string_view text) {
    CsvReader reader(text);
    std::vector<CsvCell> cells;
    REQUIRE(reader.next(cells));
    Row row;
    for (const CsvCell& cell : cells) {
        row.texts.emplace_back(cell.text);
        row.columns.push_back(cell.column);
    }
    return row;
}

} // namespace

TEST_CASE("csv: cells lose the blanks and quotes around them and keep commas between quotes") {
    const Row row = first_row("a, \"b, c\" ,,\t d e\r\n");
    CHECK(row.texts == std::vector<std::string>{"a", "b, c", "", "d e"});
    CHECK(row.columns == std::vector<int>{1, 4, 12, 15});
}

TEST_CASE("csv: a doubled quote between quotes is one quote") {
    const Row row = first_row("\"a \"\"b\"\"\",\"\"\"\",\"\",\"\"\"x, y\"\"\",\"1\"");
    CHECK(row.texts == std::vector<std::string>{"a \"b\"", "\"", "", "\"x, y\"", "1"});
}

TEST_CASE("csv: outside quotes, quotes are characters like others") {
    CHECK(first_row("5\"\" ,x").texts == std::vector<std::string>{"5\"\"", "x"});
}

TEST_CASE("csv: cells stay as they are while further rows are read") {
    CsvReader reader("\"a \"\"1\"\"\"\n\"b \"\"2\"\"\"\n");
    std::vector<CsvCell> first;
    std::vector<CsvCell> second;
    REQUIRE(reader.next(first));
    REQUIRE(reader.next(second));
    CHECK(first[0].text == "a \"1\"");
    CHECK(second[0].text == "b \"2\"");
    CHECK_FALSE(reader.next(second));
}

TEST_CASE("csv: columns are counted in characters, not in bytes") {
    // Two, three and four bytes a character.
    const Row row = first_row("\u00e9t\u00e9,\u20ac, \U0001F4C9,x");
    CHECK(row.texts == std::vector<std::string>{"\u00e9t\u00e9", "\u20ac", "\U0001F4C9", "x"});
    CHECK(row.columns == std::vector<int>{1, 5, 8, 10});
}

TEST_CASE("csv: lines end with LF, CR LF or CR") {
    for (const char* text : {"a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\r\nc,d"}) {
        CAPTURE(text);
        CsvReader reader(text);
        std::vector<CsvCell> cells;
        REQUIRE(reader.next(cells));
        CHECK(cells.back().text == "b");
        REQUIRE(reader.next(cells));
        CHECK(cells.back().text == "d");
        CHECK(reader.line() == 2);
        CHECK_FALSE(reader.next(cells));
    }
}

TEST_CASE("csv: only the first line can be a comment") {
    CsvReader reader("#1\n#2,x\n\"#3\",y\n");
    std::vector<CsvCell> cells;
    REQUIRE(reader.next(cells));
    CHECK(cells[0].text == "#2");
    CHECK_FALSE(cells[0].quoted);
    REQUIRE(reader.next(cells));
    CHECK(cells[0].text == "#3");
    CHECK(cells[0].quoted);
}

TEST_CASE("csv: a comment and blank lines are no rows but count as lines") {
    CsvReader reader("# a comment\n\n \t\r\na\n");
    std::vector<CsvCell> cells;
    REQUIRE(reader.next(cells));
    CHECK(reader.line() == 4);
    CHECK(cells[0].text == "a");
}
