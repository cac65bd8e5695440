// Checks of a mean: formulas by hand, a sample that passes, samples that must not.
#include "sim/stats/mean_checks.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "models/random/philox.hpp"
#include "models/random/variates.hpp"

using namespace plunge;

namespace {

bool passed(const MeanChecks& checks, const std::string& name) {
    for (const MeanCheck& check : checks.checks) {
        if (check.name == name) return check.passed;
    }
    FAIL("no check named " << name);
    return false;
}

// Independent draws with P(X > x) = (1 + x / 2)^(-1 / xi)-like tails: a Pareto variate from a uniform one.
std::vector<double> pareto(double xi, int n) {
    PhiloxEngine engine(StreamKey{.seed = 20251010});
    std::vector<double> values;
    for (int i = 0; i < n; ++i) values.push_back(std::expm1(-xi * std::log(draw_uniform(engine))) / xi);
    return values;
}

} // namespace

TEST_CASE("check_mean: relative error, variance of the variance and figure of merit of 1, 2, 3, 4") {
    const MeanChecks checks = check_mean({1.0, 2.0, 3.0, 4.0});
    CHECK(checks.mean == 2.5);
    CHECK(checks.standard_error == doctest::Approx(std::sqrt(5.0 / 12.0))); // squares sum to 5
    CHECK(checks.relative_error == doctest::Approx(std::sqrt(5.0 / 12.0) / 2.5));
    // Fourth powers: 2 (1.5^4 + 0.5^4) = 10.25.
    CHECK(checks.variance_of_variance == doctest::Approx(10.25 / 25.0 - 0.25));
    CHECK(checks.figure_of_merit(2.0) == doctest::Approx(1.0 / (2.0 * 5.0 / 12.0 / 6.25)));
    CHECK_THROWS_AS(check_mean({1.0}), std::invalid_argument);
}

TEST_CASE("check_mean: many well-behaved values pass everything") {
    const MeanChecks checks = check_mean(pareto(0.05, 20'000));
    for (const MeanCheck& check : checks.checks) {
        CAPTURE(check.name);
        CAPTURE(check.value);
        CHECK(check.passed);
    }
    CHECK(checks.all_passed());
}

TEST_CASE("check_mean: a tail without a variance is found out") {
    const MeanChecks checks = check_mean(pareto(0.8, 20'000));
    CHECK(checks.slope < 3.0);
    CHECK(!passed(checks, "slope of the tail"));
    CHECK(!checks.all_passed());
}

TEST_CASE("check_mean: one large value among zeros is no estimate") {
    std::vector<double> values(1000, 0.0);
    values[700] = 1.0;
    const MeanChecks checks = check_mean(values);
    CHECK(checks.relative_error == doctest::Approx(1.0).epsilon(0.01));
    CHECK(checks.variance_of_variance > 0.9);
    CHECK(!passed(checks, "relative error"));
    CHECK(!passed(checks, "variance of the variance"));
}

TEST_CASE("check_mean: a drift is found out, and values that are all alike have no error") {
    std::vector<double> values = pareto(0.05, 2000);
    for (std::size_t i = values.size() / 2; i < values.size(); ++i) values[i] += 1.0;
    CHECK(!passed(check_mean(values), "move of the mean from first to second half, in standard errors"));
    const MeanChecks alike = check_mean(std::vector<double>(100, 5.0));
    CHECK(alike.relative_error == 0.0);
    CHECK(alike.variance_of_variance == 0.0);
}
