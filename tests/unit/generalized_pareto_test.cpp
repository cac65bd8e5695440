// Generalized Pareto fits: likelihood by hand, stationarity, exact quantiles as a sample, intervals.
#include "sim/stats/generalized_pareto.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using namespace plunge;

namespace {

// The distribution's own quantiles at the middle of n equal parts: a sample without chance.
std::vector<double> quantiles(double xi, double beta, int n) {
    std::vector<double> values;
    for (int i = 0; i < n; ++i) {
        const double log_tail = std::log((i + 0.5) / n);
        values.push_back(xi == 0.0 ? -beta * log_tail : beta * std::expm1(-xi * log_tail) / xi);
    }
    return values;
}

} // namespace

TEST_CASE("ExcessLikelihood: the log-likelihood of two values by hand") {
    const ExcessLikelihood likelihood({1.0, 3.0});
    // Density beta^-1 (1 + xi y / beta)^-(1 + 1 / xi) with xi = 1, beta = 2: 1/2 (3/2)^-2 and 1/2 (5/2)^-2.
    CHECK(likelihood({1.0, 2.0}) ==
          doctest::Approx(std::log(0.5 * std::pow(1.5, -2.0)) + std::log(0.5 * std::pow(2.5, -2.0))));
    // Exponential: 1/2 exp(-1/2) and 1/2 exp(-3/2).
    CHECK(likelihood({0.0, 2.0}) == doctest::Approx(2.0 * std::log(0.5) - 2.0));
    CHECK(likelihood({1e-9, 2.0}) == doctest::Approx(likelihood({0.0, 2.0})));
    CHECK(likelihood({-0.4, 1.0}) == -std::numeric_limits<double>::infinity()); // ends at 2.5, before 3
}

TEST_CASE("ExcessLikelihood: the fit finds the shape of a sample without chance, and is stationary") {
    for (const double xi : {-0.3, 0.0, 0.2, 0.5, 0.9, 1.5}) {
        CAPTURE(xi);
        const ExcessLikelihood likelihood(quantiles(xi, 7.5e6, 2000));
        const ParetoFit fit = likelihood.fit();
        CHECK(fit.parameters.xi == doctest::Approx(xi).epsilon(0.02).scale(1.0));
        CHECK(fit.parameters.beta == doctest::Approx(7.5e6).epsilon(0.02));
        CHECK(!fit.at_edge);
        CHECK(fit.count == 2000);
        CHECK(fit.log_likelihood == doctest::Approx(likelihood(fit.parameters)).epsilon(1e-12));
        const double d = 1e-3;
        const GeneralizedPareto& best = fit.parameters;
        for (const GeneralizedPareto& other :
             {GeneralizedPareto{best.xi + d, best.beta}, GeneralizedPareto{best.xi - d, best.beta},
              GeneralizedPareto{best.xi, best.beta * (1.0 + d)}, GeneralizedPareto{best.xi, best.beta * (1.0 - d)}}) {
            CHECK(likelihood(other) < fit.log_likelihood);
        }
    }
}

TEST_CASE("ExcessLikelihood: a change of unit changes the scale alone") {
    std::vector<double> values = quantiles(0.4, 1.0, 300);
    const ParetoFit one = ExcessLikelihood(values).fit();
    for (double& y : values) y *= 1e9;
    const ParetoFit other = ExcessLikelihood(values).fit();
    CHECK(other.parameters.xi == doctest::Approx(one.parameters.xi).epsilon(1e-6));
    CHECK(other.parameters.beta == doctest::Approx(1e9 * one.parameters.beta).epsilon(1e-6));
    CHECK(other.log_likelihood == doctest::Approx(one.log_likelihood - 300.0 * std::log(1e9)));
}

TEST_CASE("ExcessLikelihood: intervals end where the likelihood has fallen by half a chi-squared quantile") {
    const ExcessLikelihood likelihood(quantiles(0.3, 2.0, 200));
    const ParetoFit fit = likelihood.fit();
    const double least = fit.log_likelihood - 0.5 * 3.841458820694124; // 95 % of chi-squared with one degree
    const IntervalEstimate shape = likelihood.shape_interval(fit, 0.95);
    for (const double end : {shape.low, shape.high})
        CHECK(likelihood({end, likelihood.best_scale(end)}) == doctest::Approx(least).epsilon(1e-9));
    CHECK(shape.low < fit.parameters.xi);
    CHECK(fit.parameters.xi < shape.high);
    // The scale itself is the multiple one: at its ends no shape does better than the limit.
    const IntervalEstimate scale = likelihood.multiple_interval(
        fit, [](double) { return 1.0; }, std::numeric_limits<double>::infinity(), 0.95);
    CHECK(scale.point == doctest::Approx(fit.parameters.beta));
    for (const double end : {scale.low, scale.high}) {
        double best = -1e300;
        for (double xi = -0.5; xi < 2.0; xi += 1e-4) best = std::max(best, likelihood({xi, end}));
        CHECK(best == doctest::Approx(least).epsilon(1e-6));
    }
    const IntervalEstimate wider = likelihood.shape_interval(fit, 0.99);
    CHECK(wider.low < shape.low);
    CHECK(wider.high > shape.high);
}

TEST_CASE("ExcessLikelihood: a mean that may not exist has no upper end") {
    const auto mean = [](double xi) { return 1.0 / (1.0 - xi); };
    const ExcessLikelihood heavy(quantiles(0.9, 1.0, 100));
    const ParetoFit fit = heavy.fit();
    REQUIRE(heavy.shape_interval(fit, 0.95).high > 1.0);
    const IntervalEstimate estimate = heavy.multiple_interval(fit, mean, 1.0, 0.95);
    CHECK(std::isfinite(estimate.point));
    CHECK(estimate.high == std::numeric_limits<double>::infinity());
    CHECK(estimate.low > 0.0);
    CHECK(estimate.low < estimate.point);
    // Beyond doubt infinite.
    const ExcessLikelihood none(quantiles(2.5, 1.0, 400));
    CHECK(none.multiple_interval(none.fit(), mean, 1.0, 0.95).low == std::numeric_limits<double>::infinity());
    // Infinite at the fit, but a finite mean is not rejected.
    const ExcessLikelihood doubtful(quantiles(1.1, 1.0, 100));
    const IntervalEstimate open = doubtful.multiple_interval(doubtful.fit(), mean, 1.0, 0.95);
    CHECK(open.point == std::numeric_limits<double>::infinity());
    CHECK(std::isfinite(open.low));
}

TEST_CASE("ExcessLikelihood: what cannot be fitted is refused") {
    CHECK_THROWS_AS(ExcessLikelihood({}), std::invalid_argument);
    CHECK_THROWS_AS(ExcessLikelihood({2.0, 2.0, 2.0}), std::invalid_argument);
    CHECK_THROWS_AS(ExcessLikelihood({0.0, 1.0}), std::invalid_argument);
    CHECK_THROWS_AS(ExcessLikelihood({1.0, std::numeric_limits<double>::infinity()}), std::invalid_argument);
}
