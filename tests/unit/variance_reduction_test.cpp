// Control variates and ratios of variances, against cases with a known answer.
#include "sim/stats/variance_ratio.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "sim/stats/control_variates.hpp"

namespace plunge {
namespace {

std::vector<double> normals(std::mt19937_64& rng, std::size_t count) {
    std::normal_distribution<double> normal;
    std::vector<double> values(count);
    for (double& value : values) value = normal(rng);
    return values;
}

} // namespace

TEST_CASE("controlled_mean: what follows from the controls is as certain as their means") {
    std::mt19937_64 rng(20251010);
    const std::vector<double> c = normals(rng, 500);
    std::vector<double> y;
    for (const double x : c) y.push_back(3.0 + 2.0 * x);
    const Controls controls = make_controls({c}, {normals(rng, 50'000)}, Dependence::none);
    const ControlledMean mean = controlled_mean(y, controls, Dependence::none);
    CHECK(mean.estimate.mean == doctest::Approx(3.0 + 2.0 * controls.mean[0]));
    CHECK(mean.estimate.standard_error == doctest::Approx(2.0 / std::sqrt(50'000.0)).epsilon(0.02));
    CHECK(mean.observations.size() == 500);
}

TEST_CASE("controlled_mean: controls that say the same, or nothing, do no harm") {
    std::mt19937_64 rng(1);
    const std::vector<double> c = normals(rng, 400);
    const std::vector<double> constant(400, 7.0);
    std::vector<double> y = normals(rng, 400);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = 0.5 * y[i] + c[i];
    const std::vector<double> elsewhere = normals(rng, 4000);
    const std::vector<double> constants(4000, 7.0);
    const ControlledMean once = controlled_mean(y, make_controls({c}, {elsewhere}, Dependence::none), Dependence::none);
    const ControlledMean twice = controlled_mean(
        y, make_controls({c, constant, c}, {elsewhere, constants, elsewhere}, Dependence::none), Dependence::none);
    CHECK(twice.estimate.mean == doctest::Approx(once.estimate.mean));
    CHECK(twice.estimate.standard_error == doctest::Approx(once.estimate.standard_error));
}

TEST_CASE("controlled_mean: its intervals cover about as often as they say, for dependent worlds too") {
    for (const Dependence dependence : {Dependence::none, Dependence::pairs, Dependence::replications}) {
        constexpr int trials = 1000;
        double squares = 0.0;
        double stated = 0.0;
        for (int trial = 0; trial < trials; ++trial) {
            std::mt19937_64 rng(7 + static_cast<unsigned>(trial));
            std::vector<double> c = normals(rng, 320);
            std::vector<double> y = normals(rng, 320);
            const std::vector<double> shared = normals(rng, 16); // what worlds of one replication have in common
            for (std::size_t i = 0; i < y.size(); ++i) {
                if (dependence == Dependence::pairs && i % 2 != 0) c[i] = -c[i - 1];
                if (dependence == Dependence::replications) y[i] += 0.3 * shared[i % 16];
                y[i] += c[i] + 0.5 * c[i] * c[i] - 0.5;
            }
            const Controls controls = make_controls({c}, {normals(rng, 1280)}, dependence);
            const MeanEstimate estimate = controlled_mean(y, controls, dependence).estimate;
            squares += estimate.mean * estimate.mean;
            stated += estimate.standard_error * estimate.standard_error;
        }
        CAPTURE(static_cast<int>(dependence));
        // Both are averages of 1,000 squares: their ratio is known to about 5 %.
        CHECK(squares / stated == doctest::Approx(1.0).epsilon(0.2));
    }
}

TEST_CASE("variance of a mean: normal observations have their degrees of freedom, heavy tails far fewer") {
    std::mt19937_64 rng(3);
    const std::vector<double> z = normals(rng, 20'000);
    const VarianceEstimate normal = estimate_variance_of_mean(z);
    CHECK(normal.variance == doctest::Approx(1.0 / 20'000.0).epsilon(0.03));
    CHECK(normal.degrees_of_freedom > 18'000.0);
    CHECK(normal.degrees_of_freedom <= 19'999.0);
    std::vector<double> rare(10'000, 0.0); // p = 0.01: kurtosis about 1 / p
    for (std::size_t i = 0; i < 100; ++i) rare[i] = 1.0;
    CHECK(estimate_variance_of_mean(rare).degrees_of_freedom == doctest::Approx(2.0 * 10'000.0 / 97.0).epsilon(0.01));
    CHECK(estimate_variance_of_mean({1.0}).degrees_of_freedom == 0.0);
    CHECK(estimate_variance_of_mean({2.0, 2.0, 2.0}).variance == 0.0);
}

TEST_CASE("variance ratio: intervals of F's distribution") {
    // Quantiles of F(10, 20): 0.975: 2.7737; 0.025: 0.2925 (1 / 3.4185).
    const VarianceRatio ratio = variance_ratio({3.0, 10.0}, {2.0, 20.0}, 0.95);
    CHECK(ratio.ratio == 1.5);
    CHECK(ratio.interval.low == doctest::Approx(1.5 / 2.7737).epsilon(1e-4));
    CHECK(ratio.interval.high == doctest::Approx(1.5 * 3.4185).epsilon(1e-4));
    CHECK(std::isnan(variance_ratio({1.0, 5.0}, {0.0, 5.0}, 0.95).ratio));
    const VarianceEstimate both = average({{1.0, 15.0}, {1.0, 15.0}});
    CHECK(both.variance == 1.0);
    CHECK(both.degrees_of_freedom == 30.0);
    CHECK(average({{1.0, 10.0}, {3.0, 10.0}}).degrees_of_freedom == 16.0);
}

} // namespace plunge
