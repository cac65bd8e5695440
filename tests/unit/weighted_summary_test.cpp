#include "sim/stats/weighted_summary.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

namespace plunge {
namespace {

Column column_of(std::vector<double> values) { return {"loss", "USD", "what was lost", std::move(values)}; }

std::vector<std::uint64_t> each_its_own(std::size_t n) {
    std::vector<std::uint64_t> draw(n);
    for (std::size_t i = 0; i < n; ++i) draw[i] = 3 * i;
    return draw;
}

} // namespace

TEST_CASE("weighted summary: with equal weights it is the plain one") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Column column = column_of({3.0, 1.0, nan, 2.0, 2.0, 9.0, 4.0});
    const ColumnSummary plain = summarize_column(column);
    const ColumnSummary weighted = summarize_weighted(column, {std::vector<double>(7, 1e-9), each_its_own(7)});
    CHECK(weighted.name == "loss");
    CHECK(weighted.units == "USD");
    CHECK(weighted.count == 6);
    CHECK(weighted.missing == 1);
    CHECK(weighted.mean == doctest::Approx(plain.mean));
    CHECK(weighted.standard_error == doctest::Approx(plain.standard_error));
    CHECK(weighted.smallest == 1.0);
    CHECK(weighted.largest == 9.0);
    CHECK(weighted.quantiles == plain.quantiles);
}

TEST_CASE("weighted summary: means, quantiles and errors by hand") {
    // Two draws: of the first 1 (weight 3) and 5 (weight 1), of the second 4 (weight 2).
    const ColumnSummary got = summarize_weighted(column_of({1.0, 5.0, 4.0}), {{3.0, 1.0, 2.0}, {0, 0, 7}});
    const double mean = 16.0 / 6.0;
    CHECK(got.mean == doctest::Approx(mean));
    CHECK(got.quantiles[2] == 1.0); // half of the weight
    CHECK(got.quantiles[3] == 5.0);
    const double first = 3.0 * (1.0 - mean) + (5.0 - mean);
    const double second = 2.0 * (4.0 - mean);
    CHECK(got.standard_error == doctest::Approx(std::sqrt(2.0 * (first * first + second * second)) / 6.0));
    // One draw says nothing about the spread of draws.
    CHECK(std::isnan(summarize_weighted(column_of({1.0, 5.0}), {{1.0, 1.0}, {4, 4}}).standard_error));
}

TEST_CASE("weighted summary: nothing there") {
    const ColumnSummary got = summarize_weighted(column_of({}), {});
    CHECK(got.count == 0);
    CHECK(std::isnan(got.mean));
    CHECK(std::isnan(got.quantiles[2]));
    CHECK_THROWS_AS(summarize_weighted(column_of({1.0}), {}), std::invalid_argument);
}

TEST_CASE("weighted summary: the mean of normals beyond five, with intervals that cover") {
    const double density = std::exp(-12.5) / std::sqrt(2.0 * std::numbers::pi);
    const double expected = density / (0.5 * std::erfc(5.0 / std::numbers::sqrt2));
    std::mt19937_64 engine(11);
    std::normal_distribution<double> normal;
    constexpr int repetitions = 1000;
    int covered = 0;
    double sum = 0.0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        Column column = column_of({});
        WorldWeights weights;
        for (std::uint64_t i = 0; i < 2'000; ++i) { // around five, one in ten around zero
            const double x = normal(engine) + (i % 10 == 0 ? 0.0 : 5.0);
            if (x <= 5.0) continue;
            column.values.push_back(x);
            weights.weight.push_back(1.0 / (0.1 + 0.9 * std::exp(5.0 * (x - 2.5))) / 2'000.0);
            weights.draw.push_back(i);
        }
        const ColumnSummary got = summarize_weighted(column, weights);
        sum += got.mean;
        if (std::fabs(got.mean - expected) <= 1.96 * got.standard_error) ++covered;
    }
    MESSAGE("mean ", sum / repetitions, ", exact ", expected, ", covered ", covered, " of ", repetitions);
    CHECK(sum / repetitions == doctest::Approx(expected).epsilon(1e-3));
    CHECK(covered >= 925); // 95 % of 1000 less 3.6 standard errors
    CHECK(covered <= 975);
}

} // namespace plunge
