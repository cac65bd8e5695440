// What --vary takes: values, ranges, names, and what is wrong with the rest.
#include "sim/scenario/factor.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sim/scenario/load.hpp"

using namespace plunge;

namespace {

std::string error_of(const std::string& argument) {
    try {
        parse_factor(argument);
    } catch (const ScenarioError& error) {
        return error.what();
    }
    return "no error";
}

std::vector<std::string> names_of(const std::vector<std::string>& arguments,
                                  const std::vector<std::string>& taken = {}) {
    std::vector<Factor> factors;
    for (const std::string& argument : arguments) factors.push_back(parse_factor(argument));
    name_factors(factors, taken);
    std::vector<std::string> names;
    for (const Factor& factor : factors) names.push_back(factor.name);
    return names;
}

} // namespace

TEST_CASE("parse_factor: lists are values as after --set") {
    const Factor numbers = parse_factor("venue.liquidation.fee = 1, 2.5 ,1e-3");
    CHECK(numbers.keys == std::vector<std::string>{"venue.liquidation.fee"});
    CHECK(numbers.values == std::vector<std::string>{"1", "2.5", "1e-3"});
    CHECK(numbers.is_numeric());
    const Factor words = parse_factor("venue.liquidation.policy=full,partial");
    CHECK(words.values == std::vector<std::string>{"full", "partial"});
    CHECK_FALSE(words.is_numeric());
    CHECK(parse_factor("run.antithetic=true,false").values.size() == 2);
    const Factor tables = parse_factor("venue.impact.depth={ BTC = 1e6, ETH = 5e5 },{ BTC = 2e6, ETH = 1e6 }");
    CHECK(tables.values == std::vector<std::string>{"{ BTC = 1e6, ETH = 5e5 }", "{ BTC = 2e6, ETH = 1e6 }"});
    CHECK(parse_factor("venue.tag=\"a,b\",'c=d'").values == std::vector<std::string>{"\"a,b\"", "'c=d'"});
    CHECK(parse_factor("prices.volatility=[0.4, 0.5],[0.6, 0.7]").values.size() == 2);
}

TEST_CASE("parse_factor: steps from one end to the other, in the digits a person would write") {
    CHECK(parse_factor("a=lin(0.01,0.05,5)").values ==
          std::vector<std::string>{"0.01", "0.02", "0.03", "0.04", "0.05"});
    CHECK(parse_factor("a=log(1e6,1e9,4)").values ==
          std::vector<std::string>{"1000000", "10000000", "100000000", "1000000000"});
    CHECK(parse_factor("a=lin(-1,1,2)").values == std::vector<std::string>{"-1", "1"});
    CHECK(parse_factor("a=lin(0,0.3,4)").values == std::vector<std::string>{"0", "0.1", "0.2", "0.3"});
}

TEST_CASE("parse_factor: keys that move together") {
    const Factor tied = parse_factor("venue.a.impact.depth,venue.b.impact.depth=1e6,2e6");
    CHECK(tied.keys == std::vector<std::string>{"venue.a.impact.depth", "venue.b.impact.depth"});
    CHECK(parse_factor("cohort.\"x, y\".accounts=1,2").keys == std::vector<std::string>{"cohort.\"x, y\".accounts"});
}

TEST_CASE("Factor::value_at: the quantile of a range, one of a list's values") {
    const Factor uniform = parse_factor("a=uniform(1,3)");
    CHECK(uniform.value_at(0.25) == "1.5");
    const Factor loguniform = parse_factor("a=loguniform(1e6,1e8)");
    CHECK(std::stod(loguniform.value_at(0.5)) == doctest::Approx(1e7).epsilon(1e-12));
    CHECK(std::stod(loguniform.value_at(1.0 - 1e-16)) <= 1e8);
    const Factor list = parse_factor("a=x,y,z");
    CHECK(list.value_at(0.1) == "x");
    CHECK(list.value_at(0.5) == "y");
    CHECK(list.value_at(0.999) == "z");
}

TEST_CASE("parse_factor: what is wrong is told with its place") {
    CHECK(error_of("venue.impact.depth").find("character 19: no values") != std::string::npos);
    CHECK(error_of("a=").find("character 3: no values") != std::string::npos);
    CHECK(error_of("=1,2").find("character 1: no key") != std::string::npos);
    CHECK(error_of("a,=1,2").find("character 3: no key") != std::string::npos);
    CHECK(error_of("a=1,,2").find("character 5: no value") != std::string::npos);
    CHECK(error_of("a=1,2,1").find("character 7: 1 stands twice") != std::string::npos);
    CHECK(error_of("a=lin(1,2").find("character 6: \"(\" has no partner") != std::string::npos);
    CHECK(error_of("a=lin(1,2)").find("lin takes 3 numbers") != std::string::npos);
    CHECK(error_of("a=lin(1,2,1)").find("character 11: the number of values") != std::string::npos);
    CHECK(error_of("a=lin(1,2,2.5)").find("must be a whole one") != std::string::npos);
    CHECK(error_of("a=lin(1,x,3)").find("character 9: \"x\" is not a number") != std::string::npos);
    CHECK(error_of("a=lin(2,1,3)").find("character 9: the second number must be the larger one") != std::string::npos);
    CHECK(error_of("a=log(0,1,3)").find("character 7: equal ratios need positive numbers") != std::string::npos);
    CHECK(error_of("a=uniform(1,inf)").find("is not a number") != std::string::npos);
    CHECK(error_of("a=normal(0,1)").find("there is no \"normal\"") != std::string::npos);
    CHECK(error_of("a=lin(1,2,3)4").find("character 13: nothing may follow") != std::string::npos);
    CHECK(error_of("a=[1,2").find("\"[\" has no partner") != std::string::npos);
    CHECK(error_of("a='b,c").find("\"'\" has no partner") != std::string::npos);
}

TEST_CASE("number_of: numbers as TOML writes them") {
    CHECK(number_of("1_000.5") == 1000.5);
    CHECK(number_of("+2e-3") == 0.002);
    CHECK(std::isnan(number_of("1_")));
    CHECK(std::isnan(number_of("2h")));
    CHECK(std::isnan(number_of("")));
}

TEST_CASE("name_factors: the shortest ending that is nobody else's") {
    CHECK(names_of({"venue.impact.depth=1,2", "venue.liquidation.fee=1,2"}) ==
          std::vector<std::string>{"depth", "fee"});
    CHECK(names_of({"asset.BTC.price=1,2", "asset.ETH.price=1,2"}) ==
          std::vector<std::string>{"BTC.price", "ETH.price"});
    CHECK(names_of({"venue.impact.depth=1,2"}, {"depth"}) == std::vector<std::string>{"impact.depth"});
    CHECK(names_of({"count=1,2"}, {"count"}) == std::vector<std::string>{"count_value"});
    CHECK(names_of({"cohort.\"a/b\"=1,2"}) == std::vector<std::string>{"a_b"});
    CHECK_THROWS_WITH_AS(names_of({"a.b=1,2", "c,a.\"b\"=1,2"}), doctest::Contains("is varied twice"), ScenarioError);
}
