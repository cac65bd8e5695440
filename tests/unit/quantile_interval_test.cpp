// Quantiles with distribution-free intervals: ranks that are known, samples too small, infinite values.
#include "sim/stats/quantile_interval.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using namespace plunge;

namespace {

std::vector<double> one_to(int n) {
    std::vector<double> values;
    for (int i = 1; i <= n; ++i) values.push_back(i);
    return values;
}

} // namespace

TEST_CASE("quantile_ranks: 95 % of the 99 % quantile of a thousand values is the 983rd to the 997th") {
    const QuantileRanks ranks = quantile_ranks(1000, 0.99, 0.95);
    CHECK(ranks.point == 990);
    CHECK(ranks.low == 983);
    CHECK(ranks.high == 997);
    CHECK(ranks.coverage == doctest::Approx(0.976).epsilon(0.0005));
}

TEST_CASE("quantile_ranks: a thousand values have no upper end for the 99.9 % quantile, 3,688 have one") {
    const QuantileRanks ranks = quantile_ranks(1000, 0.999, 0.95);
    CHECK(ranks.high == 0);
    CHECK(ranks.low > 0);
    CHECK(ranks.point == 999);
    // Both ends share the error: the upper one fails with 2.5 %.
    CHECK(sample_for_upper_bound(0.999, 0.025) == 3688);
    CHECK(quantile_ranks(3687, 0.999, 0.95).high == 0);
    CHECK(quantile_ranks(3688, 0.999, 0.95).high == 3688);
}

TEST_CASE("quantile_ranks: the median of ten values lies between the second and the ninth") {
    // P(B <= 1) = 11 / 1024 = 0.0107 for B ~ Bin(10, 1/2), P(B <= 2) = 56 / 1024 = 0.0547.
    const QuantileRanks ranks = quantile_ranks(10, 0.5, 0.95);
    CHECK(ranks.point == 5);
    CHECK(ranks.low == 2);
    CHECK(ranks.high == 9);
    CHECK(ranks.coverage == doctest::Approx(1.0 - 22.0 / 1024.0));
}

TEST_CASE("quantile_ranks: the closest ranks that keep the confidence, on many samples") {
    for (const double probability : {0.05, 0.5, 0.95, 0.99}) {
        for (const std::uint64_t count : {20U, 59U, 299U, 2995U}) {
            CAPTURE(probability);
            CAPTURE(count);
            const QuantileRanks ranks = quantile_ranks(count, probability, 0.95);
            CHECK(ranks.coverage >= 0.95);
            if (ranks.low > 0) CHECK(ranks.low <= ranks.point);
            if (ranks.high > 0) CHECK(ranks.high >= ranks.point);
        }
    }
}

TEST_CASE("sample_for_upper_bound: Wilks's 59, 299 and 2,995, and 36,888 for one in ten thousand") {
    CHECK(sample_for_upper_bound(0.95, 0.05) == 59);
    CHECK(sample_for_upper_bound(0.99, 0.05) == 299);
    CHECK(sample_for_upper_bound(0.999, 0.05) == 2995);
    for (const double p : {0.5, 0.9, 0.999, 0.9999}) {
        const auto n = static_cast<double>(sample_for_upper_bound(p, 0.025));
        CHECK(std::pow(p, n) <= 0.025);
        CHECK(std::pow(p, n - 1.0) > 0.025);
    }
    CHECK(sample_for_upper_bound(0.5, 0.5) == 1);
}

TEST_CASE("estimate_quantile: values at the ranks, infinite where there is no rank") {
    const QuantileEstimate estimate = estimate_quantile(one_to(1000), 0.99, 0.95);
    CHECK(estimate.value.point == 990.0);
    CHECK(estimate.value.low == 983.0);
    CHECK(estimate.value.high == 997.0);
    const QuantileEstimate extreme = estimate_quantile(one_to(1000), 0.999, 0.95);
    CHECK(extreme.value.high == std::numeric_limits<double>::infinity());
    const QuantileEstimate few = estimate_quantile({1.0, 2.0}, 0.5, 0.95);
    CHECK(few.value.low == -std::numeric_limits<double>::infinity());
    CHECK(few.value.high == std::numeric_limits<double>::infinity());
    CHECK(few.ranks.coverage == 1.0);
}

TEST_CASE("estimate_quantile: an atom at zero and infinite values take their places") {
    std::vector<double> values(900, 0.0);
    for (int i = 1; i <= 99; ++i) values.push_back(i);
    values.push_back(std::numeric_limits<double>::infinity());
    CHECK(estimate_quantile(values, 0.5, 0.95).value.high == 0.0);
    CHECK(estimate_quantile(values, 0.99, 0.95).value.point == 90.0);
    const QuantileEstimate last = estimate_quantile(values, 0.9999, 0.95);
    CHECK(last.value.point == std::numeric_limits<double>::infinity());
}

TEST_CASE("quantile_ranks: what cannot be answered is refused") {
    CHECK_THROWS_AS(quantile_ranks(0, 0.5, 0.95), std::invalid_argument);
    CHECK_THROWS_AS(quantile_ranks(10, 1.0, 0.95), std::invalid_argument);
    CHECK_THROWS_AS(quantile_ranks(10, 0.5, 0.0), std::invalid_argument);
    CHECK_THROWS_AS(sample_for_upper_bound(1.0, 0.05), std::invalid_argument);
}
