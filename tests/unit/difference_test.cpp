// Differences of means and quantiles, many tests at once, power: against published examples, and coverage by
// simulation.
#include "sim/stats/difference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "sim/engine/world_result.hpp"
#include "sim/stats/distributions.hpp"
#include "sim/stats/multiplicity.hpp"
#include "sim/stats/observations.hpp"
#include "sim/stats/order_statistic.hpp"
#include "sim/stats/power.hpp"
#include "sim/stats/proportions.hpp"
#include "sim/stats/quantile_difference.hpp"

using namespace plunge;

namespace {

// Share of `trials` in which `covers` holds, each with a generator of its own.
double share_of_trials(int trials, const std::function<bool(std::mt19937_64&)>& covers) {
    int hits = 0;
    for (int trial = 0; trial < trials; ++trial) {
        std::mt19937_64 rng(20251010 + static_cast<std::uint64_t>(trial));
        hits += covers(rng) ? 1 : 0;
    }
    return static_cast<double>(hits) / trials;
}

// A metric of a world: mostly zero, else lognormal. The mean of it is share exp(sigma^2 / 2).
double spiked(std::mt19937_64& rng, double share, double sigma) {
    const bool happens = std::uniform_real_distribution<>()(rng) < share;
    const double size = std::lognormal_distribution<>(0.0, sigma)(rng);
    return happens ? size : 0.0;
}

bool contains(const Interval& interval, double value) { return interval.low <= value && value <= interval.high; }

} // namespace

