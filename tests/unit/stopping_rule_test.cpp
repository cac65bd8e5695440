// Stopping rules: what can be written, and what it means on samples worked out by hand.
#include "sim/stats/stopping_rule.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

using namespace plunge;

namespace {

Column one_to(int n) {
    Column column{"x", "1", "", {}};
    for (int i = 1; i <= n; ++i) column.values.push_back(i);
    return column;
}

double value(const std::string& rule, const Column& column, Dependence dependence = Dependence::none) {
    return uncertainty(parse_stopping_rule(rule), column, dependence);
}

std::string refusal(const std::string& text) {
    try {
        parse_stopping_rule(text);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("parse_stopping_rule: measure, metric, statistic and limit") {
    const StoppingRule rule = parse_stopping_rule(" width ( shortfall.q999 ) < 5 % ");
    CHECK(rule.measure == StoppingRule::Measure::width);
    CHECK(rule.metric == "shortfall");
    CHECK(rule.statistic.kind == Statistic::Kind::quantile);
    CHECK(rule.statistic.probability == 0.999);
    CHECK(rule.limit == doctest::Approx(0.05));
    CHECK(parse_stopping_rule("width(x.q05)<0.1").statistic.probability == 0.05);
    CHECK(parse_stopping_rule("width(x.q5)<0.1").statistic.probability == 0.5);
    const StoppingRule error = parse_stopping_rule("se(max_drawdown.BTC.mean) < 1e-2");
    CHECK(error.measure == StoppingRule::Measure::standard_error);
    CHECK(error.metric == "max_drawdown.BTC");
    CHECK(error.statistic.kind == Statistic::Kind::mean);
    CHECK(error.met(0.009));
    CHECK(!error.met(0.01));
}

TEST_CASE("parse_stopping_rule: every mistake says what it is") {
    CHECK(refusal("shortfall < 5%").find("not a rule") == 0);
    CHECK(refusal("width(shortfall) < 5%").find("not a rule") == 0);
    CHECK(refusal("breadth(shortfall.q99) < 5%").find("\"breadth\"") == 0);
    CHECK(refusal("width(shortfall.median) < 5%").find("\"median\"") == 0);
    CHECK(refusal("width(shortfall.q) < 5%").find("\"q\"") == 0);
    CHECK(refusal("width(shortfall.q000) < 5%").find("\"q000\"") == 0);
    CHECK(refusal("se(shortfall.q99) < 5%").find("a quantile has") == 0);
    CHECK(refusal("width(shortfall.q99) < 0%").find("\"0\"") == 0);
    CHECK(refusal("width(shortfall.q99) < 1-2").find("\"1-2\"") == 0);
    CHECK(refusal("width(shortfall.q99) < 5%").empty());
}

TEST_CASE("uncertainty: means, shares and quantiles") {
    // 1, 2, 3, 4: mean 2.5, standard error sqrt(5 / 12).
    const double error = std::sqrt(5.0 / 12.0) / 2.5;
    CHECK(value("se(x.mean) < 1", one_to(4)) == doctest::Approx(error));
    CHECK(value("width(x.mean) < 1", one_to(4)) == doctest::Approx(2.0 * 1.959963984540054 * error));
    // The 99 % quantile of 1 to 1,000 lies between 983 and 997.
    CHECK(value("width(x.q99) < 1", one_to(1000)) == doctest::Approx(14.0 / 990.0));
    CHECK(value("width(x.q999) < 1", one_to(1000)) == std::numeric_limits<double>::infinity());
    Column half = one_to(100);
    for (std::size_t i = 0; i < 50; ++i) half.values[i] = 0.0;
    CHECK(value("se(x.share) < 1", half) == doctest::Approx(0.1)); // sqrt(0.25 / 100) / 0.5
    CHECK(value("width(x.share) < 1", half) > 0.38);
    // Pairs: means 1.5 and 3.5 give a standard error of one.
    CHECK(value("se(x.mean) < 1", one_to(4), Dependence::pairs) == doctest::Approx(1.0 / 2.5));
}

TEST_CASE("uncertainty: a zero that is certain is narrow, one that is not never ends a run") {
    Column zeros{"x", "1", "", std::vector<double>(1000, 0.0)};
    CHECK(value("width(x.q99) < 1", zeros) == 0.0);
    CHECK(value("width(x.share) < 1", zeros) == std::numeric_limits<double>::infinity());
    CHECK(value("se(x.share) < 1", zeros) == std::numeric_limits<double>::infinity());
    zeros.values[0] = zeros.values[1] = zeros.values[2] = 5.0;
    CHECK(value("width(x.q995) < 1", zeros) == std::numeric_limits<double>::infinity());
    CHECK(value("width(x.mean) < 1", {"x", "1", "", {std::nan(""), 2.0}}) == std::numeric_limits<double>::infinity());
    CHECK(value("width(x.mean) < 1", {"x", "1", "", {}}) == std::numeric_limits<double>::infinity());
}
