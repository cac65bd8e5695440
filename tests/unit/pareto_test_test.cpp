// Goodness of fit of a generalized Pareto tail: known values of the statistic, its p-values and the ordered test.
#include "sim/stats/pareto_test.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

using namespace plunge;

TEST_CASE("anderson_darling: two values at the quarters, by hand") {
    // -2 - ((log 1/4 + log 1/4) + 3 (log 3/4 + log 3/4)) / 2
    const double expected = -2.0 - std::log(0.25) - 3.0 * std::log(0.75);
    for (const double xi : {-0.3, 0.0, 0.5, 2.0}) {
        const auto quantile = [&](double p) {
            return xi == 0.0 ? -7.0 * std::log1p(-p) : 7.0 * std::expm1(-xi * std::log1p(-p)) / xi;
        };
        CHECK(anderson_darling({quantile(0.25), quantile(0.75)}, {xi, 7.0}) == doctest::Approx(expected));
    }
    CHECK(std::isinf(anderson_darling({1.0, 3.0}, {-0.5, 1.0}))); // the support ends at 2
}

TEST_CASE("anderson_darling_p_value: the published table") {
    // Choulakian & Stephens (2001), Technometrics 43, 478, table 2, both parameters estimated; their k is -xi.
    constexpr std::array<double, 8> levels{0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001};
    struct Published {
        double xi;
        std::array<double, 8> statistic;
    };
    constexpr std::array<Published, 5> published{{{0.9, {0.339, 0.471, 0.641, 0.771, 0.905, 1.086, 1.226, 1.559}},
                                                  {0.2, {0.376, 0.534, 0.741, 0.903, 1.069, 1.296, 1.471, 1.893}},
                                                  {0.0, {0.397, 0.569, 0.796, 0.974, 1.158, 1.409, 1.603, 2.064}},
                                                  {-0.2, {0.426, 0.617, 0.873, 1.074, 1.283, 1.567, 1.788, 2.314}},
                                                  {-0.5, {0.496, 0.735, 1.061, 1.321, 1.590, 1.958, 2.243, 2.922}}}};
    for (const Published& row : published)
        for (std::size_t i = 0; i < levels.size(); ++i) {
            INFO("xi " << row.xi << ", level " << levels[i]);
            CHECK(anderson_darling_p_value(row.statistic[i], row.xi) == doctest::Approx(levels[i]).epsilon(0.02));
        }
}

TEST_CASE("anderson_darling_p_value: falls with the statistic, from one to nothing, beyond the table too") {
    for (const double xi : {-0.5, 0.05, 1.0, 5.0}) {
        double before = 1.0;
        for (double statistic = 0.05; statistic < 20.0; statistic *= 1.3) {
            const double p = anderson_darling_p_value(statistic, xi);
            CHECK(p < before);
            CHECK(p > 0.0);
            before = p;
        }
        CHECK(before < 1e-6);
        CHECK(anderson_darling_p_value(0.0, xi) == 1.0);
        CHECK(anderson_darling_p_value(std::numeric_limits<double>::infinity(), xi) == 0.0);
    }
}

TEST_CASE("forward_stop: the last place at which the mean of -log(1 - p) is within the rate") {
    // Means: 0.0101, 0.0151, 0.241, 0.757.
    CHECK(forward_stop({0.01, 0.02, 0.5, 0.9}, 0.1) == 2);
    CHECK(forward_stop({0.01, 0.02, 0.5, 0.9}, 0.25) == 3);
    // 0.223, 0.112, 0.0747: one that passed by luck before two that do not is rejected with them.
    CHECK(forward_stop({0.2, 0.001, 0.001, 0.9}, 0.1) == 3);
    CHECK(forward_stop({0.5, 0.001, 0.6}, 0.1) == 0);
    CHECK(forward_stop({1e-9, 1e-9}, 0.1) == 2);
    CHECK(forward_stop({}, 0.1) == 0);
    CHECK(forward_stop({1.0, 0.0}, 0.1) == 0);
}