TEST_CASE("paired_difference: Student's two drugs") {
    // Hours of sleep gained, Student (1908); R's t.test(paired = TRUE) of its data set `sleep` prints these.
    const std::vector<double> first{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const std::vector<double> second{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    const MeanDifference result = paired_difference(first, second, 0.95);
    CHECK(result.difference == doctest::Approx(1.58));
    CHECK(result.degrees_of_freedom == 9.0);
    CHECK(result.difference / result.standard_error == doctest::Approx(4.0621).epsilon(1e-4));
    CHECK(result.p_value == doctest::Approx(0.002833).epsilon(1e-3));
    CHECK(result.interval.low == doctest::Approx(0.7001142).epsilon(1e-6));
    CHECK(result.interval.high == doctest::Approx(2.4598858).epsilon(1e-6));
}

TEST_CASE("welch_difference: the example of NAG's routine g07ca") {
    // n = 4, mean 25, s = 0.8185; n = 8, mean 21, s = 4.208: t = 2.5922, nu = 7.9925, p = .0320, .4410 to 7.5590.
    const MeanEstimate x{4, 25.0, 0.8185 / std::sqrt(4.0)};
    const MeanEstimate y{8, 21.0, 4.208 / std::sqrt(8.0)};
    const MeanDifference result = welch_difference(y, x, 0.95);
    CHECK(result.difference == 4.0);
    CHECK(result.difference / result.standard_error == doctest::Approx(2.5922).epsilon(1e-4));
    CHECK(result.degrees_of_freedom == doctest::Approx(7.9925).epsilon(1e-4));
    CHECK(result.p_value == doctest::Approx(0.0320).epsilon(2e-3));
    CHECK(result.interval.low == doctest::Approx(0.4410).epsilon(1e-3));
    CHECK(result.interval.high == doctest::Approx(7.5590).epsilon(1e-4));
}

TEST_CASE("differences: no spread is no crash") {
    const MeanDifference same = paired_difference({0.0, 0.0, 5.0}, {0.0, 0.0, 5.0}, 0.95);
    CHECK(same.p_value == 1.0);
    CHECK(same.interval.low == 0.0);
    const MeanDifference shifted = paired_difference({1.0, 2.0, 5.0}, {2.0, 3.0, 6.0}, 0.95);
    CHECK(shifted.p_value == 0.0);
    CHECK(shifted.interval.low == 1.0);
    CHECK(shifted.interval.high == 1.0);
    const MeanEstimate constant{10, 3.0, 0.0};
    CHECK(welch_difference(constant, constant, 0.95).p_value == 1.0);
    CHECK(welch_difference(constant, {10, 4.0, 0.0}, 0.95).p_value == 0.0);
    CHECK(std::isnan(standardised_difference({1.0, 1.0}, {2.0, 2.0})));
    CHECK(standardised_difference({-1.0, 1.0}, {1.0, 3.0}) == doctest::Approx(std::sqrt(2.0)));
    CHECK_THROWS_AS(paired_difference({1.0}, {1.0}, 0.95), std::invalid_argument);
    CHECK_THROWS_AS(paired_difference({1.0, 2.0}, {1.0}, 0.95), std::invalid_argument);
    CHECK_THROWS_AS(welch_difference({1, 0.0, 0.0}, constant, 0.95), std::invalid_argument);
}

TEST_CASE("differences: 95 % intervals cover about that often, with zeros and skewness as metrics have them") {
    // 400 worlds, three of ten without zero, lognormal sizes of sigma 1; common random numbers in the paired case.
    // 2,000 trials: a standard error of 0.5 percentage points. Skewness costs Welch's about one of them.
    constexpr double share = 0.3;
    constexpr double shift = 1.1;
    const double mean = share * std::exp(0.5);
    const double paired = share_of_trials(2000, [&](std::mt19937_64& rng) {
        std::vector<double> a(400);
        std::vector<double> b(400);
        for (std::size_t i = 0; i < a.size(); ++i) {
            a[i] = spiked(rng, share, 1.0);
            b[i] = shift * a[i] + 0.1 * std::normal_distribution<>()(rng);
        }
        return contains(paired_difference(a, b, 0.95).interval, (shift - 1.0) * mean);
    });
    CHECK(paired > 0.93);
    CHECK(paired < 0.965);
    const double welch = share_of_trials(2000, [&](std::mt19937_64& rng) {
        std::vector<double> a(400);
        std::vector<double> b(200);
        for (double& x : a) x = spiked(rng, share, 1.0);
        for (double& x : b) x = shift * spiked(rng, share, 1.0);
        return contains(welch_difference(estimate_mean(a), estimate_mean(b), 0.95).interval, (shift - 1.0) * mean);
    });
    CHECK(welch > 0.925);
    CHECK(welch < 0.965);
}

TEST_CASE("bound_quantile: the order statistic between those that bound it; pairs count for less") {
    std::vector<double> values;
    for (int i = 1; i <= 1000; ++i) values.push_back(i);
    const BoundedQuantile estimate = bound_quantile(values, 0.99, 0.95);
    CHECK(estimate.value == 990.0);
    CHECK(estimate.interval.low == 983.0);
    CHECK(estimate.interval.high == 997.0);
    CHECK(std::isinf(bound_quantile(values, 0.999, 0.95).interval.high));
    // Pairs that are copies of one another: half as many values, an interval 1.4 times as wide.
    const BoundedQuantile pairs = bound_quantile(values, 0.9, 0.95, 2.0);
    const BoundedQuantile single = bound_quantile(values, 0.9, 0.95);
    const double widening = (pairs.interval.high - pairs.interval.low) / (single.interval.high - single.interval.low);
    CHECK(widening > 1.3);
    CHECK(widening < 1.55);
}

TEST_CASE("difference_interval: with symmetric limits it is the usual interval of a difference") {
    const BoundedQuantile a{10.0, {8.0, 12.0}};
    const BoundedQuantile b{15.0, {12.0, 18.0}};
    const Interval apart = difference_interval(a, b, 0.0);
    CHECK(apart.low == doctest::Approx(5.0 - std::sqrt(13.0)));
    CHECK(apart.high == doctest::Approx(5.0 + std::sqrt(13.0)));
    const Interval together = difference_interval(a, b, 0.5);
    CHECK(together.high == doctest::Approx(5.0 + std::sqrt(7.0)));
    // Fully correlated and of one width: the difference is certain.
    CHECK(difference_interval(a, {15.0, {13.0, 17.0}}, 1.0).low == doctest::Approx(5.0));
    CHECK(std::isinf(difference_interval(a, {15.0, {13.0, std::numeric_limits<double>::infinity()}}, 0.5).high));
}

TEST_CASE("difference_interval: covers the difference of 95 % quantiles of heavy tails, paired and not") {
    // Lognormal sigma 2 in all worlds, B is A times 1.2 with noise: true quantiles exp(2 z) and 1.2 exp(2 z sqrt(1 +
    // .04)).
    const double z = normal_quantile(0.95);
    const double truth = 1.2 * std::exp(2.0 * z * std::sqrt(1.04)) - std::exp(2.0 * z);
    const auto covers = [&](bool paired) {
        return share_of_trials(1000, [&](std::mt19937_64& rng) {
            std::normal_distribution<> normal;
            std::vector<double> a(1000);
            std::vector<double> b(1000);
            for (std::size_t i = 0; i < a.size(); ++i) {
                const double x = normal(rng);
                a[i] = std::exp(2.0 * x);
                b[i] = 1.2 * std::exp(2.0 * ((paired ? x : normal(rng)) + 0.2 * normal(rng)));
            }
            std::vector<double> sorted_a = a;
            std::vector<double> sorted_b = b;
            std::sort(sorted_a.begin(), sorted_a.end());
            std::sort(sorted_b.begin(), sorted_b.end());
            const BoundedQuantile q_a = bound_quantile(sorted_a, 0.95, 0.95);
            const BoundedQuantile q_b = bound_quantile(sorted_b, 0.95, 0.95);
            const std::vector<double> above_a = above(a, q_a.value);
            const std::vector<double> above_b = above(b, q_b.value);
            double both = 0.0;
            for (std::size_t i = 0; i < a.size(); ++i) both += above_a[i] * above_b[i];
            const double correlation = paired ? (both / 1000.0 - 0.05 * 0.05) / (0.05 * 0.95) : 0.0;
            return contains(difference_interval(q_a, q_b, correlation), truth);
        });
    };
    const double paired = covers(true);
    const double apart = covers(false);
    CHECK(paired > 0.93);
    CHECK(paired <= 0.99);
    CHECK(apart > 0.93);
    CHECK(apart <= 0.99);
}

TEST_CASE("holm_adjusted: a published example, and what is no test") {
    // The example of pingouin's documentation of `holm`.
    const std::vector<double> adjusted = holm_adjusted({0.50, 0.003, 0.32, 0.054, 0.0003});
    const std::vector<double> expected{0.64, 0.012, 0.64, 0.162, 0.0015};
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(adjusted[i] == doctest::Approx(expected[i]));
    const std::vector<double> with_gap = holm_adjusted({not_a_number, 0.02, 0.03});
    CHECK(std::isnan(with_gap[0]));
    CHECK(with_gap[1] == doctest::Approx(0.04));
    CHECK(with_gap[2] == doctest::Approx(0.04));
    CHECK(holm_adjusted({}).empty());
}

TEST_CASE("fisher_tails: the lady tasting tea, sums to one, and far tails") {
    CHECK(fisher_tails({1, 4}, {3, 4}).upper == doctest::Approx(17.0 / 70.0)); // .2429
    CHECK(fisher_tails({3, 4}, {1, 4}).lower == doctest::Approx(17.0 / 70.0));
    for (std::uint64_t count = 0; count <= 10; ++count) {
        // The two tails share the observed count's own probability.
        const FisherTails here = fisher_tails({12 - count, 30}, {count, 10});
        if (count == 0) CHECK(here.upper == doctest::Approx(1.0));
        if (count > 0)
            CHECK(here.upper + fisher_tails({13 - count, 30}, {count - 1, 10}).lower == doctest::Approx(1.0));
    }
    CHECK(fisher_tails({0, 100'000}, {100'000, 100'000}).upper == 0.0);
    CHECK(fisher_tails({0, 100'000}, {100'000, 100'000}).lower == 1.0);
    CHECK(fisher_tails({0, 2000}, {0, 2000}).upper == 1.0);
    CHECK(fisher_tails({50'000, 100'000}, {50'000, 100'000}).upper == doctest::Approx(0.5).epsilon(0.01));
}

TEST_CASE("fair_coin_p_value: binomial tails, both sides") {
    CHECK(fair_coin_p_value(0, 0) == 1.0);
    CHECK(fair_coin_p_value(7, 7) == 1.0);
    CHECK(fair_coin_p_value(1, 0) == 1.0);
    CHECK(fair_coin_p_value(0, 6) == doctest::Approx(2.0 / 64.0));
    CHECK(fair_coin_p_value(9, 2) == doctest::Approx(2.0 * (55.0 + 11.0 + 1.0) / 2048.0));
    CHECK(fair_coin_p_value(2, 9) == fair_coin_p_value(9, 2));
}

TEST_CASE("pooled_share_error: z of two proportions is the root of Pearson's chi-squared") {
    // 41 of 195 and 153 of 605: expected counts 47.2875, 147.7125, 146.7125, 458.2875 and chi-squared 1.45935724.
    const Proportion a{41, 195};
    const Proportion b{153, 605};
    const double z = (b.share() - a.share()) / pooled_share_error(a, b);
    CHECK(z * z == doctest::Approx(1.45935724).epsilon(1e-8));
    // 56 of 195 and 251 of 605: z = 3.19.
    CHECK(std::round(100.0 * (251.0 / 605 - 56.0 / 195) / pooled_share_error({56, 195}, {251, 605})) == 319.0);
}

TEST_CASE("detectable_difference: 2.8 standard errors at 5 % and 80 %, and found as often as it says") {
    CHECK(detectable_difference(1.0, 0.05, 0.8, 1e9) == doctest::Approx(2.80159).epsilon(1e-5));
    CHECK(worlds_factor(0.06, 0.02) == doctest::Approx(9.0));
    CHECK(std::isinf(worlds_factor(0.06, 0.0)));
    // Two runs of 300 worlds each that differ by the shift which is found with 80 % power at 1 %.
    const double shift = detectable_difference(std::sqrt(2.0 / 300.0), 0.01, 0.8, 598.0);
    const double found = share_of_trials(2000, [&](std::mt19937_64& rng) {
        std::normal_distribution<> normal;
        std::vector<double> a(300);
        std::vector<double> b(300);
        for (double& x : a) x = normal(rng);
        for (double& x : b) x = shift + normal(rng);
        return welch_difference(estimate_mean(a), estimate_mean(b), 0.95).p_value <= 0.01;
    });
    CHECK(found > 0.77); // 80 % with a standard error of 0.9
    CHECK(found < 0.83);
}
